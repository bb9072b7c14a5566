import { Vector } from '../../../isa/exceptions';
import * as l10n from '@vscode/l10n';
import { DebugCtl } from '../../../isa/registers/msr-fields';
import { Rflags } from '../../../isa/registers/flags';
import { VmxMisc } from '../../../isa/vmx/capabilities';
import { EntryControl, PinBasedControl, SecondaryControl } from '../../../isa/vmx/controls';
import {
  ActivityState,
  Interruptibility,
  InterruptionType,
  PendingDebug,
} from '../../../isa/vmx/events';
import { Field } from '../../../isa/vmx/fields';
import { EntryFailureQualification } from '../../../isa/vmx/instruction-errors';
import { SHADOW_VMCS } from '../vmcs';
import { injection, type Injection } from './entry-controls';
import { guestCpl } from './guest-segments';
import { checks, rule } from './rule';
import type { EntryView } from './view';

const ACTIVITY = Field.GUEST_ACTIVITY_STATE;
const BLOCKING = Field.GUEST_INTERRUPTIBILITY_INFO;
const PENDING = Field.GUEST_PENDING_DBG_EXCEPTIONS;
const INFO = Field.VM_ENTRY_INTR_INFO;

const SHADOW = Interruptibility.BLOCKING_BY_STI | Interruptibility.BLOCKING_BY_MOV_SS;
const activity = (v: EntryView) => v.number(ACTIVITY);

function activitySupported(v: EntryView): boolean {
  const misc = v.capabilities.misc;
  switch (activity(v)) {
    case ActivityState.ACTIVE:
      return true;
    case ActivityState.HLT:
      return (misc & VmxMisc.ACTIVITY_HLT) !== 0n;
    case ActivityState.SHUTDOWN:
      return (misc & VmxMisc.ACTIVITY_SHUTDOWN) !== 0n;
    case ActivityState.WAIT_FOR_SIPI:
      return (misc & VmxMisc.ACTIVITY_SIPI) !== 0n;
    default:
      return false;
  }
}

/** What may be injected into a processor that is not active. */
function injectable(state: number, { type, vector }: Injection): boolean {
  const exception = type === InterruptionType.HARDWARE_EXCEPTION;
  switch (state) {
    case ActivityState.HLT:
      return (
        type === InterruptionType.EXTERNAL_INTERRUPT ||
        type === InterruptionType.NMI ||
        (exception && (vector === Vector.DB || vector === Vector.MC)) ||
        (type === InterruptionType.OTHER_EVENT && vector === 0)
      );
    case ActivityState.SHUTDOWN:
      return type === InterruptionType.NMI || (exception && vector === Vector.MC);
    case ActivityState.WAIT_FOR_SIPI:
      return false;
    default:
      return true;
  }
}

const ACTIVITY_RULES = [
  rule('activity.supported', ACTIVITY, activitySupported, () =>
    l10n.t('an activity state that IA32_VMX_MISC says is supported'),
  ),
  rule(
    'activity.hlt-ring0',
    [ACTIVITY, Field.GUEST_SS_AR_BYTES],
    (v) => activity(v) !== ActivityState.HLT || guestCpl(v) === 0,
    () => l10n.t('HLT only when the DPL of SS is 0'),
  ),
  rule(
    'activity.blocking',
    [ACTIVITY, BLOCKING],
    (v) => activity(v) === ActivityState.ACTIVE || !v.bits(BLOCKING, SHADOW),
    () => l10n.t('active while STI or MOV SS blocks events'),
  ),
  rule(
    'activity.injection',
    [ACTIVITY, INFO],
    (v) => {
      const event = injection(v);
      return event === undefined || injectable(activity(v), event);
    },
    () => l10n.t('an event that can be delivered in this activity state'),
  ),
  rule(
    'activity.smm',
    [ACTIVITY, Field.VM_ENTRY_CONTROLS],
    (v) => !v.entry(EntryControl.ENTRY_TO_SMM) || activity(v) !== ActivityState.WAIT_FOR_SIPI,
    () => l10n.t('not wait-for-SIPI on entry to SMM'),
  ),
];

