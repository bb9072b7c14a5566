import type { StartState } from '../../processor/state/start-state';
import { emulateInstruction } from '../emulate/handlers/instruction';
import { startVcpu } from '../emulate/operations';
import type { Host } from '../host/host';
import type { Handler } from '../operation';
import { EMULATION_GATE, type Technique } from '../technique';
import { initializeInterruptController } from '../vtx/vtx';
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

  constructor(private readonly start: StartState) {}

  *prepare(): Handler {
    yield* initializeInterruptController();
    yield loadTables();
    yield startVcpu(this.start);
  }

  handle(gate: number): Handler {
    return gate === EMULATION_GATE ? emulateOne() : handleTrap(gate);
  }

  emulatedAt({ executing }: Host): bigint | undefined {
    return executing?.linearRip;
  }
}

/** The next instruction of a guest that the processor cannot run as it is. */
function* emulateOne(): Handler {
  yield* emulateInstruction();
  yield* goOn();
}
