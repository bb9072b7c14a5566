import { cpuidMask } from '../../isa/cpuid';
import { revisionOf } from '../../isa/vmx/capabilities';
import { Msr } from '../../isa/registers/msr';
import { ENTRY_FAILURE } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { unpackAnswer } from '../cpuid-answer';
import type { GuestEnd } from '../end';
import type { Handler } from '../operation';
import {
  armHostTimer,
  cpuid,
  readVcpu,
  rdmsr,
  restoreGuestRegisters,
  saveGuestRegisters,
  stopGuest,
  takeIntoSoftware,
  vmclear,
  vmlaunch,
  vmptrld,
  vmread,
  vmresume,
  vmxon,
  writeHostPhysical,
  writeVcpu,
} from '../operations';
import { startVcpu } from '../emulate/operations';
import type { Host } from '../host/host';
import type { Turns } from '../schedule/turns';
import { EMULATION_GATE, type ProcessorShare, type Technique } from '../technique';
import type { ExitHandler } from '../hardware/exits/handlers';
import { emulateRealMode } from './real-mode';
import { EXIT_HANDLERS } from './exits';
import { eptPaging } from './paging/ept';
import { shadowPaging } from './paging/shadow';
import { TAGGED, UNTAGGED } from './translations';
import { l2ExitHandler } from './nested/exits';
import { deliverToL2 } from './nested/interrupts';
import type { NestedVtx } from './nested/nested-vtx';
import { prepareNested } from './nested/prepare';
import { vtxVcpu, type VtxVcpu } from './vtx-vcpu';
import { handleUnexpected } from '../hardware/exits/shutdown';
import { initializeInterruptController } from '../host/interrupt-controller';
import { answerSignals } from '../signals/answer';
import { deliverPendingInterrupt } from './inject';
import {
  writeControls,
  writeGuestState,
  writeHostState,
  writeMsrBitmaps,
  type VmcsPlan,
} from './vmcs-setup';

/** Host-physical addresses of the two regions that VMX needs. */
export interface VmxRegions {
  readonly vmxon: number;
  readonly vmcs: number;
}

/** In the exit reason: the VM entry has failed. */
const FAILED = BigInt(ENTRY_FAILURE);

/** Virtualization with VT-x: the guest runs in VMX non-root operation and comes back by VM exits. */
export class VtxTechnique implements Technique {
  readonly name = 'vtx';
  private readonly vcpu: VtxVcpu;

  constructor(
    private readonly regions: VmxRegions,
    private readonly plan: VmcsPlan,
    private readonly share: ProcessorShare,
    nested?: NestedVtx,
  ) {
    const translations = plan.tlbTags ? TAGGED : UNTAGGED;
    const shadows = plan.eptPointer === undefined;
    const paging = shadows ? shadowPaging(translations) : eptPaging(translations);
    this.vcpu = vtxVcpu(paging, share.place, nested);
  }

  *prepare(): Handler {
    const { isFirst, turns } = this.share;
    if (isFirst && !(yield* enterVmxOperation(this.regions))) return;
    const basic = yield rdmsr(Msr.VMX_BASIC);
    yield writeHostPhysical(this.regions.vmcs, revisionOf(basic));
    yield vmclear(this.regions.vmcs);
    yield vmptrld(this.regions.vmcs);
    yield* writeControls(this.plan, basic);
    yield* writeMsrBitmaps(this.plan);
    yield* writeHostState(this.plan);
    yield* writeGuestState(this.plan);
    const { nested } = this.vcpu;
    if (nested) yield* prepareNested(nested, this.plan, basic);
    yield* turns.first();
    if (turns.siblings) yield* answerSignals(this.vcpu, turns);
    if (yield* this.vcpu.needsSoftware()) {
      yield startVcpu(this.plan.start);
      return;
    }
    yield armHostTimer();
    yield* enter();
  }

  handle(gate: number): Handler {
    const { turns } = this.share;
    return gate === EMULATION_GATE
      ? handleRealMode(this.vcpu, turns)
      : handleExit(this.vcpu, turns);
  }

  retire(): Handler {
    return this.share.turns.leave();
  }

  emulatedAt({ executing }: Host): bigint | undefined {
    return executing?.linearRip;
  }
}

/** Once for the processor. @returns whether it has VMX */
function* enterVmxOperation({ vmxon: region }: VmxRegions): Handler<boolean> {
  yield* initializeInterruptController();
  const features = unpackAnswer(yield cpuid(1, 0));
  if (!(features.ecx & cpuidMask('VMX'))) {
    yield stopGuest({ kind: 'failure', failure: { kind: 'feature-missing', feature: 'VMX' } });
    return false;
  }
  const basic = yield rdmsr(Msr.VMX_BASIC);
  yield writeHostPhysical(region, revisionOf(basic));
  yield vmxon(region);
  return true;
}

/** What every VM exit comes to. */
export function* handleExit(vcpu: VtxVcpu, turns: Turns): Handler {
  yield saveGuestRegisters();
  const reason = yield vmread(Field.VM_EXIT_REASON);
  const basic = Number(BigInt.asUintN(16, reason));
  if (reason & FAILED) {
    yield stopGuest({ kind: 'failure', failure: { kind: 'entry-failed', reason: basic } });
    return;
  }
  const handler = (yield* handlerForL2(vcpu, basic)) ?? EXIT_HANDLERS.get(basic)?.handle;
  if (handler) yield* handler(vcpu, turns);
  else yield* handleUnexpected(basic);
  if (yield* vcpu.needsSoftware()) {
    yield takeIntoSoftware();
    return;
  }
  if (turns.siblings) yield* answerSignals(vcpu, turns);
  if (vcpu.nested && (yield readVcpu('in_l2')) === 1n) {
    yield* deliverToL2(vcpu, vcpu.nested);
  } else {
    yield* deliverPendingInterrupt();
    yield armHostTimer();
  }
  if (vcpu.nested && (yield readVcpu('in_l2')) === 1n) {
    yield* enterBy('launched_l2');
    return;
  }
  yield restoreGuestRegisters();
  const error = yield vmresume();
  if (error !== 0n) yield stopGuest(refused('VMRESUME', error));
}

/** What answers a VM exit of the guest's own guest, where it is not the monitor's alone. */
function* handlerForL2(
  { nested }: VtxVcpu,
  reason: number,
): Handler<ExitHandler<VtxVcpu>['handle'] | undefined> {
  if (!nested || (yield readVcpu('in_l2')) === 0n) return undefined;
  return yield* l2ExitHandler(nested, reason);
}

/** The next instruction of a guest that software executes. */
export function* handleRealMode(vcpu: VtxVcpu, turns: Turns): Handler {
  const canEnter = yield* emulateRealMode(vcpu, turns);
  yield* turns.next();
  if (canEnter) yield* enter();
}

const enter = (): Handler => enterBy('launched');

/** The first entry by a VMCS is by VMLAUNCH. @param register which tells whether there was one */
function* enterBy(register: 'launched' | 'launched_l2'): Handler {
  yield restoreGuestRegisters();
  const launched = yield readVcpu(register);
  if (launched === 0n) yield writeVcpu(register, 1n);
  const error = yield launched === 0n ? vmlaunch() : vmresume();
  const instruction = launched === 0n ? 'VMLAUNCH' : 'VMRESUME';
  if (error !== 0n) yield stopGuest(refused(instruction, error));
}

const refused = (instruction: 'VMLAUNCH' | 'VMRESUME', error: bigint): GuestEnd => ({
  kind: 'failure',
  failure: { kind: 'entry-refused', instruction, error: Number(error) },
});
