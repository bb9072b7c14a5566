import * as l10n from '@vscode/l10n';
import { FeatureControl } from '../../isa/registers/msr-fields';
import { hex, reason, type Reason } from './reason';

/** Where the VMX instructions exist (SDM 3C 24.7, chapter 31). */

export const notInVmxOperation = (): Reason =>
  reason('vmx-operation', 'SDM 3C 31.3', () =>
    l10n.t('The processor is not in VMX operation: VMXON comes first.'),
  );

export const compatibilityMode = (): Reason =>
  reason('vmx-compatibility-mode', 'SDM 3C 31.3', () =>
    l10n.t('VMX instructions do not exist in compatibility mode.'),
  );

export const vmxNotEnabled = (): Reason =>
  reason('cr4-vmxe', 'SDM 3C 24.7', () => l10n.t('CR4.VMXE is 0.'));

/** IA32_FEATURE_CONTROL must be locked with VMX on. */
export const featureControl = (value: bigint): Reason =>
  reason('feature-control', 'SDM 3C 24.7', () =>
    value & FeatureControl.LOCK
      ? l10n.t('IA32_FEATURE_CONTROL is locked (bit 0) without "VMX outside SMX" (bit 2).')
      : l10n.t(
          'IA32_FEATURE_CONTROL is not locked (bit 0): firmware or software must do that first.',
        ),
  );

export const onlyInGuest = (): Reason =>
  reason('vmfunc-outside-guest', 'SDM 3C 26.5.6.2', () =>
    l10n.t('VMFUNC exists only in VMX non-root operation, with "Enable VM functions".'),
  );

/** An EPT violation that is given to the guest itself. */
export const virtualizationException = (guestPhysical: bigint): Reason =>
  reason('virtualization-exception', 'SDM 3C 26.5.7.1', () =>
    l10n.t(
      'The EPT forbids the access to guest-physical address {0}, and the VMM leaves that to the guest.',
      hex(guestPhysical),
    ),
  );
