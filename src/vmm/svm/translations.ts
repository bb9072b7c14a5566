import { TlbControl } from '../../isa/svm/control-fields';
import { nothing, type Translations } from '../hardware/translations';
import { invlpga, writeVmcb } from './operations';

/** Where the guest's translations have an ASID of their own: by INVLPGA, or by what VMRUN is told to flush (APM 2 15.16). */
export const TAGGED: Translations = {
  tagged: true,
  *forgetPage(linear) {
    yield invlpga(linear);
  },
  *forgetNonGlobal() {
    yield writeVmcb('TLB_CONTROL', TlbControl.FLUSH_GUEST_NON_GLOBAL);
  },
  *forgetAll() {
    yield writeVmcb('TLB_CONTROL', TlbControl.FLUSH_GUEST);
  },
};

/** Every VMRUN flushes the TLB: TLB_CONTROL stays as it is. */
export const UNTAGGED: Translations = {
  tagged: false,
  forgetPage: nothing,
  forgetNonGlobal: nothing,
  forgetAll: nothing,
};
