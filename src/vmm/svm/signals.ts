import { SegmentRights } from '../../isa/access-rights';
import { WideEfer } from '../../isa/registers/control';
import { VirtualInterrupt } from '../../isa/svm/control-fields';
import { initStart } from '../../processor/state/start-state';
import { attributesOf } from '../../processor/svm/segments';
import type { Handler } from '../operation';
import { takeNmi } from '../signals/operations';
import type { SignalledVcpu } from '../signals/signalled-vcpu';
import { setInterruptWindow } from './inject';
import { readVmcb, writeVmcb } from './operations';
import type { SvmPaging } from './paging/svm-paging';
import { writeRegisters } from './vmcb-setup';

/** What one of several virtual processors of SVM is told by others: with nested paging, and virtual NMIs (APM 2 15.21.10). */

const NMI = BigInt(VirtualInterrupt.V_NMI);
const NMI_MASK = BigInt(VirtualInterrupt.V_NMI_MASK);
const OF_GUEST = NMI | NMI_MASK | BigInt(VirtualInterrupt.V_TPR);

/** Whatever the VMCB holds, it is written. */
const always = (): boolean => true;

function* endEvents(): Handler {
  yield writeVmcb('INTERRUPT_SHADOW', 0);
  yield writeVmcb('EVENTINJ', 0);
  yield* setInterruptWindow(false);
  // CR8 is V_TPR.
  const control = yield readVmcb('VIRTUAL_INTERRUPT');
  yield writeVmcb('VIRTUAL_INTERRUPT', control & ~OF_GUEST);
}

export const svmSignals = (paging: SvmPaging): SignalledVcpu => ({
  *initialize() {
    const start = initStart(yield* paging.cr0());
    yield writeVmcb('CR0', start.cr0);
    yield writeVmcb('CR2', 0);
    yield writeVmcb('CR3', 0);
    yield writeVmcb('CR4', 0);
    yield writeVmcb('EFER', WideEfer.SVME);
    yield writeVmcb('CPL', 0);
    yield* writeRegisters(start, always);
    yield* endEvents();
    yield* paging.translations.forgetAll();
  },

  *startAt(vector) {
    yield writeVmcb('CS_SELECTOR', vector << 8);
    yield writeVmcb('CS_BASE', vector << 12);
    yield writeVmcb('CS_LIMIT', 0xffff);
    yield writeVmcb('CS_ATTRIB', attributesOf(SegmentRights.REAL_MODE_CODE));
    yield writeVmcb('RIP', 0);
  },

  *nmiState() {
    const control = yield readVmcb('VIRTUAL_INTERRUPT');
    if (control & NMI_MASK) return 'blocked';
    return control & NMI ? 'due' : 'open';
  },

  /** The processor delivers it as soon as it can; one that is pending already stands for both. */
  *deliverNmi() {
    yield takeNmi();
    const control = yield readVmcb('VIRTUAL_INTERRUPT');
    yield writeVmcb('VIRTUAL_INTERRUPT', control | NMI);
  },
});
