import { SVM_FEATURES, type FeatureName } from '../isa/cpuid';
import { Profile, type HypervisorDescription } from '../processor/profile/profile';
import { callMask, COMMON_CALLS, MONITOR_SIGNATURE } from './hypercalls';

/**
 * What a guest is not told that its processor has: no VMX and no SVM, as its monitor uses it; no MONITOR, as a guest that waits is
 * to say so by HLT; its time-stamp counter is the processor's and its own offset; and its virtual local APIC lies in memory, with none of the MSRs by which the processor's own answers.
 */
export const HIDDEN_FEATURES: readonly FeatureName[] = [
  'VMX',
  'MONITOR',
  'x2APIC',
  'TSC-Deadline',
  'IA32_TSC_ADJUST',
  ...SVM_FEATURES,
];

/** Of those, what a guest is told of that may have guests itself. */
export const GUEST_FEATURES: ReadonlySet<FeatureName> = new Set(['VMX']);

/** What CPUID tells of a monitor that has these hypercalls. */
export const hypervisorOf = (calls: readonly number[]): HypervisorDescription => ({
  signature: MONITOR_SIGNATURE,
  features: callMask(calls),
});

/** The processor that a guest believes to have. @param calls hypercalls of its monitor's */
export function guestProfile({ description }: Profile, calls = COMMON_CALLS): Profile {
  const shown = description.features.filter((name) => !HIDDEN_FEATURES.includes(name));
  const features = [...shown, 'Hypervisor present'] as const;
  return new Profile({ ...description, features, hypervisor: hypervisorOf(calls) });
}
