import * as l10n from '@vscode/l10n';
import {
  ExitControl,
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
} from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { checks, rule } from './rule';
import { addressRule } from './values';
import type { EntryView } from './view';

const tprShadow = (v: EntryView) => v.primary(PrimaryControl.USE_TPR_SHADOW);
const virtualDelivery = (v: EntryView) => v.secondary(SecondaryControl.VIRTUAL_INTERRUPT_DELIVERY);
const posted = (v: EntryView) => v.pinBased(PinBasedControl.PROCESS_POSTED_INTERRUPTS);

/** Where the virtual TPR lies in the virtual-APIC page (SDM 3C 30.1.1). */
const VTPR = 0x80;

/** Bits 7:4 of the virtual TPR. */
function virtualPriority(v: EntryView): number {
  const page = Number(v.field(Field.VIRTUAL_APIC_PAGE_ADDR));
  return (v.facts.memory.read32(page + VTPR) >> 4) & 0xf;
}

/** APIC virtualization and posted interrupts (SDM 3C 27.2.1.1). */
export const VIRTUAL_APIC_CHECKS = checks('controls', 'SDM 3C 27.2.1.1', [
  addressRule('virtual-apic-page', Field.VIRTUAL_APIC_PAGE_ADDR, tprShadow),
  rule(
    'tpr-threshold.reserved',
    Field.TPR_THRESHOLD,
    (v) => !tprShadow(v) || virtualDelivery(v) || v.number(Field.TPR_THRESHOLD) < 16,
    () => l10n.t('bits 31:4 zero'),
  ),
  rule(
    'tpr-threshold.vtpr',
    Field.TPR_THRESHOLD,
    (v) =>
      !tprShadow(v) ||
      virtualDelivery(v) ||
      v.secondary(SecondaryControl.VIRTUALIZE_APIC_ACCESSES) ||
      (v.number(Field.TPR_THRESHOLD) & 0xf) <= virtualPriority(v),
    (v) => l10n.t('at most {0}, bits 7:4 of the virtual TPR', virtualPriority(v)),
  ),
  rule(
    'apic-virtualization.tpr-shadow',
    [Field.SECONDARY_VM_EXEC_CONTROL, Field.CPU_BASED_VM_EXEC_CONTROL],
    (v) =>
      tprShadow(v) ||
      !v.secondary(
        SecondaryControl.VIRTUALIZE_X2APIC_MODE |
          SecondaryControl.APIC_REGISTER_VIRTUALIZATION |
          SecondaryControl.VIRTUAL_INTERRUPT_DELIVERY,
      ),
    () =>
      l10n.t(
        '"Virtualize x2APIC mode", "APIC-register virtualization" and "Virtual-interrupt delivery" only with "Use TPR shadow"',
      ),
  ),
  addressRule('apic-access-page', Field.APIC_ACCESS_ADDR, (v) =>
    v.secondary(SecondaryControl.VIRTUALIZE_APIC_ACCESSES),
  ),
  rule(
    'x2apic.apic-accesses',
    Field.SECONDARY_VM_EXEC_CONTROL,
    (v) =>
      !v.secondary(SecondaryControl.VIRTUALIZE_X2APIC_MODE) ||
      !v.secondary(SecondaryControl.VIRTUALIZE_APIC_ACCESSES),
    () => l10n.t('"Virtualize x2APIC mode" only without "Virtualize APIC accesses"'),
  ),
  rule(
    'virtual-interrupt-delivery.external-interrupts',
    [Field.SECONDARY_VM_EXEC_CONTROL, Field.PIN_BASED_VM_EXEC_CONTROL],
    (v) => !virtualDelivery(v) || v.pinBased(PinBasedControl.EXTERNAL_INTERRUPT_EXITING),
    () => l10n.t('"Virtual-interrupt delivery" only with "External-interrupt exiting"'),
  ),
  rule(
    'posted-interrupts.virtual-delivery',
    [Field.PIN_BASED_VM_EXEC_CONTROL, Field.SECONDARY_VM_EXEC_CONTROL],
    (v) => !posted(v) || virtualDelivery(v),
    () => l10n.t('"Process posted interrupts" only with "Virtual-interrupt delivery"'),
  ),
  rule(
    'posted-interrupts.acknowledge',
    [Field.PIN_BASED_VM_EXEC_CONTROL, Field.VM_EXIT_CONTROLS],
    (v) => !posted(v) || v.exit(ExitControl.ACKNOWLEDGE_INTERRUPT),
    () => l10n.t('"Process posted interrupts" only with "Acknowledge interrupt on exit"'),
  ),
  rule(
    'posted-interrupts.vector',
    Field.POSTED_INTR_NV,
    (v) => !posted(v) || v.number(Field.POSTED_INTR_NV) <= 255,
    () => l10n.t('0 to 255'),
  ),
  addressRule('posted-interrupts.descriptor', Field.POSTED_INTR_DESC_ADDR, posted, 6),
]);
