import type { StartState } from '../../processor/state/start-state';
import { DeprivilegeTechnique } from '../deprivilege/deprivilege';
import type { Host } from '../host/host';
import type { Handler } from '../operation';
import { EMULATION_GATE, type ProcessorShare, type Technique } from '../technique';
import { emulateParavirt, handleParavirtTrap } from './handlers/trap';

/**
 * Paravirtualization: a guest in an outer ring, as under trap and emulate, which may know of it and ask its monitor
 * instead of being caught. One that asks for nothing runs as there.
 */
export class ParavirtTechnique implements Technique {
  readonly name = 'paravirt';
  private readonly deprivilege: DeprivilegeTechnique;

  constructor(
    start: StartState,
    private readonly share: ProcessorShare,
  ) {
    this.deprivilege = new DeprivilegeTechnique(start, share);
  }

  prepare(): Handler {
    return this.deprivilege.prepare();
  }

  handle(gate: number): Handler {
    const { turns } = this.share;
    return gate === EMULATION_GATE ? emulateParavirt(turns) : handleParavirtTrap(gate, turns);
  }

  retire(): Handler {
    return this.deprivilege.retire();
  }

  emulatedAt(host: Host): bigint | undefined {
    return this.deprivilege.emulatedAt(host);
  }
}
