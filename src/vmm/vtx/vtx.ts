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
import { emulateRealMode } from './real-mode';
import { EXIT_HANDLERS } from './exits';
import { eptPaging } from './paging/ept';
import { shadowPaging } from './paging/shadow';
import { TAGGED, UNTAGGED } from './translations';
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
  ) {
    const translations = plan.tlbTags ? TAGGED : UNTAGGED;
    const shadows = plan.eptPointer === undefined;
    const paging = shadows ? shadowPaging(translations) : eptPaging(translations);
    this.vcpu = vtxVcpu(paging, share.place);
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
  const handler = EXIT_HANDLERS.get(basic)?.handle;
  if (reason & FAILED) {
    yield stopGuest({ kind: 'failure', failure: { kind: 'entry-failed', reason: basic } });
    return;
  }
  if (handler) yield* handler(vcpu, turns);
  else yield* handleUnexpected(basic);
  if (yield* vcpu.needsSoftware()) {
    yield takeIntoSoftware();
    return;
  }
  if (turns.siblings) yield* answerSignals(vcpu, turns);
  yield* deliverPendingInterrupt();
  yield armHostTimer();
  yield restoreGuestRegisters();
  const error = yield vmresume();
  if (error !== 0n) yield stopGuest(refused('VMRESUME', error));
}

/** The next instruction of a guest that software executes. */
export function* handleRealMode(vcpu: VtxVcpu, turns: Turns): Handler {
  const canEnter = yield* emulateRealMode(vcpu, turns);
  yield* turns.next();
  if (canEnter) yield* enter();
}

/** The first entry is by VMLAUNCH. */
function* enter(): Handler {
  yield restoreGuestRegisters();
  const launched = yield readVcpu('launched');
  if (launched === 0n) yield writeVcpu('launched', 1n);
  const error = yield launched === 0n ? vmlaunch() : vmresume();
  const instruction = launched === 0n ? 'VMLAUNCH' : 'VMRESUME';
  if (error !== 0n) yield stopGuest(refused(instruction, error));
}

const refused = (instruction: 'VMLAUNCH' | 'VMRESUME', error: bigint): GuestEnd => ({
  kind: 'failure',
  failure: { kind: 'entry-refused', instruction, error: Number(error) },
});
