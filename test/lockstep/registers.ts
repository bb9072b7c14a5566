/** What is compared after each instruction, in the order of QEMU's `g` packet for x86-64. */
export const REGISTERS = [
  ...['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rbp', 'rsp'],
  ...['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip'],
  ...['rflags', 'cs', 'ss', 'ds', 'es', 'fs', 'gs'],
  ...['fs_base', 'gs_base', 'kernel_gs_base', 'cr0', 'cr2', 'cr3', 'cr4', 'cr8', 'efer'],
] as const;

export type Register = (typeof REGISTERS)[number];
export type Registers = Readonly<Record<Register, bigint>>;

/** RFLAGS and the selectors have 32 bits in the packet, all others 64. */
export const bytesOf = (n: number): number => (n >= 17 && n <= 23 ? 4 : 8);

/** Those of which we tell nothing: their values are not architectural between two instructions. */
const LEFT_OUT: ReadonlySet<Register> = new Set([
  // TPR: neither program uses it, and our start state has none.
  'cr8',
]);

export interface Difference {
  readonly register: Register;
  readonly theirs: bigint;
  readonly ours: bigint;
}

/**
 * @param flags bits of RFLAGS that need not be the same
 * @param wide in 64-bit code; elsewhere nobody sees the upper halves, and the bases of FS and GS are hidden
 */
export function differences(
  theirs: Registers,
  ours: Registers,
  flags: bigint,
  wide: boolean,
): Difference[] {
  return REGISTERS.filter((register) => {
    if (LEFT_OUT.has(register)) return false;
    if (!wide && /^r\d|base/.test(register)) return false;
    const different = theirs[register] ^ ours[register];
    if (register === 'rflags') return (different & ~flags) !== 0n;
    return (wide ? different : different & 0xffffffffn) !== 0n;
  }).map((register) => ({ register, theirs: theirs[register], ours: ours[register] }));
}
