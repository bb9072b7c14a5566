import { Gpr } from '../../../isa/registers/general';
import { WideRflags } from '../../../isa/registers/flags';
import { accessRightsOf, descriptorLimit } from '../../../isa/segments';
import type { Processor } from '../../../processor/processor';
import {
  dplOf,
  isCode,
  isCodeOrData,
  isConforming,
  isNull,
  isReadable,
  isWritableData,
  typeOf,
} from '../../../processor/segments/descriptor';
import type { Form } from '../../../processor/semantics/form';
import { CS, LDTR, SS, State, TR } from '../../../processor/state/layout';
import type { CpuState, TableRegister } from '../../../processor/state/cpu-state';
import { cpuid } from '../../../processor/system/cpuid';
import { LAR_TYPES, LSL_TYPES } from '../../../processor/system/descriptor-tables';
import { isPresent } from '../descriptors';
import type { DeprivilegedGuest } from '../deprivileged-guest';
import { REFUSED, type Hole, type HoleKind } from './hole';

/** The guest at an instruction that it is about to execute itself. */
export interface Moment {
  readonly cpu: Processor;
  readonly guest: DeprivilegedGuest;
}

/** What an instruction gives, and what it would give. */
export type Difference = Pick<Hole, 'found' | 'right'>;

/** A sensitive instruction that is not privileged (Robin and Irvine 2000, table 2, and some more). */
interface SensitiveInstruction {
  readonly mnemonics: readonly string[];
  readonly kind: HoleKind;
  /** Only with an operand that is a segment register, or far. */
  readonly special?: true;
  look(moment: Moment): Difference | undefined;
}

const differing = (found: bigint, right: bigint): Difference | undefined =>
  found === right ? undefined : { found, right };

const { IF, IOPL } = WideRflags;

/** Memory as the guest would read it, without a trace. */
function peek({ cpu }: Moment, linear: bigint, bytes: number): bigint | undefined {
  const { host } = cpu.mmu.probe(linear);
  return host === undefined ? undefined : cpu.physical.read(host, bytes);
}

/** The value that lies so many bytes above the stack pointer. */
function onStack(moment: Moment, offset: number, bytes: number): bigint | undefined {
  const { state } = moment.cpu;
  const pointer = state.gpr(Gpr.RSP) + BigInt(offset);
  const within = pointer & state.slot(State.STACK_MASK);
  return peek(moment, state.segment(SS).base + within, bytes);
}

/** Flags that the instruction would load if the guest were in its ring: they stay what they are. */
function keptFlags(moment: Moment, offset: number): Difference | undefined {
  const { cpu, guest } = moment;
  const { operandSize } = cpu.instruction;
  const image = onStack(moment, offset, operandSize);
  if (image === undefined) return undefined;
  const { virtual, flags } = guest;
  const iopl = Number((flags & IOPL) >> 12n);
  const changes = (virtual.cpl === 0 ? IOPL : 0n) | (virtual.cpl <= iopl ? IF : 0n);
  return differing(flags & changes, image & changes);
}

/** The selector that an operand of a look at a descriptor holds. */
function selectorOperand(moment: Moment, index: number): number | undefined {
  const { cpu } = moment;
  const operand = cpu.instruction.operands[index];
  if (operand?.kind !== 'memory') return Number(cpu.readOperand(index, 2));
  const value = peek(moment, cpu.linearOperand(), 2);
  return value === undefined ? undefined : Number(value);
}

/** How an instruction looks at descriptors. */
interface Look {
  /** Which of its operands is the selector. */
  readonly operand: number;
  /** System descriptors that it may look at: VERR and VERW at none. */
  readonly types?: { readonly legacy: readonly number[]; readonly long: readonly number[] };
  value(low: bigint): bigint;
}

/** What a look at a descriptor tells in a state of the processor: nothing where it must not be looked at. */
function looked(low: bigint, selector: number, { cpl, longMode }: CpuState, look: Look): bigint {
  const rights = accessRightsOf(low);
  const conforming = isCode(rights) && isConforming(rights);
  const visible = conforming || dplOf(rights) >= Math.max(cpl, selector & 3);
  const types = (longMode ? look.types?.long : look.types?.legacy) ?? [];
  const allowed = isCodeOrData(rights) || types.includes(typeOf(rights));
  return visible && allowed ? look.value(low) : REFUSED;
}

const lookAt = (look: Look) => (moment: Moment) => {
  const { cpu, guest } = moment;
  const selector = selectorOperand(moment, look.operand);
  if (selector === undefined || isNull(selector)) return undefined;
  const found = looked(guest.shadowOf(selector), selector, cpu.state, look);
  return differing(found, looked(guest.descriptorOf(selector), selector, guest.virtual, look));
};

const can = (allowed: (rights: number) => boolean) => (low: bigint) =>
  allowed(accessRightsOf(low)) ? 1n : 0n;

/** CS and SS tell where the guest really is; others, whether the monitor has put a descriptor of its own there. */
function segmentOperand({ cpu, guest }: Moment): Difference | undefined {
  const source = cpu.instruction.operands.at(-1);
  if (source?.kind !== 'segment') return undefined;
  const found = BigInt(cpu.state.selector(source.index));
  return differing(found, BigInt(guest.segment(source.index).selector));
}

