import type { StartState } from '../../processor/state/start-state';
import { emulateInstruction } from '../emulate/handlers/instruction';
import { startVcpu } from '../emulate/operations';
import type { Host } from '../host/host';
import type { Handler } from '../operation';
import type { Turns } from '../schedule/turns';
import { EMULATION_GATE, type ProcessorShare, type Technique } from '../technique';
import { initializeInterruptController } from '../host/interrupt-controller';
import { goOn } from './handlers/enter';
import { handleTrap } from './handlers/trap';
import { loadTables } from './operations';

/**
 * Trap and emulate: the guest runs on the processor itself, its kernel in ring 1 (ring 3 for 64-bit code) and the
 * monitor in ring 0. What needs privilege raises an exception and comes to the monitor; what x86 does
 * without one, though it should not, stays wrong.
 */
export class DeprivilegeTechnique implements Technique {
  readonly name: string = 'deprivilege';

  constructor(
    private readonly start: StartState,
    protected readonly share: ProcessorShare,
  ) {}

  *prepare(): Handler {
    const { isFirst, turns } = this.share;
    if (isFirst) yield* initializeInterruptController();
    yield loadTables();
    yield startVcpu(this.start);
    yield* turns.first();
  }

  handle(gate: number): Handler {
    const { turns } = this.share;
    return gate === EMULATION_GATE ? emulateOne(turns) : handleTrap(gate, turns);
  }

  retire(): Handler {
    return this.share.turns.leave();
  }

  emulatedAt({ executing }: Host): bigint | undefined {
    return executing?.linearRip;
  }
}

/** A guest in an outer ring gets the processor: the monitor's tables are its own. */
export function* loadOwnTables(): Handler {
  yield loadTables();
}

/** The next instruction of a guest that the processor cannot run as it is. */
function* emulateOne(turns: Turns): Handler {
  yield* emulateInstruction(turns);
  yield* goOn(turns);
}
