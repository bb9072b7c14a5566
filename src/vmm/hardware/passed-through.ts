import { Msr, MTRRS } from '../../isa/registers/msr';

/** MSRs that the monitor does not use itself: the guest has the processor's own. */
export const PASSED_THROUGH: ReadonlySet<number> = new Set([
  Msr.STAR,
  Msr.LSTAR,
  Msr.CSTAR,
  Msr.FMASK,
  Msr.KERNEL_GS_BASE,
  Msr.TSC,
  Msr.TSC_AUX,
  Msr.XSS,
  Msr.PAT,
  Msr.MISC_ENABLE,
  ...MTRRS,
]);
