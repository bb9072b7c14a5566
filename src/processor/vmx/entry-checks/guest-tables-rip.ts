import * as l10n from '@vscode/l10n';
import { Cr0 } from '../../../isa/registers/control';
import { Rflags, RFLAGS_FIXED, RFLAGS_WRITABLE } from '../../../isa/registers/flags';
import { AccessRights } from '../../../isa/access-rights';
import { EntryControl } from '../../../isa/vmx/controls';
import { InterruptionType } from '../../../isa/vmx/events';
import { Field } from '../../../isa/vmx/fields';
import { injection } from './entry-controls';
import { checks, rule } from './rule';
import { canonicalRule, holdsCanonical, reservedRule } from './values';
import type { EntryView } from './view';

/** Guest descriptor-table registers (SDM 3C 27.3.1.3). */
export const GUEST_TABLE_CHECKS = checks('guest', 'SDM 3C 27.3.1.3', [
  canonicalRule('gdtr.base', Field.GUEST_GDTR_BASE),
  canonicalRule('idtr.base', Field.GUEST_IDTR_BASE),
  reservedRule('gdtr.limit', Field.GUEST_GDTR_LIMIT, () => 0xffffn),
  reservedRule('idtr.limit', Field.GUEST_IDTR_LIMIT, () => 0xffffn),
]);

const code64 = (v: EntryView) => v.ia32eGuest && v.bits(Field.GUEST_CS_AR_BYTES, AccessRights.L);

/** Bits 63:N of RIP are identical; unlike a canonical address, bit N-1 may differ. */
function ripFits(v: EntryView): boolean {
  const top = (v.high(Field.GUEST_RIP) | 0) >> (v.capabilities.linearAddressWidth - 32);
  return top === 0 || top === -1;
}

const cet = (v: EntryView) => v.entry(EntryControl.LOAD_CET_STATE);

/** Guest RIP, RFLAGS and SSP (SDM 3C 27.3.1.4). */
export const GUEST_RIP_RFLAGS_CHECKS = checks('guest', 'SDM 3C 27.3.1.4', [
  rule(
    'rip.32-bit',
    [Field.GUEST_RIP, Field.GUEST_CS_AR_BYTES, Field.VM_ENTRY_CONTROLS],
    (v) => code64(v) || v.high(Field.GUEST_RIP) === 0,
    () => l10n.t('bits 63:32 zero outside 64-bit mode'),
  ),
  rule(
    'rip.64-bit',
    Field.GUEST_RIP,
    (v) => !code64(v) || ripFits(v),
    (v) => l10n.t('bits 63:{0} all equal', v.capabilities.linearAddressWidth),
  ),
  rule(
    'rflags.reserved',
    Field.GUEST_RFLAGS,
    (v) => {
      const value = v.field(Field.GUEST_RFLAGS);
      return (value & ~RFLAGS_WRITABLE) === RFLAGS_FIXED;
    },
    () => l10n.t('bit 1 one; bits 63:22, 15, 5 and 3 zero'),
  ),
  rule(
    'rflags.vm',
    [Field.GUEST_RFLAGS, Field.GUEST_CR0, Field.VM_ENTRY_CONTROLS],
    (v) =>
      !v.bits(Field.GUEST_RFLAGS, Rflags.VM) || (!v.ia32eGuest && v.bits(Field.GUEST_CR0, Cr0.PE)),
    () => l10n.t('VM 0 in IA-32e mode and when CR0.PE is 0'),
  ),
  rule(
    'rflags.if',
    [Field.GUEST_RFLAGS, Field.VM_ENTRY_INTR_INFO],
    (v) =>
      injection(v)?.type !== InterruptionType.EXTERNAL_INTERRUPT ||
      v.bits(Field.GUEST_RFLAGS, Rflags.IF),
    () => l10n.t('IF 1 when an external interrupt is injected'),
  ),
  rule(
    'ssp.aligned',
    Field.GUEST_SSP,
    (v) => !cet(v) || !v.bits(Field.GUEST_SSP, 3),
    () => l10n.t('bits 1:0 zero'),
  ),
  rule(
    'ssp.range',
    Field.GUEST_SSP,
    (v) => {
      if (!cet(v)) return true;
      return code64(v) ? holdsCanonical(v, Field.GUEST_SSP) : v.high(Field.GUEST_SSP) === 0;
    },
    () => l10n.t('a canonical address; bits 63:32 zero outside 64-bit mode'),
  ),
]);
