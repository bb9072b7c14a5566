/**
 * Which uses of a mnemonic a row is about. A row without `operands` is about all of them; with it, about those whose
 * operands (lower-case register names, 'mem', 'imm') match in order.
 */
export interface InstructionForm {
  readonly mnemonics: readonly string[];
  readonly operands?: readonly RegExp[];
}

/** Whether a row is about this use of an instruction. */
export function concerns(
  row: InstructionForm,
  mnemonic: string,
  operands: readonly string[],
): boolean {
  if (!row.mnemonics.includes(mnemonic)) return false;
  return row.operands?.every((pattern, i) => pattern.test(operands[i] ?? '')) ?? true;
}

/** The registers that MOV treats in a way of its own, as operand patterns. */
export const CR0 = /^cr0$/;
export const CR3 = /^cr3$/;
export const CR4 = /^cr4$/;
export const CR8 = /^cr8$/;
export const ANY_CR = /^cr\d+$/;
export const ANY_DR = /^dr\d+$/;
export const SEGMENT = /^[c-gs]s$/;
export const ANY = /^/;
