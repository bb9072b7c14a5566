import { Selector } from '../../../isa/segments';
import * as l10n from '@vscode/l10n';
import { Cr0, Cr4, Efer } from '../../../isa/registers/control';
import { ExitControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { checks, rule } from './rule';
import { canonicalRule, holdsCanonical, patRule, reservedRule } from './values';
import { cr3Rule, fixedBitsRule } from './control-registers';
import type { EntryView } from './view';

const loads = (mask: number) => (v: EntryView) => v.exit(mask);
const cet = loads(ExitControl.LOAD_CET_STATE);

/** Host control registers and MSRs (SDM 3C 27.2.2). */
export const HOST_REGISTER_CHECKS = checks('host', 'SDM 3C 27.2.2', [
  fixedBitsRule(
    'cr0.fixed',
    Field.HOST_CR0,
    (v) => v.capabilities.cr0Fixed0,
    (v) => v.capabilities.cr0Fixed1,
  ),
  fixedBitsRule(
    'cr4.fixed',
    Field.HOST_CR4,
    (v) => v.capabilities.cr4Fixed0,
    (v) => v.capabilities.cr4Fixed1,
  ),
  rule(
    'cr4.cet',
    [Field.HOST_CR4, Field.HOST_CR0],
    (v) => !v.bits(Field.HOST_CR4, Cr4.CET) || v.bits(Field.HOST_CR0, Cr0.WP),
    () => l10n.t('CR4.CET only with CR0.WP'),
  ),
  cr3Rule('cr3', Field.HOST_CR3),
  canonicalRule('sysenter-esp', Field.HOST_IA32_SYSENTER_ESP),
  canonicalRule('sysenter-eip', Field.HOST_IA32_SYSENTER_EIP),
  reservedRule(
    'perf-global-ctrl',
    Field.HOST_IA32_PERF_GLOBAL_CTRL,
    (v) => v.facts.perfGlobalCtrlBits ?? 0n,
    loads(ExitControl.LOAD_PERF_GLOBAL_CTRL),
  ),
  patRule('pat', Field.HOST_IA32_PAT, loads(ExitControl.LOAD_PAT)),
  reservedRule(
    'efer.reserved',
    Field.HOST_IA32_EFER,
    (v) => v.capabilities.efer,
    loads(ExitControl.LOAD_EFER),
  ),
  rule(
    'efer.lma-lme',
    [Field.HOST_IA32_EFER, Field.VM_EXIT_CONTROLS],
    (v) =>
      !v.exit(ExitControl.LOAD_EFER) ||
      (v.bits(Field.HOST_IA32_EFER, Efer.LMA) === v.host64 &&
        v.bits(Field.HOST_IA32_EFER, Efer.LME) === v.host64),
    () => l10n.t('LMA and LME both equal to the "Host address-space size" control'),
  ),
  canonicalRule('s-cet', Field.HOST_S_CET, cet),
  rule(
    'ssp.aligned',
    Field.HOST_SSP,
    (v) => !cet(v) || (v.field(Field.HOST_SSP) & 3n) === 0n,
    () => l10n.t('bits 1:0 zero'),
  ),
  canonicalRule('ssp', Field.HOST_SSP, cet),
  canonicalRule('intr-ssp-table', Field.HOST_INTR_SSP_TABLE, cet),
  reservedRule('pkrs', Field.HOST_IA32_PKRS, () => 0xffffffffn, loads(ExitControl.LOAD_PKRS)),
]);

const SELECTORS = [
  ['cs', Field.HOST_CS_SELECTOR],
  ['ss', Field.HOST_SS_SELECTOR],
  ['ds', Field.HOST_DS_SELECTOR],
  ['es', Field.HOST_ES_SELECTOR],
  ['fs', Field.HOST_FS_SELECTOR],
  ['gs', Field.HOST_GS_SELECTOR],
  ['tr', Field.HOST_TR_SELECTOR],
] as const;

/** Host segment and descriptor-table registers (SDM 3C 27.2.3). */
export const HOST_SEGMENT_CHECKS = checks('host', 'SDM 3C 27.2.3', [
  ...SELECTORS.map(([name, field]) =>
    rule(
      `${name}.rpl-ti`,
      field,
      (v) => !v.bits(field, Selector.RPL | Selector.TI),
      () => l10n.t('RPL (bits 1:0) and TI (bit 2) zero'),
    ),
  ),
  ...(
    [
      ['cs', Field.HOST_CS_SELECTOR],
      ['tr', Field.HOST_TR_SELECTOR],
    ] as const
  ).map(([name, field]) =>
    rule(
      `${name}.not-null`,
      field,
      (v) => v.field(field) !== 0n,
      () => l10n.t('not 0'),
    ),
  ),
  rule(
    'ss.not-null',
    [Field.HOST_SS_SELECTOR, Field.VM_EXIT_CONTROLS],
    (v) => v.host64 || v.field(Field.HOST_SS_SELECTOR) !== 0n,
    () => l10n.t('not 0 when "Host address-space size" is 0'),
  ),
  canonicalRule('fs.base', Field.HOST_FS_BASE),
  canonicalRule('gs.base', Field.HOST_GS_BASE),
  canonicalRule('gdtr.base', Field.HOST_GDTR_BASE),
  canonicalRule('idtr.base', Field.HOST_IDTR_BASE),
  canonicalRule('tr.base', Field.HOST_TR_BASE),
]);

/** Address-space size (SDM 3C 27.2.4). */
export const ADDRESS_SPACE_CHECKS = checks('host', 'SDM 3C 27.2.4', [
  rule(
    'address-space.legacy-entry',
    [Field.VM_ENTRY_CONTROLS, Field.VM_EXIT_CONTROLS],
    (v) => v.facts.longModeActive || (!v.ia32eGuest && !v.host64),
    () =>
      l10n.t(
        '"IA-32e mode guest" and "Host address-space size" 0: the processor is not in IA-32e mode',
      ),
  ),
  rule(
    'address-space.long-mode-entry',
    Field.VM_EXIT_CONTROLS,
    (v) => !v.facts.longModeActive || v.host64,
    () => l10n.t('"Host address-space size" 1: the processor is in IA-32e mode'),
  ),
  rule(
    'address-space.guest64-host32',
    [Field.VM_ENTRY_CONTROLS, Field.VM_EXIT_CONTROLS],
    (v) => v.host64 || !v.ia32eGuest,
    () => l10n.t('"IA-32e mode guest" only with "Host address-space size"'),
  ),
  rule(
    'cr4.pcide',
    [Field.HOST_CR4, Field.VM_EXIT_CONTROLS],
    (v) => v.host64 || !v.bits(Field.HOST_CR4, Cr4.PCIDE),
    () => l10n.t('CR4.PCIDE 0 when "Host address-space size" is 0'),
  ),
  rule(
    'rip.32-bit',
    [Field.HOST_RIP, Field.VM_EXIT_CONTROLS],
    (v) => v.host64 || v.high(Field.HOST_RIP) === 0,
    () => l10n.t('bits 63:32 zero when "Host address-space size" is 0'),
  ),
  rule(
    'cet.32-bit',
    [Field.HOST_S_CET, Field.HOST_SSP],
    (v) => v.host64 || !cet(v) || (v.high(Field.HOST_S_CET) === 0 && v.high(Field.HOST_SSP) === 0),
    () => l10n.t('bits 63:32 zero when "Host address-space size" is 0'),
  ),
  rule(
    'cr4.pae',
    [Field.HOST_CR4, Field.VM_EXIT_CONTROLS],
    (v) => !v.host64 || v.bits(Field.HOST_CR4, Cr4.PAE),
    () => l10n.t('CR4.PAE 1 when "Host address-space size" is 1'),
  ),
  rule(
    'rip.canonical',
    [Field.HOST_RIP, Field.VM_EXIT_CONTROLS],
    (v) => !v.host64 || holdsCanonical(v, Field.HOST_RIP),
    () => l10n.t('a canonical address'),
  ),
]);
