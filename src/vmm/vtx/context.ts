import { Field } from '../../isa/vmx/fields';
import { loadLeft, saveLeft } from '../hardware/left-context';
import type { Handler } from '../operation';
import { invept, mappingsChanged, vmptrld, vmwrite } from '../operations';
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
    /** Whether the others are virtual processors of the same guest. */
    private readonly siblings: boolean,
  ) {}

  *save(): Handler {
    yield saveLeft();
  }

  *load(): Handler {
    yield vmptrld(this.vmcs);
    yield loadLeft();
    // Another virtual processor of the guest's may have changed the EPT, which is theirs together.
    if (this.siblings && (yield mappingsChanged()) === 1n) yield invept();
    yield* this.renew();
  }

  *renew(): Handler {
    // The timer counts each tick of the TSC (IA32_VMX_MISC bits 4:0).
    yield vmwrite(Field.VMX_PREEMPTION_TIMER_VALUE, this.slice);
  }
}
