/**
 * The interface between a kernel that knows where it is and its monitor, the same by whatever technique. A kernel
 * executes VMCALL with a number in RAX and arguments in RBX, RCX and RDX, and finds the result in RAX: 0 or more, or
 * one of `HypercallError`. All other registers stay. Addresses are linear ones of the kernel's own; lists are aligned
 * to 8 bytes and consist of 8-byte words. What is wrong about a call is found before anything is done.
 *
 * Which calls there are CPUID tells: bit n of EAX in leaf 40000001H stands for number n.
 */
export const Hypercall = {
  /** Prints the byte in BL. */
  CONSOLE_WRITE: 1,
  /** Ends the guest. */
  EXIT: 2,
  /** Prints RCX bytes at RBX. */
  CONSOLE_PRINT: 3,
  /** The guest-physical page RBX is the shared page from now on (`shared-page.ts`), RCX the vector of events. */
  SHARE_PAGE: 4,
  /** The events of the source RBX (`EventSource`) come by channel RCX, 0 to 63. */
  BIND_EVENT: 5,
  /** Channel RBX is not masked any more; what waits is delivered. */
  UNMASK_EVENT: 6,
  /** Delivers what waits, if interrupts are enabled. The result is 1 where something waited. */
  POLL_EVENTS: 7,
  /** Sleeps until something waits, whether interrupts are enabled or not. */
  YIELD: 8,
  /** One event of the timer when the time is RBX, by the clock of the shared page; with RBX = 0, none. */
  SET_TIMER: 9,
  /** RCX calls, in the list at RBX: number, three arguments, and where the result goes. */
  MULTICALL: 10,
  /** RCX entries of page tables get values, in the list at RBX: address of the entry, value. */
  UPDATE_PAGE_TABLES: 11,
  /** RBX is CR3's new value, RCX the stack pointer for traps from programs (RSP0, ESP0). */
  SWITCH_CONTEXT: 12,
  /** RDX sectors of the disk, from number RBX on, to RCX. */
  READ_DISK: 13,
  /** The same from RCX. */
  WRITE_DISK: 14,
  /** The same as READ_DISK, by and by: an event tells that it is done. */
  START_DISK_READ: 15,
  START_DISK_WRITE: 16,
  /** The frames (host-physical addresses) of RDX pages of RAM, from guest-physical RBX on, go to the list at RCX. */
  READ_FRAMES: 17,
  /**
   * The guest's tables are those that the processor walks from now on: they hold frames, addresses in calls that change
   * them are host-physical, and pages of tables are mapped read-only. Kernel and programs are both in ring 3: what either
   * may use has US = 1, and CR4 has neither SMEP nor SMAP. RBX is the frame of the first table. 64-bit mode only.
   */
  USE_DIRECT_PAGING: 18,
  /** The frame RBX is a table of level RCX, 1 to 4, until it is released: it is validated now, and not at each use. */
  PIN_TABLE: 19,
  UNPIN_TABLE: 20,
} as const;

/** What a call has come to that was not done, as RAX has it: a negative number of 64 bits. */
export const HypercallError = {
  /** The number stands for no call. */
  NO_SUCH_CALL: BigInt.asUintN(64, -1n),
  /** Something of the guest's memory that it names is not there, not RAM, or not writable. */
  BAD_ADDRESS: BigInt.asUintN(64, -2n),
  /** A number is too large, an address not aligned, a list too long. */
  BAD_ARGUMENT: BigInt.asUintN(64, -3n),
  /** Something else has to be done first, or is still being done. */
  NOT_NOW: BigInt.asUintN(64, -4n),
  /** It would take something from the monitor, or from others. */
  REFUSED: BigInt.asUintN(64, -5n),
} as const;

/** The calls that every technique has. */
export const COMMON_CALLS: readonly number[] = [Hypercall.CONSOLE_WRITE, Hypercall.EXIT];

/** CPUID leaf 40000000H: EBX, ECX and EDX have this text; EAX is the last leaf. */
export const MONITOR_SIGNATURE = 'Ringside VMM';

/** The calls as CPUID tells them. */
export const callMask = (calls: readonly number[]): number =>
  calls.reduce((bits, number) => bits + 2 ** number, 0);

/**
 * Forced emulation: UD2, these bytes, CPUID. The monitor of a paravirtual guest takes the #UD of this UD2 for the wish
 * to have the instruction behind it executed by the virtual processor. (CPUID does not trap without VT-x.)
 */
export const FORCED_EMULATION = [0x0f, 0x0b, 0x76, 0x6d, 0x6d] as const;
