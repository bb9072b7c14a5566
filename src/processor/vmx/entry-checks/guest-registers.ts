import { reservedBits } from '../../../isa/bits';
import { BNDCFGS, CET, Cet, DebugCtl } from '../../../isa/registers/msr-fields';
import * as l10n from '@vscode/l10n';
import { Cr0, Cr4, Efer } from '../../../isa/registers/control';
import { EntryControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { cr3Rule, fixedBitsRule } from './control-registers';
import { checks, rule } from './rule';
import { canonicalRule, holdsCanonical, patRule, reservedRule } from './values';
import type { EntryView } from './view';

const loads = (mask: number) => (v: EntryView) => v.entry(mask);
const cet = loads(EntryControl.LOAD_CET_STATE);

/** With unrestricted guest, PE and PG are free although they are fixed to 1 (SDM 3C 27.3.1.1). */
function cr0MustBe1(v: EntryView): bigint {
  const fixed = v.capabilities.cr0Fixed0;
  return v.unrestricted ? fixed & ~BigInt(Cr0.PE | Cr0.PG) & 0xffffffffn : fixed;
}

/** Bits 11:10 of an S_CET (SUPPRESS and TRACKER) are not both 1; bits 9:6 are reserved. */
function isValidSCet(value: bigint): boolean {
  const both = Cet.SUPPRESS | Cet.TRACKER;
  return (value & reservedBits(CET, 64)) === 0n && (value & both) !== both;
}

/** Guest control registers, debug registers and MSRs (SDM 3C 27.3.1.1). */
export const GUEST_REGISTER_CHECKS = checks('guest', 'SDM 3C 27.3.1.1', [
  fixedBitsRule('cr0.fixed', Field.GUEST_CR0, cr0MustBe1, (v) => v.capabilities.cr0Fixed1),
  rule(
    'cr0.pg-pe',
    Field.GUEST_CR0,
    (v) => !v.bits(Field.GUEST_CR0, Cr0.PG) || v.bits(Field.GUEST_CR0, Cr0.PE),
    () => l10n.t('PG only with PE'),
  ),
  fixedBitsRule(
    'cr4.fixed',
    Field.GUEST_CR4,
    (v) => v.capabilities.cr4Fixed0,
    (v) => v.capabilities.cr4Fixed1,
  ),
  rule(
    'cr4.cet',
    [Field.GUEST_CR4, Field.GUEST_CR0],
    (v) => !v.bits(Field.GUEST_CR4, Cr4.CET) || v.bits(Field.GUEST_CR0, Cr0.WP),
    () => l10n.t('CR4.CET only with CR0.WP'),
  ),
  reservedRule(
    'debugctl',
    Field.GUEST_IA32_DEBUGCTL,
    (v) => v.facts.debugctlBits ?? BigInt(DebugCtl.LBR | DebugCtl.BTF),
    loads(EntryControl.LOAD_DEBUG_CONTROLS),
  ),
  rule(
    'ia32e.pg',
    [Field.GUEST_CR0, Field.VM_ENTRY_CONTROLS],
    (v) => !v.ia32eGuest || v.bits(Field.GUEST_CR0, Cr0.PG),
    () => l10n.t('PG 1 when "IA-32e mode guest" is 1'),
  ),
  rule(
    'ia32e.pae',
    [Field.GUEST_CR4, Field.VM_ENTRY_CONTROLS],
    (v) => !v.ia32eGuest || v.bits(Field.GUEST_CR4, Cr4.PAE),
    () => l10n.t('PAE 1 when "IA-32e mode guest" is 1'),
  ),
  rule(
    'cr4.pcide',
    [Field.GUEST_CR4, Field.VM_ENTRY_CONTROLS],
    (v) => v.ia32eGuest || !v.bits(Field.GUEST_CR4, Cr4.PCIDE),
    () => l10n.t('PCIDE 0 when "IA-32e mode guest" is 0'),
  ),
  cr3Rule('cr3', Field.GUEST_CR3),
  reservedRule('dr7', Field.GUEST_DR7, () => 0xffffffffn, loads(EntryControl.LOAD_DEBUG_CONTROLS)),
  canonicalRule('sysenter-esp', Field.GUEST_SYSENTER_ESP),
  canonicalRule('sysenter-eip', Field.GUEST_SYSENTER_EIP),
  canonicalRule('s-cet', Field.GUEST_S_CET, cet),
  rule(
    's-cet.reserved',
    Field.GUEST_S_CET,
    (v) => !cet(v) || isValidSCet(v.field(Field.GUEST_S_CET)),
    () => l10n.t('bits 9:6 zero, and bits 11:10 not both 1'),
  ),
  canonicalRule('intr-ssp-table', Field.GUEST_INTR_SSP_TABLE, cet),
  reservedRule(
    'perf-global-ctrl',
    Field.GUEST_IA32_PERF_GLOBAL_CTRL,
    (v) => v.facts.perfGlobalCtrlBits ?? 0n,
    loads(EntryControl.LOAD_PERF_GLOBAL_CTRL),
  ),
  patRule('pat', Field.GUEST_IA32_PAT, loads(EntryControl.LOAD_PAT)),
  reservedRule(
    'efer.reserved',
    Field.GUEST_IA32_EFER,
    (v) => v.capabilities.efer,
    loads(EntryControl.LOAD_EFER),
  ),
  rule(
    'efer.lma',
    [Field.GUEST_IA32_EFER, Field.VM_ENTRY_CONTROLS],
    (v) =>
      !v.entry(EntryControl.LOAD_EFER) || v.bits(Field.GUEST_IA32_EFER, Efer.LMA) === v.ia32eGuest,
    () => l10n.t('LMA equal to the "IA-32e mode guest" control'),
  ),
  rule(
    'efer.lma-lme',
    [Field.GUEST_IA32_EFER, Field.GUEST_CR0],
    (v) =>
      !v.entry(EntryControl.LOAD_EFER) ||
      !v.bits(Field.GUEST_CR0, Cr0.PG) ||
      v.bits(Field.GUEST_IA32_EFER, Efer.LMA) === v.bits(Field.GUEST_IA32_EFER, Efer.LME),
    () => l10n.t('LMA equal to LME when CR0.PG is 1'),
  ),
  rule(
    'bndcfgs',
    Field.GUEST_BNDCFGS,
    (v) => {
      if (!v.entry(EntryControl.LOAD_BNDCFGS)) return true;
      const value = v.field(Field.GUEST_BNDCFGS);
      return (value & reservedBits(BNDCFGS, 64)) === 0n && holdsCanonical(v, Field.GUEST_BNDCFGS);
    },
    () => l10n.t('bits 11:2 zero and a canonical address'),
  ),
  reservedRule(
    'rtit-ctl',
    Field.GUEST_IA32_RTIT_CTL,
    (v) => v.facts.rtitCtlBits ?? 0n,
    loads(EntryControl.LOAD_RTIT_CTL),
  ),
  reservedRule(
    'lbr-ctl',
    Field.GUEST_IA32_LBR_CTL,
    (v) => v.facts.lbrCtlBits ?? 0n,
    loads(EntryControl.LOAD_GUEST_LBR_CTL),
  ),
  reservedRule('pkrs', Field.GUEST_IA32_PKRS, () => 0xffffffffn, loads(EntryControl.LOAD_PKRS)),
  reservedRule('uinv', Field.GUEST_UINV, () => 0xffn, loads(EntryControl.LOAD_UINV)),
]);
