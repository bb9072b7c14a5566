import { WideEfer } from '../../../isa/registers/control';
import type { VmcbFieldId } from '../../../isa/svm/vmcb';
import { nothing, type Translations } from '../../hardware/translations';
import type { Handler } from '../../operation';
import { mappingsChanged } from '../../operations';
import { readVmcb, writeVmcb } from '../operations';
import type { SvmPaging } from './svm-paging';

/** With nested paging the processor uses the guest's own page tables: the guest has its control registers. */

function* field(which: VmcbFieldId): Handler<bigint> {
  return yield readVmcb(which);
}

/** SVME is set in the VMCB of every guest; the guest has been told of no SVM, and sees it clear. */
function* efer(): Handler<bigint> {
  const value = yield readVmcb('EFER');
  return value & ~WideEfer.SVME;
}

function* setEfer(value: bigint): Handler {
  yield writeVmcb('EFER', value | WideEfer.SVME);
}

export const nestedPaging = (translations: Translations): SvmPaging => ({
  name: 'npt',
  translations,
  cr0: () => field('CR0'),
  cr3: () => field('CR3'),
  cr4: () => field('CR4'),
  efer,
  *setCr3(value) {
    yield writeVmcb('CR3', value);
    yield* translations.forgetNonGlobal();
  },
  setEfer,
  /** VMRUN reads them where CR3 leads to (APM 2 15.25.10). */
  setPdptes: nothing,
  /** Guest-physical pages lead elsewhere: the nested tables have followed, and the TLB has to. */
  *follow() {
    const changed = yield mappingsChanged();
    if (changed === 1n) yield* translations.forgetAll();
  },
});
