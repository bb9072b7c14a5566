import type { Register, Registers } from './registers';

/** Another computer that executes one instruction at a time. */
export interface Peer {
  readonly name: string;
  /** What it does not tell. */
  readonly silent: ReadonlySet<Register>;
  /** Whether faults push RFLAGS with RF, as the manual has it. */
  readonly pushesResumeFlag: boolean;
  /** Whether a trap that is due is delivered in the step of its instruction, not in one of its own. */
  readonly trapsAtOnce: boolean;
  /** RESET, and the program at 0000:7C00, where the processor stands. */
  load(program: Uint8Array): Promise<void>;
  registers(): Promise<Registers>;
  step(): Promise<void>;
  /** At linear addresses. */
  readMemory(address: number, length: number): Promise<Uint8Array>;
  end(): void;
}

/** Where programs lie, on both sides. */
export const PROGRAM = 0x7c00;
/** Memory that is the same on both sides at the start, and compared at the end. */
export const COMPARED = { first: 0x500, end: 0x9_0000 } as const;

/** A chip that jumps to 0000:7C00: there is no firmware between RESET and the program. */
export function rom(): Uint8Array {
  const bytes = new Uint8Array(0x10000).fill(0xf4);
  bytes.set([0xea, 0x00, 0x7c, 0x00, 0x00], 0xfff0);
  return bytes;
}
