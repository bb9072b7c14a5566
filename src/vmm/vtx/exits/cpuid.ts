import { cpuidMask, featureByName } from '../../../isa/cpuid';
import { WideCr4 } from '../../../isa/registers/control';
import { ApicBase } from '../../../isa/registers/msr-fields';
import { Field } from '../../../isa/vmx/fields';
import { hypervisorLeaf, unpackAnswer, type CpuidResult } from '../../cpuid-answer';
import { HIDDEN_FEATURES, hypervisorOf } from '../../guest-profile';
import { COMMON_CALLS } from '../../hypercalls';
import { setGuestRegister, cpuid, guestRegister, virtualApicBase, vmread } from '../../operations';
import type { Handler } from '../../operation';
import { advanceRip } from '../advance-rip';

const HYPERVISOR_PRESENT = cpuidMask('Hypervisor present');
const APIC = cpuidMask('APIC');
const OSXSAVE = cpuidMask('OSXSAVE');
const OSPKE = cpuidMask('OSPKE');

/** What it says of itself, in leaves of its own. */
const MONITOR = hypervisorOf(COMMON_CALLS);

/** CPUID always exits: the monitor decides what processor the guest believes to have. */
export function* handleCpuid(): Handler {
  const leaf = Number((yield guestRegister(0)) & 0xffffffffn);
  const subleaf = Number((yield guestRegister(1)) & 0xffffffffn);
  const answer = yield cpuid(leaf, subleaf);
  const told = hypervisorLeaf(MONITOR, leaf) ?? unpackAnswer(HIDDEN_LEAVES.has(leaf) ? 0n : answer);
  const { eax, ebx, ecx, edx } = yield* shownFeatures(leaf, subleaf, told);
  yield setGuestRegister(0, BigInt(eax));
  yield setGuestRegister(3, BigInt(ebx));
  yield setGuestRegister(1, BigInt(ecx >>> 0));
  yield setGuestRegister(2, BigInt(edx >>> 0));
  yield* advanceRip();
}

/**
 * Leaf 1: no VMX, and a hypervisor. There is no MONITOR either: a guest that waits is to say so
 * by HLT, which exits. Its virtual local APIC lies in memory, where accesses exit; it has none of the
 * MSRs by which the processor's own would answer. What the operating system has enabled is told by the guest's
 * CR4, not the monitor's, and whether there is a local APIC by the guest's IA32_APIC_BASE.
 */
function* shownFeatures(leaf: number, subleaf: number, told: CpuidResult): Handler<CpuidResult> {
  if (leaf !== 1 && (leaf !== 7 || subleaf !== 0)) return told;
  const cr4 = yield vmread(Field.GUEST_CR4);
  if (leaf === 7) return { ...told, ecx: withBit(told.ecx, OSPKE, cr4 & WideCr4.PKE) };
  const ecx = (told.ecx & ~HIDDEN) | HYPERVISOR_PRESENT;
  const base = yield virtualApicBase();
  return {
    ...told,
    ecx: withBit(ecx, OSXSAVE, cr4 & WideCr4.OSXSAVE),
    edx: withBit(told.edx, APIC, base & ApicBase.EN),
  };
}

/** Those of leaf 1, all in ECX: a processor with VT-x has none of the others. */
const HIDDEN = HIDDEN_FEATURES.filter((name) => featureByName(name).cpuid.leaf === 1).reduce(
  (bits, name) => bits | cpuidMask(name),
  0,
);

/** What tells more of hidden features: of MONITOR, and of x2APIC identifiers. */
const HIDDEN_LEAVES: ReadonlySet<number> = new Set([5, 0xb]);

const withBit = (word: number, bit: number, wanted: bigint): number =>
  wanted ? word | bit : word & ~bit;
