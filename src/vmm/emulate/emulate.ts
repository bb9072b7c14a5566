import type { StartState } from '../../processor/state/start-state';
import type { Handler } from '../operation';
import type { Host } from '../host/host';
import type { Technique } from '../technique';
import { initializeInterruptController } from '../vtx/vtx';
import { emulateInstruction } from './handlers/instruction';
import { startVcpu } from './operations';

/** Emulation: the processor never runs the guest; the monitor does every instruction in software. */
export class EmulateTechnique implements Technique {
  readonly name = 'emulate';

  constructor(private readonly start: StartState) {}

  *prepare(): Handler {
    yield* initializeInterruptController();
    yield startVcpu(this.start);
  }

  handle(): Handler {
    return emulateInstruction();
  }

  emulatedAt({ executing }: Host): bigint | undefined {
    return executing?.linearRip;
  }
}
