import { cpuidMask } from '../../isa/cpuid';
import { WideEfer } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import { VmCr } from '../../isa/registers/msr-fields';
import { TlbControl } from '../../isa/svm/control-fields';
import { VMEXIT_INVALID } from '../../isa/svm/exit-codes';
import { unpackAnswer } from '../cpuid-answer';
import { handleUnexpected } from '../hardware/exits/shutdown';
import { initializeInterruptController } from '../host/interrupt-controller';
import type { Handler } from '../operation';
import {
  armHostTimer,
  cpuid,
  rdmsr,
  restoreGuestRegisters,
  saveGuestRegisters,
  stopGuest,
  wrmsr,
} from '../operations';
import type { Turns } from '../schedule/turns';
import { answerSignals } from '../signals/answer';
import type { ProcessorShare, Technique } from '../technique';
import { EXIT_HANDLERS } from './exits';
import { deliverPendingInterrupt } from './inject';
import { clgi, readVmcb, sti, vmload, vmrun, vmsave, writeVmcb } from './operations';
import { nestedPaging } from './paging/npt';
import { shadowPaging } from './paging/shadow';
import { svmVcpu, type SvmVcpu } from './svm-vcpu';
import { TAGGED, UNTAGGED } from './translations';
import { writeControls, writeGuestState, writePermissionMaps, type VmcbPlan } from './vmcb-setup';

/** Virtualization with AMD-V: the guest runs in guest mode and comes back by #VMEXIT. */
export class SvmTechnique implements Technique {
  readonly name = 'svm';
  private readonly vcpu: SvmVcpu;

  constructor(
    /** Host-physical address of the page in which VMRUN saves the host's state. */
    private readonly hostSaveArea: number,
    private readonly plan: VmcbPlan,
    private readonly share: ProcessorShare,
  ) {
    const translations = plan.tlbTags ? TAGGED : UNTAGGED;
    const nested = plan.nestedCr3 !== undefined;
    const paging = nested ? nestedPaging(translations) : shadowPaging(translations);
    this.vcpu = svmVcpu(paging, share.place);
  }

  *prepare(): Handler {
    const { isFirst, turns } = this.share;
    if (isFirst && !(yield* enableSvm(this.hostSaveArea))) return;
    yield* writeControls(this.plan);
    yield* writePermissionMaps(this.plan);
    yield* writeGuestState(this.plan);
    yield* turns.first();
    if (turns.siblings) yield* answerSignals(this.vcpu, turns);
    yield armHostTimer();
    yield* enter();
  }

  /** Whatever the code, #VMEXIT leads to one gate. */
  handle(): Handler {
    return handleExit(this.vcpu, this.share.turns);
  }

  retire(): Handler {
    return this.share.turns.leave();
  }
}

/** Once for the processor (APM 2 15.4). @returns whether it has SVM, and the firmware has not disabled it */
function* enableSvm(hostSaveArea: number): Handler<boolean> {
  yield* initializeInterruptController();
  const features = unpackAnswer(yield cpuid(0x8000_0001, 0));
  const has = (features.ecx & cpuidMask('SVM')) !== 0;
  const disabled = has ? (yield rdmsr(Msr.VM_CR)) & VmCr.SVMDIS : 0n;
  if (!has || disabled) {
    yield stopGuest({ kind: 'failure', failure: { kind: 'feature-missing', feature: 'SVM' } });
    return false;
  }
  const efer = yield rdmsr(Msr.EFER);
  yield wrmsr(Msr.EFER, efer | WideEfer.SVME);
  yield wrmsr(Msr.VM_HSAVE_PA, BigInt(hostSaveArea));
  yield clgi();
  yield sti();
  return true;
}

/** What every #VMEXIT comes to. */
export function* handleExit(vcpu: SvmVcpu, turns: Turns): Handler {
  yield saveGuestRegisters();
  yield vmsave();
  const code = yield readVmcb('EXITCODE');
  const reason = Number(BigInt.asIntN(64, code));
  if (code === VMEXIT_INVALID) {
    yield stopGuest({ kind: 'failure', failure: { kind: 'entry-failed', reason } });
    return;
  }
  // What VMRUN was to flush has been flushed.
  if (vcpu.translations.tagged) yield writeVmcb('TLB_CONTROL', TlbControl.NOTHING);
  const handler = EXIT_HANDLERS.get(reason)?.handle;
  if (handler) yield* handler(vcpu, turns);
  else yield* handleUnexpected(reason);
  yield* turns.next();
  if (turns.siblings) yield* answerSignals(vcpu, turns);
  yield* deliverPendingInterrupt();
  yield armHostTimer();
  yield* enter();
}

function* enter(): Handler {
  yield vmload();
  yield restoreGuestRegisters();
  yield vmrun();
}
