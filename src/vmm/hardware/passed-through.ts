import { Msr, MTRRS } from '../../isa/registers/msr';

/** MSRs that the monitor does not use itself: the guest has the processor's own. */
const COMMON: readonly number[] = [
  Msr.STAR,
  Msr.LSTAR,
  Msr.CSTAR,
  Msr.FMASK,
  Msr.KERNEL_GS_BASE,
  Msr.TSC,
  Msr.TSC_AUX,
  Msr.XSS,
  Msr.PAT,
  ...MTRRS,
];

/** Those of Intel's processors. */
export const PASSED_THROUGH: ReadonlySet<number> = new Set([...COMMON, Msr.MISC_ENABLE]);

/** Those of AMD's. */
export const AMD_PASSED_THROUGH: ReadonlySet<number> = new Set([
  ...COMMON,
  Msr.DEBUGCTL,
  Msr.SYSCFG,
  Msr.HWCR,
  Msr.TOP_MEM,
  Msr.TOM2,
  Msr.NB_CFG,
  Msr.INT_PENDING,
  Msr.DE_CFG,
]);
