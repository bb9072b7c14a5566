import { Decoder, DecoderOptions, FlowControl, Mnemonic } from 'iced-x86';
import { LONGEST_INSTRUCTION } from '../../isa/instructions/length';
import { linearRip, modeOf } from '../registers/registers';
import type { Target } from '../target';

/** What the next instruction does with control, for steps. */
export interface Transfer {
  /** 'enter': INT, SYSCALL and their like; 'halt': waits for an interrupt, whose handler runs before it ends. */
  readonly kind:
    'call' | 'enter' | 'loop' | 'repeat' | 'halt' | 'return' | 'interrupt-return' | 'other';
  /** Linear address of the instruction behind it. */
  readonly next: bigint;
  /** It pushes a return address, so that a smaller stack pointer means an inner activation. */
  readonly pushes: boolean;
}

const RETURNS: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Ret,
  Mnemonic.Retf,
  Mnemonic.Sysret,
  Mnemonic.Sysretq,
  Mnemonic.Sysexit,
  Mnemonic.Sysexitq,
]);
const INTERRUPT_RETURNS: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Iret,
  Mnemonic.Iretd,
  Mnemonic.Iretq,
]);
const LOOPS: ReadonlySet<Mnemonic> = new Set([Mnemonic.Loop, Mnemonic.Loope, Mnemonic.Loopne]);
const ENTRIES: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Int,
  Mnemonic.Int3,
  Mnemonic.Int1,
  Mnemonic.Into,
  Mnemonic.Syscall,
  Mnemonic.Sysenter,
]);

const CALL_LIKE: ReadonlySet<Transfer['kind']> = new Set([
  'call',
  'enter',
  'loop',
  'repeat',
  'halt',
]);

/** Looks at the program's next instruction. */
export const transferOf = (target: Target): Transfer =>
  transferAt(target, linearRip(target.code.registers));

/** The same of the instruction at a linear address, in the present mode. */
export function transferAt(target: Target, address: bigint): Transfer {
  const { registers, memory } = target.code;
  const { data } = memory.read('gva', address, LONGEST_INSTRUCTION);
  const decoder = new Decoder(modeOf(registers).bits, data, DecoderOptions.None);
  const instruction = decoder.decode();
  const next = address + BigInt(instruction.length);
  const { mnemonic, flowControl } = instruction;
  const repeated = instruction.hasRepPrefix || instruction.hasRepnePrefix;
  const isString = instruction.isStringInstruction;
  instruction.free();
  decoder.free();
  const kind = kindOf(mnemonic, flowControl, repeated && isString);
  const pushes = kind === 'call' || (kind === 'enter' && mnemonic !== Mnemonic.Syscall);
  return { kind, next, pushes };
}

function kindOf(mnemonic: Mnemonic, flow: FlowControl, repeats: boolean): Transfer['kind'] {
  if (ENTRIES.has(mnemonic)) return 'enter';
  if (RETURNS.has(mnemonic)) return 'return';
  if (INTERRUPT_RETURNS.has(mnemonic)) return 'interrupt-return';
  if (LOOPS.has(mnemonic)) return 'loop';
  if (mnemonic === Mnemonic.Hlt) return 'halt';
  if (repeats) return 'repeat';
  // VMCALL and its like are calls to iced-x86, but they push nothing: they are single instructions.
  const call = flow === FlowControl.Call || flow === FlowControl.IndirectCall;
  return call && mnemonic === Mnemonic.Call ? 'call' : 'other';
}

/** Whether stepping over the instruction means running to the one behind it. */
export function isCallLike(transfer: Transfer): boolean {
  return CALL_LIKE.has(transfer.kind);
}