const INTERRUPTIBILITY_RULES = [
  rule(
    'interruptibility.reserved',
    BLOCKING,
    (v) => v.number(BLOCKING) < 32,
    () => l10n.t('bits 31:5 zero'),
  ),
  rule(
    'interruptibility.sti-mov-ss',
    BLOCKING,
    (v) => (v.number(BLOCKING) & SHADOW) !== SHADOW,
    () => l10n.t('not both blocking by STI and blocking by MOV SS'),
  ),
  rule(
    'interruptibility.sti-if',
    [BLOCKING, Field.GUEST_RFLAGS],
    (v) =>
      !v.bits(BLOCKING, Interruptibility.BLOCKING_BY_STI) || v.bits(Field.GUEST_RFLAGS, Rflags.IF),
    () => l10n.t('blocking by STI only with RFLAGS.IF'),
  ),
  rule(
    'interruptibility.external-interrupt',
    [BLOCKING, INFO],
    (v) => injection(v)?.type !== InterruptionType.EXTERNAL_INTERRUPT || !v.bits(BLOCKING, SHADOW),
    () => l10n.t('no blocking by STI or MOV SS when an external interrupt is injected'),
  ),
  rule(
    'interruptibility.nmi-mov-ss',
    [BLOCKING, INFO],
    (v) =>
      injection(v)?.type !== InterruptionType.NMI ||
      !v.bits(BLOCKING, Interruptibility.BLOCKING_BY_MOV_SS),
    () => l10n.t('no blocking by MOV SS when an NMI is injected'),
  ),
  rule(
    'interruptibility.nmi-sti',
    [BLOCKING, INFO],
    (v) =>
      injection(v)?.type !== InterruptionType.NMI ||
      !v.bits(BLOCKING, Interruptibility.BLOCKING_BY_STI),
    () => l10n.t('no blocking by STI when an NMI is injected'),
    EntryFailureQualification.NMI_INJECTION,
  ),
  rule(
    'interruptibility.smi',
    [BLOCKING],
    (v) => v.inSmm || !v.bits(BLOCKING, Interruptibility.BLOCKING_BY_SMI),
    () => l10n.t('blocking by SMI only in SMM'),
  ),
  rule(
    'interruptibility.smi-entry',
    [BLOCKING, Field.VM_ENTRY_CONTROLS],
    (v) =>
      !v.entry(EntryControl.ENTRY_TO_SMM) || v.bits(BLOCKING, Interruptibility.BLOCKING_BY_SMI),
    () => l10n.t('blocking by SMI on entry to SMM'),
  ),
  rule(
    'interruptibility.virtual-nmi',
    [BLOCKING, INFO, Field.PIN_BASED_VM_EXEC_CONTROL],
    (v) =>
      !v.pinBased(PinBasedControl.VIRTUAL_NMIS) ||
      injection(v)?.type !== InterruptionType.NMI ||
      !v.bits(BLOCKING, Interruptibility.BLOCKING_BY_NMI),
    () => l10n.t('no blocking by NMI when an NMI is injected with "Virtual NMIs"'),
  ),
  rule(
    'interruptibility.enclave',
    [BLOCKING],
    (v) =>
      !v.bits(BLOCKING, Interruptibility.ENCLAVE_INTERRUPTION) ||
      ((v.facts.sgx ?? false) && !v.bits(BLOCKING, Interruptibility.BLOCKING_BY_MOV_SS)),
    () => l10n.t('enclave interruption only with SGX and without blocking by MOV SS'),
  ),
];

/** The bits that every processor has. */
const PENDING_ALWAYS = BigInt(
  PendingDebug.B0 |
    PendingDebug.B1 |
    PendingDebug.B2 |
    PendingDebug.B3 |
    PendingDebug.ENABLED_BREAKPOINT |
    PendingDebug.BS,
);

function pendingBits(v: EntryView): bigint {
  const busLock = v.facts.busLockDetection ? BigInt(PendingDebug.BLD) : 0n;
  const rtm = v.facts.rtm ? BigInt(PendingDebug.RTM) : 0n;
  return PENDING_ALWAYS | busLock | rtm;
}

