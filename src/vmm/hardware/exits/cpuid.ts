import { cpuidMask, featureByName, type CpuidRegister } from '../../../isa/cpuid';
import { WideCr4 } from '../../../isa/registers/control';
import { ApicBase } from '../../../isa/registers/msr-fields';
import { hypervisorLeaf, unpackAnswer, withPlace, type CpuidResult } from '../../cpuid-answer';
import { GUEST_FEATURES, HIDDEN_FEATURES, hypervisorOf } from '../../guest-profile';
import { COMMON_CALLS } from '../../hypercalls';
import { setGuestRegister, cpuid, guestRegister, virtualApicBase } from '../../operations';
import type { Handler } from '../../operation';
import type { Vcpu } from '../vcpu';

const HYPERVISOR_PRESENT = cpuidMask('Hypervisor present');
const APIC = cpuidMask('APIC');
const OSXSAVE = cpuidMask('OSXSAVE');
const OSPKE = cpuidMask('OSPKE');

/** What it says of itself, in leaves of its own. */
const MONITOR = hypervisorOf(COMMON_CALLS);

/** What tells more of hidden features: of MONITOR, of x2APIC identifiers, of SVM. */
const HIDDEN_LEAVES: ReadonlySet<number> = new Set([5, 0xb, 0x8000_000a]);

/** CPUID always exits: the monitor decides what processor the guest believes to have. */
export function* handleCpuid(vcpu: Vcpu): Handler {
  const leaf = Number((yield guestRegister(0)) & 0xffffffffn);
  const subleaf = Number((yield guestRegister(1)) & 0xffffffffn);
  const answer = yield cpuid(leaf, subleaf);
  const told = hypervisorLeaf(MONITOR, leaf) ?? unpackAnswer(HIDDEN_LEAVES.has(leaf) ? 0n : answer);
  const shown = withPlace(hidden(vcpu, leaf, told), leaf, vcpu.place, vcpu.isAmd);
  const { eax, ebx, ecx, edx } = yield* shownFeatures(vcpu, leaf, subleaf, shown);
  yield setGuestRegister(0, BigInt(eax));
  yield setGuestRegister(3, BigInt(ebx >>> 0));
  yield setGuestRegister(1, BigInt(ecx >>> 0));
  yield setGuestRegister(2, BigInt(edx >>> 0));
  yield* vcpu.advance();
}

/**
 * A guest sees no VMX and no SVM, unless it may have guests of its own. There is no MONITOR either: a guest that waits is to
 * say so by HLT, which exits. Its virtual local APIC lies in memory, where accesses exit; it has none of the MSRs by which the processor's own would answer.
 * Nor has it IA32_TSC_ADJUST: its time-stamp counter is the processor's and an offset.
 */
function hidden({ hasGuests }: Vcpu, leaf: number, told: CpuidResult): CpuidResult {
  const without = (register: CpuidRegister): number =>
    HIDDEN_FEATURES.filter((name) => !hasGuests || !GUEST_FEATURES.has(name))
      .map(featureByName)
      .filter(({ cpuid: at }) => at.leaf === leaf && at.register === register)
      .reduce((word, { name }) => word & ~cpuidMask(name), told[register]);
  return { ...told, ebx: without('ebx'), ecx: without('ecx'), edx: without('edx') };
}

/**
 * What the operating system has enabled is told by the guest's CR4, not the monitor's, and whether there is a local APIC by
 * the guest's IA32_APIC_BASE.
 */
function* shownFeatures(
  vcpu: Vcpu,
  leaf: number,
  subleaf: number,
  told: CpuidResult,
): Handler<CpuidResult> {
  if (leaf !== 1 && (leaf !== 7 || subleaf !== 0)) return told;
  const cr4 = yield* vcpu.cr4();
  if (leaf === 7) return { ...told, ecx: withBit(told.ecx, OSPKE, cr4 & WideCr4.PKE) };
  const base = yield virtualApicBase();
  return {
    ...told,
    ecx: withBit(told.ecx | HYPERVISOR_PRESENT, OSXSAVE, cr4 & WideCr4.OSXSAVE),
    edx: withBit(told.edx, APIC, base & ApicBase.EN),
  };
}

const withBit = (word: number, bit: number, wanted: bigint): number =>
  wanted ? word | bit : word & ~bit;
