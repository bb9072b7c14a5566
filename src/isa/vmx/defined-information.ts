import { ExitReason, ENTRY_FAILURE } from './exit-reasons';
import { InterruptionInfo, InterruptionType } from './events';
import { Field } from './fields';
import { instructionInformationTable } from './instruction-information';

/** Which VM-exit information fields a VM exit gives a value to (SDM 3C 28.2). */

/** What it depends on, as the fields themselves hold it. */
export interface ExitInformation {
  /** All 32 bits of the exit reason. */
  readonly reason: number;
  readonly qualification: bigint;
  readonly interruption: number;
  readonly idtVectoring: number;
}

/** Reasons that are an instruction, or that come from one, whose length is recorded (SDM 3C 28.2.5). */
const OF_INSTRUCTIONS: ReadonlySet<number> = new Set([
  ...[ExitReason.CPUID, ExitReason.GETSEC, ExitReason.HLT, ExitReason.INVD, ExitReason.INVLPG],
  ...[ExitReason.RDPMC, ExitReason.RDTSC, ExitReason.RSM, ExitReason.VMCALL, ExitReason.VMCLEAR],
  ...[ExitReason.VMLAUNCH, ExitReason.VMPTRLD, ExitReason.VMPTRST, ExitReason.VMREAD],
  ...[ExitReason.VMRESUME, ExitReason.VMWRITE, ExitReason.VMXOFF, ExitReason.VMXON],
  ...[ExitReason.CR_ACCESS, ExitReason.MOV_DR, ExitReason.IO_INSTRUCTION, ExitReason.RDMSR],
  ...[ExitReason.WRMSR, ExitReason.MWAIT, ExitReason.MONITOR, ExitReason.PAUSE],
  ...[ExitReason.GDTR_IDTR_ACCESS, ExitReason.LDTR_TR_ACCESS, ExitReason.INVEPT],
  ...[ExitReason.RDTSCP, ExitReason.INVVPID, ExitReason.WBINVD, ExitReason.XSETBV],
  ...[ExitReason.RDRAND, ExitReason.INVPCID, ExitReason.VMFUNC, ExitReason.ENCLS],
  ...[ExitReason.RDSEED, ExitReason.XSAVES, ExitReason.XRSTORS, ExitReason.UMWAIT],
  ...[ExitReason.TPAUSE, ExitReason.LOADIWKEY, ExitReason.ENCLV],
]);

const BY_SOFTWARE: readonly number[] = [
  InterruptionType.SOFTWARE_INTERRUPT,
  InterruptionType.PRIVILEGED_SOFTWARE_EXCEPTION,
  InterruptionType.SOFTWARE_EXCEPTION,
];

/** Bits 31:30 of a task switch's qualification: a task gate in the IDT. */
const BY_IDT_GATE = 3n;
/** Of an I/O instruction: INS or OUTS. */
const STRING = 1n << 4n;
/** Of an EPT violation: the guest-linear address is valid. */
const HAS_LINEAR = 1n << 7n;
/** Of a control-register access: LMSW with a memory operand. */
const LMSW_MEMORY = { mask: 0x70n, value: 0x70n };

const isValid = (information: number): boolean => (information & InterruptionInfo.VALID) !== 0;
const hasErrorCode = (information: number): boolean =>
  isValid(information) && (information & InterruptionInfo.ERROR_CODE) !== 0;
const isSoftware = (information: number): boolean =>
  isValid(information) && BY_SOFTWARE.includes((information >> 8) & 7);

function hasLength({
  reason,
  qualification,
  interruption,
  idtVectoring,
}: ExitInformation): boolean {
  const basic = reason & 0xffff;
  if (OF_INSTRUCTIONS.has(basic) || isSoftware(idtVectoring)) return true;
  if (basic === ExitReason.EXCEPTION_NMI) return isSoftware(interruption);
  return basic === ExitReason.TASK_SWITCH && (qualification >> 30n) % 4n !== BY_IDT_GATE;
}

function hasLinearAddress({ reason, qualification }: ExitInformation): boolean {
  switch (reason & 0xffff) {
    case ExitReason.EPT_VIOLATION:
      return (qualification & HAS_LINEAR) !== 0n;
    case ExitReason.IO_INSTRUCTION:
      return (qualification & STRING) !== 0n;
    case ExitReason.CR_ACCESS:
      return (qualification & LMSW_MEMORY.mask) === LMSW_MEMORY.value;
    case ExitReason.SPP_EVENT:
      return true;
    default:
      return false;
  }
}

function hasInstructionInformation({ reason, qualification }: ExitInformation): boolean {
  const basic = reason & 0xffff;
  if (basic === ExitReason.IO_INSTRUCTION) return (qualification & STRING) !== 0n;
  return instructionInformationTable(basic) !== undefined;
}

/** Reasons that are about a guest-physical address. */
const OF_GUEST_PHYSICAL: readonly number[] = [
  ExitReason.EPT_VIOLATION,
  ExitReason.EPT_MISCONFIGURATION,
  ExitReason.SPP_EVENT,
];

type Condition = (exit: ExitInformation) => boolean;

/** Fields that hold something after some VM exits only. */
const CONDITIONS: ReadonlyMap<Field, Condition> = new Map<Field, Condition>([
  [Field.GUEST_PHYSICAL_ADDRESS, ({ reason }) => OF_GUEST_PHYSICAL.includes(reason & 0xffff)],
  [Field.GUEST_LINEAR_ADDRESS, hasLinearAddress],
  [Field.VM_EXIT_INSTRUCTION_LEN, hasLength],
  [Field.VMX_INSTRUCTION_INFO, hasInstructionInformation],
  [Field.VM_EXIT_INTR_ERROR_CODE, ({ interruption }) => hasErrorCode(interruption)],
  [Field.IDT_VECTORING_ERROR_CODE, ({ idtVectoring }) => hasErrorCode(idtVectoring)],
  ...[Field.IO_RCX, Field.IO_RSI, Field.IO_RDI, Field.IO_RIP].map((field): [Field, Condition] => [
    field,
    ({ reason }) => (reason & 0xffff) === ExitReason.IO_SMI,
  ]),
]);

/** What a VM entry that fails late records; it leaves the other fields as they are (SDM 3C 27.8). */
const OF_FAILED_ENTRY: readonly Field[] = [
  Field.VM_EXIT_REASON,
  Field.EXIT_QUALIFICATION,
  Field.VM_INSTRUCTION_ERROR,
];

/** Whether a VM-exit information field holds what the manual says of it, after a VM exit. */
export function isDefinedAfter(field: Field, exit: ExitInformation): boolean {
  if (exit.reason & ENTRY_FAILURE) return OF_FAILED_ENTRY.includes(field);
  return CONDITIONS.get(field)?.(exit) ?? true;
}
