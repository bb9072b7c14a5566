import { Msr } from '../../isa/registers/msr';
import type { VmcbFieldId } from '../../isa/svm/vmcb';
import { HIDDEN_MSRS } from '../../processor/svm/guest-msrs';
import type { Place } from '../cpuid-answer';
import { AMD_PASSED_THROUGH } from '../hardware/passed-through';
import type { SwitchedMsr, Vcpu } from '../hardware/vcpu';
import type { Handler } from '../operation';
import { advance, endShadow } from './advance';
import { deliverInSoftware, injectException, injectPageFault, reinject } from './inject';
import { readVmcb, writeVmcb } from './operations';
import type { SvmPaging } from './paging/svm-paging';
import { svmSignals } from './signals';

/** A virtual processor of SVM: its registers lie in the VMCB. */
export interface SvmVcpu extends Vcpu, SvmPaging {}

/** With nested paging the guest has a PAT of its own there (APM 2 15.25.4). */
const IN_VMCB: ReadonlyMap<number, VmcbFieldId> = new Map<number, VmcbFieldId>([
  ...HIDDEN_MSRS.map(([field, msr]) => [msr, field] as const),
  [Msr.FS_BASE, 'FS_BASE'],
  [Msr.GS_BASE, 'GS_BASE'],
]);

const inVmcb = (field: VmcbFieldId): SwitchedMsr => ({
  *read() {
    return yield readVmcb(field);
  },
  *write(value) {
    yield writeVmcb(field, value);
    return true;
  },
});

function* isSupervisor(): Handler<boolean> {
  const level = yield readVmcb('CPL');
  return level === 0n;
}

export const svmVcpu = (paging: SvmPaging, place: Place): SvmVcpu => ({
  ...paging,
  ...svmSignals(paging),
  place,
  isAmd: true,
  hasGuests: false,
  *rflags() {
    return yield readVmcb('RFLAGS');
  },
  isSupervisor,
  *dr7() {
    return yield readVmcb('DR7');
  },
  *setDr7(value) {
    yield writeVmcb('DR7', value);
  },
  switchedMsr(number) {
    const nested = number === Msr.PAT && paging.name === 'npt';
    const field = nested ? 'G_PAT' : IN_VMCB.get(number);
    return field && inVmcb(field);
  },
  passedThrough: AMD_PASSED_THROUGH,
  advance,
  completed: endShadow,
  inject: injectException,
  injectPageFault,
  reinject,
  deliverInSoftware,
});
