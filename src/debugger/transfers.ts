import { Decoder, DecoderOptions, FlowControl, Mnemonic } from 'iced-x86';
import { modeOf } from './registers';
import type { Target } from './target';

/** What the next instruction does with control, for steps. */
export interface Transfer {
  readonly kind: 'call' | 'loop' | 'repeat' | 'return' | 'other';
  /** Linear address of the instruction behind it. */
  readonly next: bigint;
  /** It pushes a return address, so that a smaller stack pointer means an inner activation. */
  readonly pushes: boolean;
}

const RETURNS: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Ret, Mnemonic.Retf, Mnemonic.Iret, Mnemonic.Iretd, Mnemonic.Iretq,
  Mnemonic.Sysret, Mnemonic.Sysretq, Mnemonic.Sysexit, Mnemonic.Sysexitq,
]); // prettier-ignore
const LOOPS: ReadonlySet<Mnemonic> = new Set([Mnemonic.Loop, Mnemonic.Loope, Mnemonic.Loopne]);
const ENTRIES: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Int, Mnemonic.Int3, Mnemonic.Int1, Mnemonic.Into, Mnemonic.Syscall, Mnemonic.Sysenter,
]); // prettier-ignore

/** Looks at the guest's next instruction. */
export function transferOf(target: Target): Transfer {
  const address = target.linearRip;
  const { data } = target.memory.read('gva', address, 15);
  const decoder = new Decoder(modeOf(target.guest).bits, data, DecoderOptions.None);
  const instruction = decoder.decode();
  const next = address + BigInt(instruction.length);
  const { mnemonic, flowControl } = instruction;
  const repeated = instruction.hasRepPrefix || instruction.hasRepnePrefix;
  const isString = instruction.isStringInstruction;
  instruction.free();
  decoder.free();
  const call = flowControl === FlowControl.Call || flowControl === FlowControl.IndirectCall;
  if (ENTRIES.has(mnemonic)) return { kind: 'call', next, pushes: mnemonic !== Mnemonic.Syscall };
  if (RETURNS.has(mnemonic)) return { kind: 'return', next, pushes: false };
  if (LOOPS.has(mnemonic)) return { kind: 'loop', next, pushes: false };
  if (repeated && isString) return { kind: 'repeat', next, pushes: false };
  // VMCALL and its like are calls to iced-x86, but they push nothing: they are single instructions.
  const pushes = call && mnemonic === Mnemonic.Call;
  return { kind: pushes ? 'call' : 'other', next, pushes };
}

export function isCallLike(transfer: Transfer): boolean {
  return transfer.kind === 'call' || transfer.kind === 'loop' || transfer.kind === 'repeat';
}
