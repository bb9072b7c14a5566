import { masksOf, table, wideMasksOf } from '../../bits';
import { control } from './control';

/** VM-exit and VM-entry controls (SDM 3C 25.7, 25.8). */

/** Primary VM-exit controls (SDM 3C table 25-13). */
export const EXIT_CONTROLS = table('VM-exit controls', 'SDM 3C 25.7.1', [
  control(
    'SAVE_DEBUG_CONTROLS',
    2,
    'Save debug controls',
    'DR7 and IA32_DEBUGCTL are saved to the guest-state area.',
  ),
  control(
    'HOST_ADDRESS_SPACE_SIZE',
    9,
    'Host address-space size',
    'The host is in 64-bit mode after the VM exit.',
  ),
  control(
    'LOAD_PERF_GLOBAL_CTRL',
    12,
    'Load IA32_PERF_GLOBAL_CTRL',
    'IA32_PERF_GLOBAL_CTRL is loaded from the host-state area.',
  ),
  control(
    'ACKNOWLEDGE_INTERRUPT',
    15,
    'Acknowledge interrupt on exit',
    'An external interrupt that exits is acknowledged and its vector recorded.',
  ),
  control('SAVE_PAT', 18, 'Save IA32_PAT', 'IA32_PAT is saved to the guest-state area.'),
  control('LOAD_PAT', 19, 'Load IA32_PAT', 'IA32_PAT is loaded from the host-state area.'),
  control('SAVE_EFER', 20, 'Save IA32_EFER', 'IA32_EFER is saved to the guest-state area.'),
  control('LOAD_EFER', 21, 'Load IA32_EFER', 'IA32_EFER is loaded from the host-state area.'),
  control(
    'SAVE_PREEMPTION_TIMER',
    22,
    'Save VMX-preemption timer value',
    'What is left of the preemption timer is saved to the guest-state area.',
  ),
  control('CLEAR_BNDCFGS', 23, 'Clear IA32_BNDCFGS', 'IA32_BNDCFGS is cleared.'),
  control('CONCEAL_VMX_FROM_PT', 24, 'Conceal VMX from PT', 'No PT packet tells of VM exits.'),
  control('CLEAR_RTIT_CTL', 25, 'Clear IA32_RTIT_CTL', 'IA32_RTIT_CTL is cleared.'),
  control('CLEAR_LBR_CTL', 26, 'Clear IA32_LBR_CTL', 'IA32_LBR_CTL is cleared.'),
  control('CLEAR_UINV', 27, 'Clear UINV', 'The user-interrupt notification vector is cleared.'),
  control('LOAD_CET_STATE', 28, 'Load CET state', 'CET state is loaded from the host-state area.'),
  control('LOAD_PKRS', 29, 'Load PKRS', 'IA32_PKRS is loaded from the host-state area.'),
  control(
    'SAVE_PERF_GLOBAL_CTRL',
    30,
    'Save IA32_PERF_GLOBAL_CTRL',
    'IA32_PERF_GLOBAL_CTRL is saved to the guest-state area.',
  ),
  control(
    'ACTIVATE_SECONDARY_CONTROLS',
    31,
    'Activate secondary controls',
    'The secondary VM-exit controls are used.',
  ),
]);
export const ExitControl = masksOf(EXIT_CONTROLS);

/** Secondary VM-exit controls, 64 bits wide (SDM 3C table 25-14). */
export const SECONDARY_EXIT_CONTROLS = table('Secondary VM-exit controls', 'SDM 3C 25.7.1', [
  control('SAVE_FRED', 0, 'Save IA32_FRED MSRs', 'The FRED MSRs are saved to the guest area.'),
  control('LOAD_FRED', 1, 'Load IA32_FRED MSRs', 'The FRED MSRs are loaded from the host area.'),
  control(
    'LOAD_SPEC_CTRL',
    2,
    'Load IA32_SPEC_CTRL',
    'IA32_SPEC_CTRL is loaded from the host-state area.',
  ),
  control(
    'PREMATURELY_BUSY_SHADOW_STACK',
    3,
    'Prematurely busy shadow stack',
    'VM exits note that an event delivery had already marked the shadow stack busy.',
  ),
]);
export const SecondaryExitControl = wideMasksOf(SECONDARY_EXIT_CONTROLS);

/** VM-entry controls (SDM 3C table 25-16). */
export const ENTRY_CONTROLS = table('VM-entry controls', 'SDM 3C 25.8.1', [
  control(
    'LOAD_DEBUG_CONTROLS',
    2,
    'Load debug controls',
    'DR7 and IA32_DEBUGCTL are loaded from the guest-state area.',
  ),
  control(
    'IA32E_MODE_GUEST',
    9,
    'IA-32e mode guest',
    'The guest is in IA-32e (long) mode after the VM entry.',
  ),
  control('ENTRY_TO_SMM', 10, 'Entry to SMM', 'The guest is in system-management mode.'),
  control(
    'DEACTIVATE_DUAL_MONITOR',
    11,
    'Deactivate dual-monitor treatment',
    'Normal treatment of SMIs is in effect after the VM entry.',
  ),
  control(
    'LOAD_PERF_GLOBAL_CTRL',
    13,
    'Load IA32_PERF_GLOBAL_CTRL',
    'IA32_PERF_GLOBAL_CTRL is loaded from the guest-state area.',
  ),
  control('LOAD_PAT', 14, 'Load IA32_PAT', 'IA32_PAT is loaded from the guest-state area.'),
  control('LOAD_EFER', 15, 'Load IA32_EFER', 'IA32_EFER is loaded from the guest-state area.'),
  control('LOAD_BNDCFGS', 16, 'Load IA32_BNDCFGS', 'IA32_BNDCFGS is loaded.'),
  control('CONCEAL_VMX_FROM_PT', 17, 'Conceal VMX from PT', 'No PT packet tells of VM entries.'),
  control('LOAD_RTIT_CTL', 18, 'Load IA32_RTIT_CTL', 'IA32_RTIT_CTL is loaded.'),
  control('LOAD_UINV', 19, 'Load UINV', 'The user-interrupt notification vector is loaded.'),
  control('LOAD_CET_STATE', 20, 'Load CET state', 'CET state is loaded from the guest-state area.'),
  control('LOAD_GUEST_LBR_CTL', 21, 'Load guest IA32_LBR_CTL', 'IA32_LBR_CTL is loaded.'),
  control('LOAD_PKRS', 22, 'Load PKRS', 'IA32_PKRS is loaded from the guest-state area.'),
  control('LOAD_FRED', 23, 'Load IA32_FRED MSRs', 'The FRED MSRs are loaded from the guest area.'),
  control('LOAD_SPEC_CTRL', 24, 'Load IA32_SPEC_CTRL', 'IA32_SPEC_CTRL is loaded.'),
]);
export const EntryControl = masksOf(ENTRY_CONTROLS);
