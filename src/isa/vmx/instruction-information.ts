import { bit, named, range, table, type BitField, type BitTable } from '../bits';
import { gprName } from '../registers/general';
import { ExitReason } from './exit-reasons';

/** The VM-exit instruction-information field by exit reason (SDM 3C 28.2.5). */

const REGISTERS: Readonly<Record<number, string>> = Object.fromEntries(
  Array.from({ length: 16 }, (_, index) => [index, gprName(index, 64).toUpperCase()]),
);
const SEGMENTS = { 0: 'ES', 1: 'CS', 2: 'SS', 3: 'DS', 4: 'FS', 5: 'GS' };
const ADDRESS_SIZES = { 0: '16-bit', 1: '32-bit', 2: '64-bit' };

const ADDRESS_SIZE = named(
  'Address size',
  range('ADDRESS_SIZE', 9, 7, 'Address size of the instruction.', ADDRESS_SIZES),
);
const SEGMENT = named(
  'Segment register',
  range('SEGMENT', 17, 15, 'Segment of the memory operand.', SEGMENTS),
);

/** The parts of a memory operand, in every format that has one. */
const MEMORY = [
  named(
    'Scaling',
    range('SCALING', 1, 0, 'What the index register is multiplied by.', {
      0: '1',
      1: '2',
      2: '4',
      3: '8',
    }),
  ),
  ADDRESS_SIZE,
  SEGMENT,
  named(
    'Index register',
    range('INDEX', 21, 18, 'Number of the register, if there is one.', REGISTERS),
  ),
  named('Index invalid', bit('INDEX_INVALID', 22, 'The operand has no index register.')),
  named(
    'Base register',
    range('BASE', 26, 23, 'Number of the register, if there is one.', REGISTERS),
  ),
  named('Base invalid', bit('BASE_INVALID', 27, 'The operand has no base register.')),
] as const satisfies readonly BitField[];

const REG1 = named('Reg1', range('REG1', 6, 3, 'The operand when it is a register.', REGISTERS));
const IS_REGISTER = named(
  'Mem/Reg',
  bit('REGISTER', 10, 'Whether the operand is a register or in memory.', {
    0: 'memory',
    1: 'register',
  }),
);
const REG2 = named('Reg2', range('REG2', 31, 28, 'The register operand.', REGISTERS));

/** INS and OUTS (table 28-8). */
export const INS_OUTS_INFO = table('INS/OUTS', 'SDM 3C 28.2.5', [ADDRESS_SIZE, SEGMENT]);

/** INVEPT, INVPCID and INVVPID (table 28-9). */
export const INVALIDATION_INFO = table('INVEPT, INVPCID, INVVPID', 'SDM 3C 28.2.5', [
  ...MEMORY,
  REG2,
]);

/** LIDT, LGDT, SIDT and SGDT (table 28-10). */
export const GDTR_IDTR_INFO = table('LIDT, LGDT, SIDT, SGDT', 'SDM 3C 28.2.5', [
  ...MEMORY,
  named(
    'Operand size',
    bit('OPERAND_32', 11, 'Operand size of the instruction.', { 0: '16-bit', 1: '32-bit' }),
  ),
  named(
    'Instruction identity',
    range('IDENTITY', 29, 28, 'The instruction that exited.', {
      0: 'SGDT',
      1: 'SIDT',
      2: 'LGDT',
      3: 'LIDT',
    }),
  ),
]);

/** LLDT, LTR, SLDT and STR (table 28-11). */
export const LDTR_TR_INFO = table('LLDT, LTR, SLDT, STR', 'SDM 3C 28.2.5', [
  ...MEMORY,
  REG1,
  IS_REGISTER,
  named(
    'Instruction identity',
    range('IDENTITY', 29, 28, 'The instruction that exited.', {
      0: 'SLDT',
      1: 'STR',
      2: 'LLDT',
      3: 'LTR',
    }),
  ),
]);

/** RDRAND, RDSEED, TPAUSE and UMWAIT (table 28-12). */
export const DESTINATION_INFO = table('RDRAND, RDSEED, TPAUSE, UMWAIT', 'SDM 3C 28.2.5', [
  named('Destination', range('REG1', 6, 3, 'Destination register.', REGISTERS)),
  named(
    'Operand size',
    range('OPERAND_SIZE', 12, 11, 'Operand size of the instruction.', {
      0: '16-bit',
      1: '32-bit',
      2: '64-bit',
    }),
  ),
]);

/** VMCLEAR, VMPTRLD, VMPTRST, VMXON, XRSTORS and XSAVES (table 28-13). */
export const MEMORY_OPERAND_INFO = table('Memory operand', 'SDM 3C 28.2.5', [...MEMORY]);

/** VMREAD and VMWRITE (table 28-14). */
export const VMREAD_VMWRITE_INFO = table('VMREAD, VMWRITE', 'SDM 3C 28.2.5', [
  ...MEMORY,
  REG1,
  IS_REGISTER,
  REG2,
]);

/** LOADIWKEY (table 28-15). */
export const LOADIWKEY_INFO = table('LOADIWKEY', 'SDM 3C 28.2.5', [
  named('Reg1', range('REG1', 6, 3, 'The first XMM register.')),
  named('Reg2', range('REG2', 31, 28, 'The second XMM register.')),
]);

/** RDMSR and WRMSRNS with an immediate. */
export const MSR_IMMEDIATE_INFO = table('RDMSR, WRMSRNS (immediate)', 'ISE 319433', [
  named('Reg1', range('REG1', 6, 3, 'The register operand.', REGISTERS)),
]);

const BY_REASON: ReadonlyMap<number, BitTable> = new Map<number, BitTable>([
  [ExitReason.IO_INSTRUCTION, INS_OUTS_INFO],
  [ExitReason.INVEPT, INVALIDATION_INFO],
  [ExitReason.INVPCID, INVALIDATION_INFO],
  [ExitReason.INVVPID, INVALIDATION_INFO],
  [ExitReason.GDTR_IDTR_ACCESS, GDTR_IDTR_INFO],
  [ExitReason.LDTR_TR_ACCESS, LDTR_TR_INFO],
  [ExitReason.RDRAND, DESTINATION_INFO],
  [ExitReason.RDSEED, DESTINATION_INFO],
  [ExitReason.TPAUSE, DESTINATION_INFO],
  [ExitReason.UMWAIT, DESTINATION_INFO],
  [ExitReason.VMCLEAR, MEMORY_OPERAND_INFO],
  [ExitReason.VMPTRLD, MEMORY_OPERAND_INFO],
  [ExitReason.VMPTRST, MEMORY_OPERAND_INFO],
  [ExitReason.VMXON, MEMORY_OPERAND_INFO],
  [ExitReason.XRSTORS, MEMORY_OPERAND_INFO],
  [ExitReason.XSAVES, MEMORY_OPERAND_INFO],
  [ExitReason.VMREAD, VMREAD_VMWRITE_INFO],
  [ExitReason.VMWRITE, VMREAD_VMWRITE_INFO],
  [ExitReason.LOADIWKEY, LOADIWKEY_INFO],
  [ExitReason.RDMSR_IMMEDIATE, MSR_IMMEDIATE_INFO],
  [ExitReason.WRMSRNS_IMMEDIATE, MSR_IMMEDIATE_INFO],
]);

/** The layout of the field for a basic exit reason, or undefined when the field is not valid. */
export function instructionInformationTable(reason: number): BitTable | undefined {
  return BY_REASON.get(reason);
}
