import { Msr } from '../registers/msr';
import { EntryControl, ExitControl } from './controls';
import { Field } from './fields';

/**
 * MSRs that VM entries and VM exits load and save through fields of the VMCS (SDM 3C 27.3.2.1, 28.3.1,
 * 28.5.1). Masks are those of the control that must be 1 for it; without a mask it always happens.
 */
export interface SwitchedMsr {
  readonly msr: number;
  /** The field of the guest-state area. */
  readonly guest: Field;
  /** VM entry loads the MSR from the guest field with this VM-entry control. */
  readonly load?: number;
  /** VM exit saves the MSR in the guest field with this VM-exit control. */
  readonly save?: number;
  /** The field of the host-state area from which VM exit loads the MSR; undefined when there is none. */
  readonly host?: Field;
  /** VM exit loads it from there with this VM-exit control. */
  readonly loadHost?: number;
  /** VM exit clears the MSR: always, or with this VM-exit control. */
  readonly clear?: number | 'always';
}

export const SWITCHED_MSRS: readonly SwitchedMsr[] = [
  { msr: Msr.SYSENTER_CS, guest: Field.GUEST_SYSENTER_CS, host: Field.HOST_IA32_SYSENTER_CS },
  { msr: Msr.SYSENTER_ESP, guest: Field.GUEST_SYSENTER_ESP, host: Field.HOST_IA32_SYSENTER_ESP },
  { msr: Msr.SYSENTER_EIP, guest: Field.GUEST_SYSENTER_EIP, host: Field.HOST_IA32_SYSENTER_EIP },
  { msr: Msr.FS_BASE, guest: Field.GUEST_FS_BASE, host: Field.HOST_FS_BASE },
  { msr: Msr.GS_BASE, guest: Field.GUEST_GS_BASE, host: Field.HOST_GS_BASE },
  {
    msr: Msr.DEBUGCTL,
    guest: Field.GUEST_IA32_DEBUGCTL,
    load: EntryControl.LOAD_DEBUG_CONTROLS,
    save: ExitControl.SAVE_DEBUG_CONTROLS,
    clear: 'always',
  },
  {
    msr: Msr.EFER,
    guest: Field.GUEST_IA32_EFER,
    load: EntryControl.LOAD_EFER,
    save: ExitControl.SAVE_EFER,
    host: Field.HOST_IA32_EFER,
    loadHost: ExitControl.LOAD_EFER,
  },
  {
    msr: Msr.PAT,
    guest: Field.GUEST_IA32_PAT,
    load: EntryControl.LOAD_PAT,
    save: ExitControl.SAVE_PAT,
    host: Field.HOST_IA32_PAT,
    loadHost: ExitControl.LOAD_PAT,
  },
  {
    msr: Msr.PERF_GLOBAL_CTRL,
    guest: Field.GUEST_IA32_PERF_GLOBAL_CTRL,
    load: EntryControl.LOAD_PERF_GLOBAL_CTRL,
    save: ExitControl.SAVE_PERF_GLOBAL_CTRL,
    host: Field.HOST_IA32_PERF_GLOBAL_CTRL,
    loadHost: ExitControl.LOAD_PERF_GLOBAL_CTRL,
  },
  {
    msr: Msr.BNDCFGS,
    guest: Field.GUEST_BNDCFGS,
    load: EntryControl.LOAD_BNDCFGS,
    clear: ExitControl.CLEAR_BNDCFGS,
  },
  {
    msr: Msr.RTIT_CTL,
    guest: Field.GUEST_IA32_RTIT_CTL,
    load: EntryControl.LOAD_RTIT_CTL,
    clear: ExitControl.CLEAR_RTIT_CTL,
  },
  {
    msr: Msr.LBR_CTL,
    guest: Field.GUEST_IA32_LBR_CTL,
    load: EntryControl.LOAD_GUEST_LBR_CTL,
    clear: ExitControl.CLEAR_LBR_CTL,
  },
  {
    msr: Msr.S_CET,
    guest: Field.GUEST_S_CET,
    load: EntryControl.LOAD_CET_STATE,
    host: Field.HOST_S_CET,
    loadHost: ExitControl.LOAD_CET_STATE,
  },
  {
    msr: Msr.INTERRUPT_SSP_TABLE_ADDR,
    guest: Field.GUEST_INTR_SSP_TABLE,
    load: EntryControl.LOAD_CET_STATE,
    host: Field.HOST_INTR_SSP_TABLE,
    loadHost: ExitControl.LOAD_CET_STATE,
  },
  {
    msr: Msr.PKRS,
    guest: Field.GUEST_IA32_PKRS,
    load: EntryControl.LOAD_PKRS,
    host: Field.HOST_IA32_PKRS,
    loadHost: ExitControl.LOAD_PKRS,
  },
];

/**
 * Where the MSRs lie that every VM entry or VM exit switches, whatever its controls say; and IA32_EFER,
 * which a VMM with a 64-bit guest switches, too. By the number of the MSR.
 */
export function fieldsOfMsrs(area: 'guest' | 'host'): ReadonlyMap<number, Field> {
  const switched = SWITCHED_MSRS.filter(({ msr, load }) => load === undefined || msr === Msr.EFER);
  return new Map(
    switched.flatMap(({ msr, [area]: field }) => (field === undefined ? [] : [[msr, field]])),
  );
}
