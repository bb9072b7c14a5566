import { Vector } from '../../../isa/exceptions';
import * as l10n from '@vscode/l10n';
import { Cr0 } from '../../../isa/registers/control';
import { VmxBasic, VmxMisc } from '../../../isa/vmx/capabilities';
import {
  ENTRY_CONTROLS,
  EntryControl,
  PrimaryControl,
  SecondaryControl,
} from '../../../isa/vmx/controls';
import { INJECTION_RESERVED, InterruptionInfo, InterruptionType } from '../../../isa/vmx/events';
import { Field } from '../../../isa/vmx/fields';
import { controlLimitsRule } from './execution-controls';
import { checks, rule } from './rule';
import { msrAreaRule } from './values';
import type { EntryView } from './view';

/** The event a VM entry is to inject, or undefined when there is none (SDM 3C 25.8.3). */
export function injection(v: EntryView) {
  const info = v.number(Field.VM_ENTRY_INTR_INFO);
  if ((info & InterruptionInfo.VALID) === 0) return undefined;
  return {
    info,
    vector: info & InterruptionInfo.VECTOR,
    type: (info & InterruptionInfo.TYPE) >> InterruptionInfo.TYPE_SHIFT,
    errorCode: (info & InterruptionInfo.ERROR_CODE) !== 0,
  };
}

export type Injection = NonNullable<ReturnType<typeof injection>>;

function injectionRule(
  id: string,
  fields: readonly Field[],
  ok: (event: Injection, v: EntryView) => boolean,
  allowed: (v: EntryView) => string,
) {
  return rule(
    `injection.${id}`,
    fields,
    (v) => {
      const event = injection(v);
      return event === undefined || ok(event, v);
    },
    allowed,
  );
}

/** #DF, #TS, #NP, #SS, #GP, #PF and #AC: the list of SDM 3C 27.2.1.3. */
const WITH_ERROR_CODE: ReadonlySet<number> = new Set([
  Vector.DF,
  Vector.TS,
  Vector.NP,
  Vector.SS,
  Vector.GP,
  Vector.PF,
  Vector.AC,
]);

function errorCodeExpected(event: Injection, v: EntryView): boolean | 'either' {
  // Only an unrestricted guest can be in real mode, where no error code is pushed.
  const pushes =
    !v.secondary(SecondaryControl.UNRESTRICTED_GUEST) || v.bits(Field.GUEST_CR0, Cr0.PE);
  if (event.type !== InterruptionType.HARDWARE_EXCEPTION || !pushes) return false;
  if ((v.capabilities.basic & VmxBasic.ANY_ERROR_CODE) !== 0n) return 'either';
  return WITH_ERROR_CODE.has(event.vector);
}

function vectorFitsType({ type, vector }: Injection): boolean {
  switch (type) {
    case InterruptionType.NMI:
      return vector === Vector.NMI;
    case InterruptionType.HARDWARE_EXCEPTION:
      return vector <= 31;
    case InterruptionType.OTHER_EVENT:
      return vector === 0;
    default:
      return true;
  }
}

const SOFTWARE: ReadonlySet<number> = new Set([
  InterruptionType.SOFTWARE_INTERRUPT,
  InterruptionType.PRIVILEGED_SOFTWARE_EXCEPTION,
  InterruptionType.SOFTWARE_EXCEPTION,
]);

function lengthZeroAllowed(v: EntryView): boolean {
  return (v.capabilities.misc & VmxMisc.INJECT_LENGTH_0) !== 0n;
}

const INFO = Field.VM_ENTRY_INTR_INFO;

/** VM-entry control fields (SDM 3C 27.2.1.3). */
export const ENTRY_CONTROL_CHECKS = checks('controls', 'SDM 3C 27.2.1.3', [
  controlLimitsRule('entry.allowed', Field.VM_ENTRY_CONTROLS, ENTRY_CONTROLS, (c) => c.entry),
  injectionRule(
    'type',
    [INFO],
    ({ type }, v) =>
      type !== 1 &&
      (type !== InterruptionType.OTHER_EVENT ||
        (v.capabilities.primary.mayBe1 & PrimaryControl.MONITOR_TRAP_FLAG) !== 0),
    () => l10n.t('an interruption type that exists (not 1)'),
  ),
  injectionRule(
    'vector',
    [INFO],
    (event) => vectorFitsType(event),
    () => l10n.t('vector 2 for NMIs, 0 to 31 for hardware exceptions, 0 for other events'),
  ),
  injectionRule(
    'deliver-error-code',
    [INFO, Field.GUEST_CR0],
    (event, v) => {
      const expected = errorCodeExpected(event, v);
      return expected === 'either' || event.errorCode === expected;
    },
    () =>
      l10n.t(
        'an error code exactly for the hardware exceptions #DF, #TS, #NP, #SS, #GP, #PF and #AC in protected mode',
      ),
  ),
  injectionRule(
    'reserved',
    [INFO],
    ({ info }) => (info & Number(INJECTION_RESERVED)) === 0,
    () => l10n.t('bits 30:12 zero'),
  ),
  injectionRule(
    'error-code',
    [Field.VM_ENTRY_EXCEPTION_ERROR_CODE, INFO],
    ({ errorCode }, v) => !errorCode || v.number(Field.VM_ENTRY_EXCEPTION_ERROR_CODE) <= 0xffff,
    () => l10n.t('bits 31:16 zero'),
  ),
  injectionRule(
    'instruction-length',
    [Field.VM_ENTRY_INSTRUCTION_LEN, INFO],
    ({ type }, v) => {
      if (!SOFTWARE.has(type)) return true;
      const length = v.number(Field.VM_ENTRY_INSTRUCTION_LEN);
      return length <= 15 && (length > 0 || lengthZeroAllowed(v));
    },
    (v) => (lengthZeroAllowed(v) ? l10n.t('0 to 15') : l10n.t('1 to 15')),
  ),
  msrAreaRule('entry.msr-load', Field.VM_ENTRY_MSR_LOAD_ADDR, Field.VM_ENTRY_MSR_LOAD_COUNT),
  rule(
    'entry.smm',
    Field.VM_ENTRY_CONTROLS,
    (v) => v.inSmm || !v.entry(EntryControl.ENTRY_TO_SMM | EntryControl.DEACTIVATE_DUAL_MONITOR),
    () => l10n.t('"Entry to SMM" and "Deactivate dual-monitor treatment" only in SMM'),
  ),
  rule(
    'entry.smm-and-dual-monitor',
    Field.VM_ENTRY_CONTROLS,
    (v) => !v.entry(EntryControl.ENTRY_TO_SMM) || !v.entry(EntryControl.DEACTIVATE_DUAL_MONITOR),
    () => l10n.t('not both "Entry to SMM" and "Deactivate dual-monitor treatment"'),
  ),
]);
