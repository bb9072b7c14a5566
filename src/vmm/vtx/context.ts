import { Field } from '../../isa/vmx/fields';
import { loadLeft, saveLeft } from '../hardware/left-context';
import type { Handler } from '../operation';
import { vmptrld, vmwrite } from '../operations';
import type { ContextSwitch } from '../schedule/turns';

/** A guest of VT-x gives the processor away, or gets it: general registers lie in its area already. */
export class VtxContext implements ContextSwitch {
  /**
   * @param vmcs host-physical address of its VMCS
   * @param slice for how long it has the processor, in ticks of the TSC
   */
  constructor(
    private readonly vmcs: number,
    private readonly slice: number,
  ) {}

  *save(): Handler {
    yield saveLeft();
  }

  *load(): Handler {
    yield vmptrld(this.vmcs);
    yield loadLeft();
    yield* this.renew();
  }

  *renew(): Handler {
    // The timer counts each tick of the TSC (IA32_VMX_MISC bits 4:0).
    yield vmwrite(Field.VMX_PREEMPTION_TIMER_VALUE, this.slice);
  }
}
