import * as l10n from '@vscode/l10n';
import type { BitTable } from '../../../isa/bits';
import { VmxMisc } from '../../../isa/vmx/capabilities';
import {
  PIN_BASED_CONTROLS,
  PinBasedControl,
  PRIMARY_CONTROLS,
  PrimaryControl,
  SECONDARY_CONTROLS,
  SecondaryControl,
  TertiaryControl,
} from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import type { ControlLimits, VmxCapabilities } from '../capabilities';
import { checks, hex, rule } from './rule';
import { addressRule } from './values';

/** Names the controls of a mask: those the table knows by name, the rest by bit. */
function namesOf(table: BitTable, mask: number): string {
  const names: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    if (((mask >>> bit) & 1) === 0) continue;
    const known = table.fields.find((field) => field.low === bit);
    names.push(known ? `"${known.name}"` : l10n.t('bit {0}', bit));
  }
  return names.join(', ');
}

/** A set of controls obeys its capability MSR: which controls are wrong is said by name. */
export function controlLimitsRule(
  id: string,
  field: Field,
  table: BitTable,
  limitsOf: (capabilities: VmxCapabilities) => ControlLimits,
  needed: (primary: number) => boolean = () => true,
) {
  const wrong = (value: number, limits: ControlLimits) => ({
    missing: limits.mustBe1 & ~value,
    forbidden: value & ~limits.mayBe1,
  });
  return rule(
    id,
    field,
    (v) => {
      if (!needed(v.primaryControls)) return true;
      const { missing, forbidden } = wrong(v.number(field), limitsOf(v.capabilities));
      return missing === 0 && forbidden === 0;
    },
    (v) => {
      const { missing, forbidden } = wrong(v.number(field), limitsOf(v.capabilities));
      const parts = [];
      if (missing !== 0) parts.push(l10n.t('must be 1: {0}', namesOf(table, missing)));
      if (forbidden !== 0) parts.push(l10n.t('must be 0: {0}', namesOf(table, forbidden)));
      return parts.join('; ');
    },
  );
}

const SECONDARY_ACTIVE = (primary: number) =>
  (primary & PrimaryControl.ACTIVATE_SECONDARY_CONTROLS) !== 0;

/** VM-execution control fields, but for APIC virtualization and EPT (SDM 3C 27.2.1.1). */
export const EXECUTION_CONTROL_CHECKS = checks('controls', 'SDM 3C 27.2.1.1', [
  controlLimitsRule(
    'pin-based.allowed',
    Field.PIN_BASED_VM_EXEC_CONTROL,
    PIN_BASED_CONTROLS,
    (c) => c.pinBased,
  ),
  controlLimitsRule(
    'primary.allowed',
    Field.CPU_BASED_VM_EXEC_CONTROL,
    PRIMARY_CONTROLS,
    (c) => c.primary,
  ),
  controlLimitsRule(
    'secondary.allowed',
    Field.SECONDARY_VM_EXEC_CONTROL,
    SECONDARY_CONTROLS,
    (c) => c.secondary,
    SECONDARY_ACTIVE,
  ),
  rule(
    'tertiary.allowed',
    Field.TERTIARY_VM_EXEC_CONTROL,
    (v) => (v.tertiaryControls & ~v.capabilities.tertiary) === 0n,
    (v) => l10n.t('only bits of {0}', hex(v.capabilities.tertiary)),
  ),
  rule(
    'cr3-target-count',
    Field.CR3_TARGET_COUNT,
    (v) => v.field(Field.CR3_TARGET_COUNT) <= cr3Targets(v.capabilities),
    (v) => l10n.t('at most {0}', String(cr3Targets(v.capabilities))),
  ),
  addressRule('io-bitmap-a', Field.IO_BITMAP_A, (v) => v.primary(PrimaryControl.USE_IO_BITMAPS)),
  addressRule('io-bitmap-b', Field.IO_BITMAP_B, (v) => v.primary(PrimaryControl.USE_IO_BITMAPS)),
  addressRule('msr-bitmap', Field.MSR_BITMAP, (v) => v.primary(PrimaryControl.USE_MSR_BITMAPS)),
  rule(
    'virtual-nmis.nmi-exiting',
    Field.PIN_BASED_VM_EXEC_CONTROL,
    (v) => v.pinBased(PinBasedControl.NMI_EXITING) || !v.pinBased(PinBasedControl.VIRTUAL_NMIS),
    () => l10n.t('"Virtual NMIs" only with "NMI exiting"'),
  ),
  rule(
    'nmi-window.virtual-nmis',
    [Field.CPU_BASED_VM_EXEC_CONTROL, Field.PIN_BASED_VM_EXEC_CONTROL],
    (v) =>
      v.pinBased(PinBasedControl.VIRTUAL_NMIS) || !v.primary(PrimaryControl.NMI_WINDOW_EXITING),
    () => l10n.t('"NMI-window exiting" only with "Virtual NMIs"'),
  ),
  rule(
    'vpid.not-zero',
    Field.VIRTUAL_PROCESSOR_ID,
    (v) => !v.secondary(SecondaryControl.ENABLE_VPID) || v.field(Field.VIRTUAL_PROCESSOR_ID) !== 0n,
    () => l10n.t('not 0: VPID 0 is that of VMX root operation'),
  ),
  addressRule('vmread-bitmap', Field.VMREAD_BITMAP, (v) =>
    v.secondary(SecondaryControl.VMCS_SHADOWING),
  ),
  addressRule('vmwrite-bitmap', Field.VMWRITE_BITMAP, (v) =>
    v.secondary(SecondaryControl.VMCS_SHADOWING),
  ),
  rule(
    'tsc-multiplier.not-zero',
    Field.TSC_MULTIPLIER,
    (v) => !v.secondary(SecondaryControl.USE_TSC_SCALING) || v.field(Field.TSC_MULTIPLIER) !== 0n,
    () => l10n.t('not 0'),
  ),
  addressRule('low-pasid-directory', Field.LOW_PASID_DIRECTORY, (v) =>
    v.secondary(SecondaryControl.PASID_TRANSLATION),
  ),
  addressRule('high-pasid-directory', Field.HIGH_PASID_DIRECTORY, (v) =>
    v.secondary(SecondaryControl.PASID_TRANSLATION),
  ),
  addressRule(
    'pid-pointer-table',
    Field.PID_POINTER_TABLE,
    (v) => v.tertiary(TertiaryControl.IPI_VIRTUALIZATION),
    3,
  ),
]);

function cr3Targets(capabilities: VmxCapabilities): bigint {
  return (capabilities.misc & VmxMisc.CR3_TARGETS) >> 16n;
}
