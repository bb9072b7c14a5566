import { CONTROL_AREA_CHECKS } from './control-area';
import type { VmrunCheck } from './rule';
import { SAVE_AREA_CHECKS } from './save-area';

export type { SvmCapabilities, VmrunCheck, VmrunView } from './rule';

/**
 * What VMRUN checks in a VMCB (APM 2 15.5.1): the manual gives no order, and one failure is told from
 * another by nothing. Written over an interface, for whoever has the fields.
 */
export const VMRUN_CHECKS: readonly VmrunCheck[] = [...SAVE_AREA_CHECKS, ...CONTROL_AREA_CHECKS];
