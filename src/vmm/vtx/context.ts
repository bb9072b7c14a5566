import { Field } from '../../isa/vmx/fields';
import { Cost } from '../cost';
import { MonitorError, type Host } from '../host/host';
import { instruction } from '../instruction';
import type { Handler } from '../operation';
import { vmptrld, vmwrite } from '../operations';
import type { ContextSwitch } from '../schedule/turns';
import type { LeftRegisters } from '../hardware/left-registers';

/** The VMX-preemption timer counts every 32nd tick of the TSC (IA32_VMX_MISC bits 4:0). */
const TICK = 32;

/** @throws MonitorError where the guest is alone */
function leftOf({ left }: Host): LeftRegisters {
  if (!left) throw new MonitorError('no other guest is there');
  return left;
}

/** Stores what VM exits leave of the guest in the processor. */
const saveLeft = instruction('XSAVES, RDMSR, MOV', Cost.GPR_BLOCK, {
  perform: (host: Host) => leftOf(host).saveFrom(host.cpu),
  operands: () => ['[context]', 'x87, SSE, AVX, XCR0, MSRs, CR2, CR8, DR0 … DR3, DR6'],
});

const loadLeft = instruction('XRSTORS, WRMSR, MOV', Cost.GPR_BLOCK, {
  perform: (host: Host) => leftOf(host).loadInto(host.cpu),
  operands: () => ['x87, SSE, AVX, XCR0, MSRs, CR2, CR8, DR0 … DR3, DR6', '[context]'],
});

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
    yield vmwrite(Field.VMX_PREEMPTION_TIMER_VALUE, Math.ceil(this.slice / TICK));
  }
}
