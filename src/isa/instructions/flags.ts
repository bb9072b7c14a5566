import type { ManualReference } from '../manual';
import { concerns, type InstructionForm } from './forms';

/**
 * What instructions do to flags that no table of iced-x86 tells: it knows the status flags, DF, IF and AC,
 * but not TF, IOPL, NT, RF and VM, nor what an interrupt does on the way to its handler.
 */
export interface FlagRow extends InstructionForm {
  /** A clause that stands beside what iced-x86 knows (English; translate on display). */
  readonly gloss: string;
  readonly section: ManualReference;
}

const row = (
  mnemonics: string,
  gloss: string,
  section: ManualReference,
  operands?: readonly RegExp[],
): FlagRow => ({ mnemonics: mnemonics.split(' '), gloss, section, ...(operands && { operands }) });

const GUEST = 'the guest’s flags are loaded if the VM entry succeeds';

export const FLAG_ROWS: readonly FlagRow[] = [
  row(
    'int int3 int03 into int1 int01 icebp',
    'on the way to the handler TF, NT, RF and VM are cleared, and IF through an interrupt gate; in real mode IF, TF and AC',
    'SDM 2A INT n',
  ),
  row('pushf pushfw pushfd pushfq', 'reads TF, IOPL and NT, too', 'SDM 2B PUSHF'),
  row(
    'popf popfw popfd popfq',
    'from the stack: TF and NT, too, and IOPL in ring 0',
    'SDM 2B POPF',
  ),
  row(
    'iret iretw iretd iretq',
    'from the stack: TF, NT and RF, too, and IOPL in ring 0',
    'SDM 2A IRET',
  ),
  row('syscall', 'clears RF, and what IA32_FMASK names', 'SDM 2B SYSCALL'),
  row('sysenter', 'clears RF and VM', 'SDM 2B SYSENTER'),
  row('vmlaunch vmresume', GUEST, 'SDM 3C 27.3.2.3'),
  row('vmrun', GUEST, 'APM 2 15.5.1'),
  row('call jmp', 'a task switch loads all of them from the new TSS', 'SDM 3A 8.3', [/^far$/]),
];

/** What there is to add about the flags of this use of an instruction. */
export function flagsOf(mnemonic: string, operands: readonly string[]): FlagRow | undefined {
  return FLAG_ROWS.find((each) => concerns(each, mnemonic, operands));
}
