import { DeprivilegeTechnique } from '../deprivilege/deprivilege';
import { emulateInstruction } from '../emulate/handlers/instruction';
import type { Handler } from '../operation';
import type { Turns } from '../schedule/turns';
import { EMULATION_GATE, type Technique } from '../technique';
import { goOn } from './handlers/enter';
import { handleTrap } from './handlers/trap';
import { Came } from './operations';

/**
 * Binary translation and direct execution: users run on the processor itself, as under trap and emulate. Of the
 * kernel the processor executes a translation, in which what is sensitive does what the kernel means.
 */
export class TranslateTechnique extends DeprivilegeTechnique implements Technique {
  override readonly name: string = 'translate';

  override handle(gate: number): Handler {
    const { turns } = this.share;
    return gate === EMULATION_GATE ? emulateOne(turns) : handleTrap(gate, turns);
  }
}

/** The next instruction of a guest of which the processor can run neither the code nor a translation. */
function* emulateOne(turns: Turns): Handler {
  yield* emulateInstruction(turns);
  yield* goOn(Came.DIRECTLY, turns);
}
