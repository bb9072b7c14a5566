import { cpuidMask } from '../../../isa/cpuid';
import { WideCr4 } from '../../../isa/registers/control';
import { Field } from '../../../isa/vmx/fields';
import { unpackAnswer } from '../../cpuid-answer';
import { HIDDEN_FEATURES } from '../../guest-profile';
import { setGuestRegister, cpuid, guestRegister, vmread } from '../../operations';
import type { Handler } from '../../operation';
import { advanceRip } from '../advance-rip';

const HYPERVISOR_PRESENT = cpuidMask('Hypervisor present');
const OSXSAVE = cpuidMask('OSXSAVE');
const OSPKE = cpuidMask('OSPKE');

/** CPUID always exits: the monitor decides what processor the guest believes to have. */
export function* handleCpuid(): Handler {
  const leaf = Number((yield guestRegister(0)) & 0xffffffffn);
  const subleaf = Number((yield guestRegister(1)) & 0xffffffffn);
  const answer = yield cpuid(leaf, subleaf);
  const { eax, ebx, ecx, edx } = unpackAnswer(HIDDEN_LEAVES.has(leaf) ? 0n : answer);
  const shown = yield* shownFeatures(leaf, subleaf, ecx);
  yield setGuestRegister(0, BigInt(eax));
  yield setGuestRegister(3, BigInt(ebx));
  yield setGuestRegister(1, BigInt(shown >>> 0));
  yield setGuestRegister(2, BigInt(edx));
  yield* advanceRip();
}

/**
 * ECX of leaf 1: no VMX, and a hypervisor. There is no MONITOR either: a guest that waits is to say so
 * by HLT, which exits. Its virtual local APIC lies in memory, where accesses exit; it has none of the
 * MSRs by which the processor's own would answer. What the operating system has enabled is told by the guest's CR4, not the monitor's.
 */
function* shownFeatures(leaf: number, subleaf: number, ecx: number): Handler<number> {
  if (leaf !== 1 && (leaf !== 7 || subleaf !== 0)) return ecx;
  const cr4 = yield vmread(Field.GUEST_CR4);
  if (leaf === 7) return withBit(ecx, OSPKE, cr4 & WideCr4.PKE);
  const features = (ecx & ~HIDDEN) | HYPERVISOR_PRESENT;
  return withBit(features, OSXSAVE, cr4 & WideCr4.OSXSAVE);
}

const HIDDEN = HIDDEN_FEATURES.reduce((bits, name) => bits | cpuidMask(name), 0);

/** What tells more of hidden features: of MONITOR, and of x2APIC identifiers. */
const HIDDEN_LEAVES: ReadonlySet<number> = new Set([5, 0xb]);

const withBit = (word: number, bit: number, wanted: bigint): number =>
  wanted ? word | bit : word & ~bit;