const codeSelectors = ({ cpu, guest }: Moment): Difference | undefined =>
  differing(BigInt(cpu.state.selector(CS)), BigInt(guest.segment(CS).selector));

/** The first of its registers that is another. */
function processorItself({ cpu, guest }: Moment): Difference | undefined {
  const leaf = Number(cpu.state.gpr(Gpr.RAX) & 0xffffffffn);
  const subleaf = Number(cpu.state.gpr(Gpr.RCX) & 0xffffffffn);
  const found = cpuid(cpu.state, leaf, subleaf);
  const right = cpuid(guest.virtual, leaf, subleaf);
  const differs = (['eax', 'ebx', 'ecx', 'edx'] as const).find(
    (name) => found[name] !== right[name],
  );
  return differs && { found: BigInt(found[differs] >>> 0), right: BigInt(right[differs] >>> 0) };
}

/** As much of a base as the instruction stores. */
function tableBase(
  { base: found }: TableRegister,
  { base: right }: TableRegister,
  { codeBits }: CpuState,
): Difference | undefined {
  const mask = codeBits === 64 ? (1n << 64n) - 1n : 0xffffffffn;
  return differing(found & mask, right & mask);
}

export const SENSITIVE: readonly SensitiveInstruction[] = [
  {
    mnemonics: ['SGDT'],
    kind: 'machine-register',
    look: ({ cpu, guest }) => tableBase(cpu.state.gdtr, guest.virtual.gdtr, cpu.state),
  },
  {
    mnemonics: ['SIDT'],
    kind: 'machine-register',
    look: ({ cpu, guest }) => tableBase(cpu.state.idtr, guest.virtual.idtr, cpu.state),
  },
  {
    mnemonics: ['SLDT'],
    kind: 'machine-register',
    look: ({ cpu, guest }) =>
      differing(BigInt(cpu.state.selector(LDTR)), BigInt(guest.virtual.selector(LDTR))),
  },
  {
    mnemonics: ['STR'],
    kind: 'machine-register',
    look: ({ cpu, guest }) =>
      differing(BigInt(cpu.state.selector(TR)), BigInt(guest.virtual.selector(TR))),
  },
  {
    mnemonics: ['SMSW'],
    kind: 'machine-register',
    look: ({ cpu, guest }) => {
      const bytes =
        cpu.instruction.operands[0]?.kind === 'memory' ? 2 : cpu.instruction.operandSize;
      const mask = (1n << BigInt(8 * bytes)) - 1n;
      return differing(cpu.state.cr0 & mask, guest.virtual.cr0 & mask);
    },
  },
  {
    mnemonics: ['PUSHF', 'PUSHFD', 'PUSHFQ'],
    kind: 'flags-read',
    look: ({ cpu, guest }) => differing(cpu.state.rflags & (IF | IOPL), guest.flags & (IF | IOPL)),
  },
  {
    mnemonics: ['POPF', 'POPFD', 'POPFQ'],
    kind: 'flags-kept',
    look: (moment) => keptFlags(moment, 0),
  },
  {
    mnemonics: ['IRET', 'IRETD', 'IRETQ'],
    kind: 'flags-kept',
    look: (moment) => {
      const { guest, cpu } = moment;
      const { operandSize } = cpu.instruction;
      const selector = onStack(moment, operandSize, 2);
      // To another ring it traps, as does a return to a selector that names the ring the guest believes to be in.
      if (selector === undefined || (Number(selector) & 3) !== cpu.state.cpl) return undefined;
      if (!isPresent(guest.shadowOf(Number(selector)))) return undefined;
      return keptFlags(moment, 2 * operandSize);
    },
  },
  { mnemonics: ['MOV', 'PUSH'], kind: 'ring', special: true, look: segmentOperand },
  { mnemonics: ['CALL'], kind: 'ring', special: true, look: codeSelectors },
  {
    mnemonics: ['LAR'],
    kind: 'descriptor',
    look: lookAt({ operand: 1, types: LAR_TYPES, value: (low) => (low >> 32n) & 0xffff00n }),
  },
  {
    mnemonics: ['LSL'],
    kind: 'descriptor',
    look: lookAt({ operand: 1, types: LSL_TYPES, value: (low) => BigInt(descriptorLimit(low)) }),
  },
  { mnemonics: ['VERR'], kind: 'descriptor', look: lookAt({ operand: 0, value: can(isReadable) }) },
  {
    mnemonics: ['VERW'],
    kind: 'descriptor',
    look: lookAt({ operand: 0, value: can(isWritableData) }),
  },
  { mnemonics: ['CPUID'], kind: 'processor', look: processorItself },
];

const byMnemonic = new Map(
  SENSITIVE.flatMap((row) => row.mnemonics.map((mnemonic) => [mnemonic, row] as const)),
);

export const sensitiveInstruction = (mnemonic: string): SensitiveInstruction | undefined =>
  byMnemonic.get(mnemonic);

/** Whether instructions of a form may be holes. */
export function mayBeHole({ mnemonic, operands }: Form): boolean {
  const row = byMnemonic.get(mnemonic);
  if (!row?.special) return row !== undefined;
  return operands.some(({ kind }) => kind === 'other');
}
