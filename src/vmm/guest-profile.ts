import type { FeatureName } from '../isa/cpuid';
import { Profile } from '../processor/profile/profile';

/**
 * What a guest is not told that its processor has: no VMX, as its monitor uses it; no MONITOR, as a guest that waits is
 * to say so by HLT; and its virtual local APIC lies in memory, with none of the MSRs by which the processor's own answers.
 */
export const HIDDEN_FEATURES: readonly FeatureName[] = ['VMX', 'MONITOR', 'x2APIC', 'TSC-Deadline'];

/** The processor that a guest believes to have. */
export function guestProfile({ description }: Profile): Profile {
  const shown = description.features.filter((name) => !HIDDEN_FEATURES.includes(name));
  return new Profile({ ...description, features: [...shown, 'Hypervisor present'] });
}
