/**
 * Where things lie in the WebAssembly memory that the processor, its interpreter and its slow paths
 * share. Everything below PHYSICAL_BASE is the simulator's own; from there on it is the simulated
 * computer's physical memory, byte for byte.
 */

/** The processor state that instructions touch directly. All slots are little-endian. */
export const State = {
  /** RAX … R15, 8 bytes each, in encoding order. AL, AX and EAX lie at the same address; AH one above. */
  GPR: 0x400,
  /** Always zero: the base or index of an address that has none. */
  ZERO: 0x480,
  /** RIP. Current whenever the interpreter is not running. */
  RIP: 0x488,
  /** RIP minus the offset in the page of the code being run: RIP = RIP_BASE + the record's offset. */
  RIP_BASE: 0x490,

  /* The lazy status flags (see semantics/flags.ts): i64 each. */
  FLAG_RESULT: 0x498,
  FLAG_SIGN: 0x4a0,
  CARRY_A: 0x4a8,
  CARRY_B: 0x4b0,
  CARRY_C: 0x4b8,
  /** RFLAGS without the six status flags; bit 1 is always set. */
  SYSTEM_FLAGS: 0x4c0,

  /** Ands a linear address: 2^32 - 1 outside 64-bit mode, all ones in it. */
  LINEAR_MASK: 0x4c8,
  /** Ands the stack pointer: 2^16 - 1, 2^32 - 1 or all ones (SS.B, 64-bit mode). */
  STACK_MASK: 0x4d0,
  /** The highest RIP that may be fetched from in the current code segment. */
  FETCH_LIMIT: 0x4d8,

  /** i32: the TLB set in use (privilege and world); see Tlb. */
  TLB_SET: 0x4e0,
  /** i32: the code TLB set in use. */
  CODE_TLB_SET: 0x4e4,
  /** i32: iterations that a repeated string instruction may do before it lets others run. */
  REPEAT_LIMIT: 0x4e8,
  /** i32: the units whose instructions raise a fault at present; see UnitBit. */
  UNAVAILABLE: 0x4ec,
  /** i64 each: RIP may be what, with the bias added, is not above the span: within the limit, or canonical. */
  TARGET_BIAS: 0x4f0,
  TARGET_SPAN: 0x4f8,
  /** The ES, CS, SS, DS, FS, GS, LDTR, TR slots. */
  SEGMENTS: 0x500,

  /* Registers that only slow paths touch: i64 each. */
  CR0: 0x700,
  CR2: 0x708,
  CR3: 0x710,
  CR4: 0x718,
  CR8: 0x720,
  EFER: 0x728,
  /** i64, u32: base and limit. */
  GDTR: 0x730,
  IDTR: 0x740,
  /** i64 ×4: the PDPTE registers of PAE paging. */
  PDPTES: 0x750,
  /** i64 ×8: DR0 … DR7. */
  DR: 0x770,
  /* The MSRs of which VM entries and VM exits load another value. */
  IA32_DEBUGCTL: 0x7b0,
  IA32_SYSENTER_CS: 0x7b8,
  IA32_SYSENTER_ESP: 0x7c0,
  IA32_SYSENTER_EIP: 0x7c8,
  IA32_PAT: 0x7d0,
  /** i64: RIP of the instruction after the one that a slow path executes. */
  NEXT_RIP: 0x7d8,
  /** Behind the last slot. */
  END: 0x7e0,
} as const;

/** The x87 and vector units' registers. Little-endian, too; all of it is architectural state. */
export const Units = {
  /** YMM0 … YMM15, 32 bytes each: XMMn is the lower half. */
  VECTOR: 0x800,
  /**
   * R0 … R7 of the x87 register stack, 16 bytes each: i64 significand, u16 sign and exponent, and zeros.
   * MMn is the significand of Rn.
   */
  X87: 0xa00,
  /** u16 each, in slots of 8 bytes: FCW; FSW with TOP; bit n of the tags tells that Rn is not empty. */
  X87_CONTROL: 0xa80,
  X87_STATUS: 0xa88,
  X87_TAGS: 0xa90,
  /** The last non-control x87 instruction (SDM 1 8.1.8): its opcode (11 bits), where it lay, its operand. */
  X87_OPCODE: 0xa98,
  X87_INSTRUCTION: 0xaa0,
  X87_DATA: 0xaa8,
  X87_CODE_SEGMENT: 0xab0,
  X87_DATA_SEGMENT: 0xab8,
  /** u32, in slots of 8 bytes. */
  MXCSR: 0xac0,
  PKRU: 0xac8,
  /** i64. */
  XCR0: 0xad0,
  END: 0xad8,
} as const;

