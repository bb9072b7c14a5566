import { Code, FlowControl, Mnemonic, OpKind, Register, type Instruction } from 'iced-x86';

const range = (first: Register, last: Register): Register[] =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n);

/** How an instruction of a kernel's is translated. */
export type Kind =
  /** It does the same in an outer ring: its bytes are copied. */
  | 'identical'
  /** It addresses memory relative to RIP, which is another where the translation lies. */
  | 'rip-relative'
  /** It is sensitive: what it does on the virtual processor is done by other instructions, in line. */
  | 'in-line'
  /** It is sensitive, and the monitor does it. */
  | 'call-out'
  | 'jump'
  | 'conditional'
  /** LOOP and JCXZ, which reach 127 bytes far only. */
  | 'counting'
  | 'call'
  | 'return'
  | 'indirect jump'
  | 'indirect call';

const IN_LINE = new Set<Code>([
  Code.Cli,
  Code.Sti,
  Code.Pushfd,
  Code.Pushfq,
  Code.Popfd,
  Code.Popfq,
  Code.Mov_r32_cr,
  Code.Mov_r64_cr,
]);

/** Control registers that no processor has. */
const NO_REGISTER = new Set<Register>([
  Register.CR1,
  ...range(Register.CR5, Register.CR7),
  ...range(Register.CR9, Register.CR15),
]);

/** Sensitive, and not privileged: in an outer ring they would show or do something else (Robin and Irvine 2000). */
const SENSITIVE = new Set<Mnemonic>([
  Mnemonic.Sgdt,
  Mnemonic.Sidt,
  Mnemonic.Sldt,
  Mnemonic.Str,
  Mnemonic.Smsw,
  Mnemonic.Pushf,
  Mnemonic.Popf,
  Mnemonic.Lar,
  Mnemonic.Lsl,
  Mnemonic.Verr,
  Mnemonic.Verw,
  Mnemonic.Lss,
  Mnemonic.Cpuid,
  Mnemonic.Rdtsc,
  Mnemonic.Rdtscp,
  Mnemonic.Rdpmc,
  Mnemonic.Rdpid,
  Mnemonic.Wrpkru,
  Mnemonic.Rdpkru,
  Mnemonic.In,
  Mnemonic.Out,
  Mnemonic.Vmcall,
  Mnemonic.Vmmcall,
]);

const PORT_STRINGS = new Set<Mnemonic>([
  Mnemonic.Insb,
  Mnemonic.Insw,
  Mnemonic.Insd,
  Mnemonic.Outsb,
  Mnemonic.Outsw,
  Mnemonic.Outsd,
]);

const isSegment = (register: Register): boolean =>
  register >= Register.ES && register <= Register.GS;

/** A selector that is read tells the ring; a stack segment that is loaded has to be of another. */
function touchesSelector(i: Instruction): boolean {
  for (let n = 0; n < i.opCount; n++) {
    if (i.opKind(n) !== OpKind.Register) continue;
    const register = i.opRegister(n);
    if (!isSegment(register)) continue;
    const loads = n === 0 && i.mnemonic !== Mnemonic.Push;
    if (!loads || register === Register.SS) return true;
  }
  return false;
}

export const isRipRelative = ({ memoryBase }: Instruction): boolean =>
  memoryBase === Register.RIP || memoryBase === Register.EIP;

export function kindOf(i: Instruction): Kind {
  if (i.code === Code.INVALID) return 'call-out';
  if (i.flowControl !== FlowControl.Next) return flowKind(i);
  if (i.code === Code.Mov_cr_r64) return i.op0Register === Register.CR8 ? 'in-line' : 'call-out';
  if (IN_LINE.has(i.code)) return NO_REGISTER.has(i.op1Register) ? 'call-out' : 'in-line';
  if (SENSITIVE.has(i.mnemonic) || PORT_STRINGS.has(i.mnemonic)) return 'call-out';
  if (i.isPrivileged || touchesSelector(i)) return 'call-out';
  return isRipRelative(i) ? 'rip-relative' : 'identical';
}

/** Far transfers, software interrupts and returns from them are the monitor's; so are branches of 16 bits. */
function flowKind(i: Instruction): Kind {
  switch (i.code) {
    case Code.Jmp_rel8_32:
    case Code.Jmp_rel8_64:
    case Code.Jmp_rel32_32:
    case Code.Jmp_rel32_64:
      return 'jump';
    case Code.Call_rel32_32:
    case Code.Call_rel32_64:
      return 'call';
    case Code.Retnd:
    case Code.Retnd_imm16:
    case Code.Retnq:
    case Code.Retnq_imm16:
      return 'return';
    case Code.Jmp_rm32:
    case Code.Jmp_rm64:
      return 'indirect jump';
    case Code.Call_rm32:
    case Code.Call_rm64:
      return 'indirect call';
  }
  if (i.flowControl !== FlowControl.ConditionalBranch) return 'call-out';
  if (i.op0Kind === OpKind.NearBranch16) return 'call-out';
  return COUNTING.has(i.mnemonic) ? 'counting' : 'conditional';
}

const COUNTING = new Set<Mnemonic>([
  Mnemonic.Loop,
  Mnemonic.Loope,
  Mnemonic.Loopne,
  Mnemonic.Jcxz,
  Mnemonic.Jecxz,
  Mnemonic.Jrcxz,
]);

/** Whether what follows it in memory is not what comes next, or may be something else by then. */
export const endsBlock = (kind: Kind): boolean =>
  kind === 'call-out' ||
  kind === 'jump' ||
  kind === 'call' ||
  kind === 'return' ||
  kind === 'indirect jump' ||
  kind === 'indirect call';
