import type { Processor } from '../../../processor/processor';
import type { DeprivilegedGuest } from '../deprivileged-guest';
import type { Hole } from './hole';
import { mayBeHole, sensitiveInstruction } from './sensitive';

/**
 * Finds the holes through which a deprivileged guest falls. The monitor knows nothing of them: nothing tells it. The
 * simulator does, which stops before every instruction that may be one and asks what it would give.
 */
export class HoleFinder {
  private last: { readonly retired: number; readonly rip: bigint } | undefined;

  constructor(
    private readonly cpu: Processor,
    private readonly guest: DeprivilegedGuest,
  ) {
    cpu.caches.code.watch(mayBeHole);
  }

  /** The hole that the guest's next instruction is, if it is one and has not been told of before. */
  look(): Hole | undefined {
    const { cpu, guest } = this;
    if (cpu.state.cpl === 0 || !cpu.isAtWatched) return undefined;
    const { rip } = cpu.state;
    const { retired } = cpu;
    if (this.last?.retired === retired && this.last.rip === rip) return undefined;
    const { mnemonic } = cpu.instruction;
    const row = sensitiveInstruction(mnemonic);
    const difference = row?.look({ cpu, guest });
    if (!row || !difference) return undefined;
    this.last = { retired, rip };
    const linear = guest.segment(1).base + rip;
    return { kind: row.kind, mnemonic, rip, linear, ...difference };
  }
}