/** Bits of State.UNAVAILABLE. */
export const UnitBit = { MMX: 1, SSE: 2, AVX: 4 } as const;

/** The address of a vector register's 32 bytes (0 = YMM0 … 15 = YMM15). */
export const vectorSlot = (index: number): number => Units.VECTOR + index * 32;

/** The address of a physical register of the x87 stack (R0 … R7). */
export const x87Slot = (index: number): number => Units.X87 + index * 16;

/** What a vector is put into on its way to or from memory, where that way is slow; no part of the state. */
export const Wide = { BASE: 0xb00, END: 0xb20 } as const;

/** What the interpreter shares with whoever runs it; no part of the processor's state. */
export const Run = {
  /** i32: instructions that may still be started. */
  REMAINING: 0x7e0,
  /** i32: the record of the instruction being executed. */
  RECORD: 0x7e4,
  /** i32: rounds of repeated instructions beyond the first, since whoever runs it has set this to 0. */
  ROUNDS: 0x7e8,
  /** i32: what rounds have taken from REMAINING, so that it comes back: instructions that were not started. */
  HELD_BACK: 0x7ec,
  /** u32: instructions that were executed and count as none. */
  UNCOUNTED: 0x7f0,
  END: 0x7f4,
} as const;

/** The size of a segment slot, and what stands where in it. */
export const SEGMENT_SIZE = 64;
export const Segment = {
  /** i64: what is added to an offset: the base, or 0 where 64-bit mode ignores it. */
  EFFECTIVE_BASE: 0,
  /** i32: 1 when accesses must be compared with the four bounds below. */
  CHECKED: 8,
  /** u16; nothing else stands in its 32-bit word. */
  SELECTOR: 12,
  /** i64 ×4: the lowest and highest offset that may be read, and written. */
  READ_LOW: 16,
  READ_HIGH: 24,
  WRITE_LOW: 32,
  WRITE_HIGH: 40,
  /** i64, u32, u32: the hidden part as the architecture has it; access rights in VMX format. */
  BASE: 48,
  LIMIT: 56,
  ACCESS_RIGHTS: 60,
} as const;

/** What stands where in the slot of GDTR and IDTR. */
export const Table = { BASE: 0, LIMIT: 8 } as const;

/** Segment registers in encoding order, then the two system segments. */
export const ES = 0;
export const CS = 1;
export const SS = 2;
export const DS = 3;
export const FS = 4;
export const GS = 5;
export const LDTR = 6;
export const TR = 7;

/** The address of a segment register's slot. */
export const segmentSlot = (index: number): number => State.SEGMENTS + index * SEGMENT_SIZE;

/** The index of a slot among the 32-bit words of the memory; a 64-bit slot has its low half there. */
export const wordOf = (slot: number): number => slot >>> 2;

/** The address of a general-purpose register's 64-bit slot (0 = RAX … 15 = R15). */
export const gprSlot = (index: number): number => State.GPR + index * 8;

/** A software TLB entry: a page's linear address stands in a tag when the access may go straight through. */
export const Tlb = {
  BASE: 0x10000,
  ENTRIES: 4096,
  ENTRY_SIZE: 32,
  SET_SIZE: 4096 * 32,
  /** Sets: world (0 root, 2 non-root) + privilege (0 supervisor, 1 user), and one that stays empty. */
  SETS: 5,
  /** In use while every access has to be looked at: nothing is ever filled into it. */
  EMPTY_SET: 4,
  READ_TAG: 0,
  WRITE_TAG: 8,
  /** i32: what is added to the (wrapped) linear address to give the address in the WebAssembly memory. */
  ADDEND: 16,
  /**
   * i32: bit 0: the translation is global (SDM 3A 4.10.2.4); bits 15:8: log2 of the page's size; bits
   * 20:16: 1 + the protection key that decides, or 0.
   */
  FLAGS: 20,
  /** In WRITE_TAG: the page may be written, but not where code was decoded from; see CodeFrames. */
  HOLDS_CODE: 1,
  /** The page may be accessed so, but somebody wants to be told; see `MemoryWatch`. */
  WATCHED: 2,
} as const;

