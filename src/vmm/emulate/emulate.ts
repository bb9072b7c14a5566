import type { StartState } from '../../processor/state/start-state';
import type { Handler } from '../operation';
import type { Host } from '../host/host';
import type { ProcessorShare, Technique } from '../technique';
import type { Turns } from '../schedule/turns';
import { initializeInterruptController } from '../host/interrupt-controller';
import { emulateInstruction } from './handlers/instruction';
import { startVcpu } from './operations';

/** Emulation: the processor never runs the guest; the monitor does every instruction in software. */
export class EmulateTechnique implements Technique {
  readonly name = 'emulate';

  constructor(
    private readonly start: StartState,
    private readonly share: ProcessorShare,
  ) {}

  *prepare(): Handler {
    if (this.share.isFirst) yield* initializeInterruptController();
    yield startVcpu(this.start);
    yield* this.share.turns.first();
  }

  handle(): Handler {
    return emulateOne(this.share.turns);
  }

  retire(): Handler {
    return this.share.turns.leave();
  }

  emulatedAt({ executing }: Host): bigint | undefined {
    return executing?.linearRip;
  }
}

function* emulateOne(turns: Turns): Handler {
  yield* emulateInstruction(turns);
  yield* turns.next();
}