/** Whether a single-step trap must be pending: TF is set and branch stepping is off. */
function singleStepping(v: EntryView): boolean {
  return v.bits(Field.GUEST_RFLAGS, Rflags.TF) && !v.bits(Field.GUEST_IA32_DEBUGCTL, DebugCtl.BTF);
}

const PENDING_RULES = [
  rule(
    'pending-debug.reserved',
    PENDING,
    (v) => (v.field(PENDING) & ~pendingBits(v)) === 0n,
    () => l10n.t('reserved bits zero'),
  ),
  rule(
    'pending-debug.bs',
    [PENDING, Field.GUEST_RFLAGS, Field.GUEST_IA32_DEBUGCTL, BLOCKING, ACTIVITY],
    (v) => {
      const held = v.bits(BLOCKING, SHADOW) || activity(v) === ActivityState.HLT;
      return !held || v.bits(PENDING, PendingDebug.BS) === singleStepping(v);
    },
    (v) =>
      singleStepping(v)
        ? l10n.t('BS 1: RFLAGS.TF is 1 and DEBUGCTL.BTF is 0')
        : l10n.t('BS 0: RFLAGS.TF is 0 or DEBUGCTL.BTF is 1'),
  ),
  rule(
    'pending-debug.rtm',
    [PENDING, BLOCKING],
    (v) => {
      if (!v.bits(PENDING, PendingDebug.RTM)) return true;
      return (
        v.field(PENDING) === BigInt(PendingDebug.RTM | PendingDebug.ENABLED_BREAKPOINT) &&
        !v.bits(BLOCKING, Interruptibility.BLOCKING_BY_MOV_SS)
      );
    },
    () => l10n.t('RTM only together with bit 12 alone and without blocking by MOV SS'),
  ),
];

const NO_LINK = 0xffff_ffff_ffff_ffffn;

/** A rule about the VMCS link pointer, in force unless it is all ones. */
function linkRule(
  id: string,
  ok: (v: EntryView, pointer: bigint) => boolean,
  allowed: (v: EntryView) => string,
) {
  return rule(
    `link-pointer.${id}`,
    Field.VMCS_LINK_POINTER,
    (v) => {
      const pointer = v.field(Field.VMCS_LINK_POINTER);
      return pointer === NO_LINK || ok(v, pointer);
    },
    allowed,
    EntryFailureQualification.LINK_POINTER,
  );
}

const aligned = (v: EntryView, pointer: bigint) =>
  (pointer & 0xfffn) === 0n && pointer >> BigInt(v.capabilities.physicalAddressWidth) === 0n;

/** Shadow VMCSs have bit 31 of the revision set. */
function expectedRevision(v: EntryView): number {
  const shadowing = v.secondary(SecondaryControl.VMCS_SHADOWING) ? SHADOW_VMCS : 0;
  return (v.capabilities.revision | shadowing) >>> 0;
}

const LINK_RULES = [
  linkRule('address', aligned, (v) =>
    l10n.t(
      'all ones, or a physical address with bits 11:0 zero and none beyond bit {0}',
      v.capabilities.physicalAddressWidth - 1,
    ),
  ),
  linkRule(
    'revision',
    (v, pointer) =>
      !aligned(v, pointer) || v.facts.memory.read32(Number(pointer)) === expectedRevision(v),
    (v) =>
      l10n.t(
        'all ones, or a VMCS with revision identifier 0x{0}',
        expectedRevision(v).toString(16),
      ),
  ),
  linkRule(
    'current',
    (v, pointer) => v.inSmm || pointer !== v.facts.vmcsAddress,
    () => l10n.t('not the current VMCS itself'),
  ),
];

/** Guest non-register state (SDM 3C 27.3.1.5). */
export const GUEST_NON_REGISTER_CHECKS = checks('guest', 'SDM 3C 27.3.1.5', [
  ...ACTIVITY_RULES,
  ...INTERRUPTIBILITY_RULES,
  ...PENDING_RULES,
  ...LINK_RULES,
]);