/**
 * The code TLB: a page's translation for instruction fetches, and where what was decoded from its
 * frame is found. The map is no part of the translation: without one the fetch asks TypeScript.
 */
export const CodeTlb = {
  BASE: 0xb0000,
  ENTRIES: 1024,
  ENTRY_SIZE: 16,
  SET_SIZE: 1024 * 16,
  /** World and privilege, as in Tlb. */
  SETS: 4,
  TAG: 0,
  /** i32: address of 4096 record addresses, 0 where nothing has been decoded yet. */
  MAP: 8,
  /** u32: bits 43:12 of the frame's host-physical address. */
  FRAME: 12,
} as const;

/** Decoded records and the maps that lead to them. */
export const CodeCache = {
  BASE: 0xc0000,
  SIZE: 0x1000000,
  /** The record of an instruction that is decoded anew each time, and the one that leads on from it. */
  SCRATCH_RECORD: 0xc0000,
  /** The map of pages that have none: always zeros. */
  NO_MAP: 0xc0080,
  /** Where what comes and goes begins. */
  FIRST_FREE: 0xc4080,
  MAP_SIZE: 4096 * 4,
  /** One bit for each byte of a page, and a little more, so that a word can be read at any of them. */
  BITMAP_SIZE: 4096 / 8 + 8,
} as const;

/**
 * Lists of words of VMCS regions, with what stood there when checks on VM entry passed: 8 bytes for
 * each word, in as many lists as the processor remembers VMCSs.
 */
export const PassedWords = {
  BASE: 0x10c0000,
  LIST_SIZE: 0x1000,
  LISTS: 64,
} as const;

/** For each page frame of physical memory an i32: the address of its bitmap of decoded bytes, or 0. */
export const CodeFrames = {
  BASE: 0x1100000,
  ENTRY_SIZE: 4,
  SIZE: 0x400000,
} as const;

/** One decoded instruction. */
export const RECORD_SIZE = 64;
export const Rec = {
  /** u16: the handler's place in the function table. */
  HANDLER: 0,
  /** u8: the instruction's length in bytes. */
  LENGTH: 2,
  /** u16: the instruction's offset in its page; 4096 in the record that follows the last one. */
  OFFSET: 4,
  /** u16: the instruction's own handler, also under a breakpoint. */
  HIDDEN: 6,
  /** u16 ×4: the state addresses of the register operands. */
  OPERANDS: 8,
  /** u16 ×3, u8: effective address = [BASE] + ([INDEX] << SCALE) + DISPLACEMENT, anded with ADDRESS_MASK. */
  BASE: 16,
  INDEX: 18,
  SEGMENT: 20,
  SCALE: 22,
  DISPLACEMENT: 24,
  ADDRESS_MASK: 32,
  /** i64: the (sign- or zero-extended) immediate. */
  IMMEDIATE: 40,
  /** i64: the second immediate (ENTER, far pointer selector), or a near branch's target minus RIP_BASE. */
  TARGET: 48,
  /** i32: the record of a near branch's target, where it lies in the same page. */
  TARGET_RECORD: 56,
  /** u8: 1 where a breakpoint may stand. */
  BREAKPOINT: 60,
  /** u16: the instruction's form, where its own handler is the one that does not count it. */
  INNER: 62,
} as const;

/** The first byte of the simulated computer's physical memory. */
export const PHYSICAL_BASE = 0x1500000;
export const PAGE_SIZE = 4096;

/** Where a processor has what is its own beside its registers: translations, and the words that it has checked. */
export interface ProcessorPlace {
  readonly tlb: number;
  readonly codeTlb: number;
  readonly passedWords: number;
}

/** The first processor's place. */
export const FIRST_PLACE: ProcessorPlace = {
  tlb: Tlb.BASE,
  codeTlb: CodeTlb.BASE,
  passedWords: PassedWords.BASE,
};

/** What each further processor needs, behind the physical memory: a multiple of 64 KiB. */
export const PLACE_SIZE = 0x10_0000;

/** The place of a further processor, whose first byte is at an address of the WebAssembly memory. */
export function furtherPlace(tlb: number): ProcessorPlace {
  const codeTlb = tlb + Tlb.SETS * Tlb.SET_SIZE;
  return { tlb, codeTlb, passedWords: codeTlb + CodeTlb.SETS * CodeTlb.SET_SIZE };
}
