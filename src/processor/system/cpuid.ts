import { FEATURES, type CpuidRegister, type FeatureName } from '../../isa/cpuid';
import { WideCr4 } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import { ApicBase } from '../../isa/registers/msr-fields';
import { enumerateState } from '../extended-state/enumeration';
import { hasExecuteDisable, limitsCpuid } from './feature-msrs';
import { MONITOR_LINE, hasMonitor } from './monitor-wait';
import type { HypervisorDescription } from '../profile/profile';
import type { SlowPath } from '../semantics/slow-path';
import type { CpuState } from '../state/cpu-state';

/** What CPUID gives in EAX, EBX, ECX and EDX. */
export interface CpuidResult {
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

const result = (eax: number, ebx = 0, ecx = 0, edx = 0): CpuidResult => ({ eax, ebx, ecx, edx });

/** Four characters of a text as CPUID packs them into a register. */
const packed = (text: string, start: number): number =>
  (text.charCodeAt(start) |
    (text.charCodeAt(start + 1) << 8) |
    (text.charCodeAt(start + 2) << 16) |
    (text.charCodeAt(start + 3) << 24)) >>>
  0;

/** The highest basic and extended leaf. */
const LAST_BASIC = 0xd;
const LAST_EXTENDED = { intel: 0x80000008, amd: 0x8000000a } as const;

/** SVM's revision and how many ASIDs there are (APM 2 15.4). */
const SVM_REVISION = 1;
const ASIDS = 0x8000;

/** Features of leaf 1 that AMD's processors tell of once more, in leaf 80000001H (APM 3 E.4.2). */
const TOLD_AGAIN = 0x0183_f3ff;

const lastExtended = ({ profile }: CpuState): number =>
  profile.isAmd ? LAST_EXTENDED.amd : LAST_EXTENDED.intel;

/** What CLFLUSH works on, in units of 8 bytes. */
const CACHE_LINE = 8;

/** Leaves in which ECX says what is asked for. */
const HAS_SUBLEAVES: ReadonlySet<number> = new Set([7, 0xd]);

/** Features that CPUID shows only in a certain state. */
const SHOWN_WHEN: Partial<Record<FeatureName, (state: CpuState) => boolean>> = {
  OSXSAVE: (state) => (state.cr4 & WideCr4.OSXSAVE) !== 0n,
  OSPKE: (state) => (state.cr4 & WideCr4.PKE) !== 0n,
  MONITOR: hasMonitor,
  'Execute Disable Bit': hasExecuteDisable,
  // Disabled, it is as if there were none (SDM 3A 11.4.3).
  APIC: (state) => (state.msr(Msr.APIC_BASE) & ApicBase.EN) !== 0n,
  // Intel processors have SYSCALL in 64-bit mode only.
  'SYSCALL/SYSRET': ({ codeBits, profile }) => profile.isAmd || codeBits === 64,
};

/** Leaves that processors leave to monitors. */
export const FIRST_OF_HYPERVISOR = 0x40000000;
const LAST_OF_HYPERVISOR = 0x40000001;

const isHypervisors = (leaf: number): boolean =>
  leaf >= FIRST_OF_HYPERVISOR && leaf <= LAST_OF_HYPERVISOR;

/** What a monitor tells of itself by a leaf that is its own; undefined by all others. */
export function hypervisorLeaf(
  { signature, features }: HypervisorDescription,
  leaf: number,
): CpuidResult | undefined {
  if (!isHypervisors(leaf)) return undefined;
  if (leaf === LAST_OF_HYPERVISOR) return result(features);
  return result(
    LAST_OF_HYPERVISOR,
    packed(signature, 0),
    packed(signature, 4),
    packed(signature, 8),
  );
}

/**
 * Beyond the highest leaf CPUID gives the data of the highest basic one (SDM 2A CPUID), and zeros on AMD's processors
 * (APM 3 CPUID): undefined.
 */
function existingLeaf(state: CpuState, leaf: number): number | undefined {
  const exists = leaf <= LAST_BASIC || (leaf >= 0x80000000 && leaf <= lastExtended(state));
  if (exists) return leaf;
  return state.profile.isAmd ? undefined : LAST_BASIC;
}

/** CPUID as it answers in the given state (SDM 2A CPUID). */
export function cpuid(state: CpuState, asked: number, subleaf: number): CpuidResult {
  const leaf = existingLeaf(state, asked);
  const { vendor, brand, signature, physicalAddressWidth, linearAddressWidth, hypervisor } =
    state.profile.description;
  const ofMonitor = hypervisor && hypervisorLeaf(hypervisor, asked);
  if (ofMonitor) return ofMonitor;
  if (leaf === undefined) return result(0);
  switch (leaf) {
    case 0:
      return result(
        limitsCpuid(state) ? 2 : LAST_BASIC,
        packed(vendor, 0),
        packed(vendor, 8),
        packed(vendor, 4),
      );
    case 1:
      return identification(state, signature);
    case 2:
      return result(state.profile.isAmd ? 0 : 1); // one call tells all: there are no caches
    case 5:
      return hasMonitor(state) ? result(MONITOR_LINE, MONITOR_LINE) : result(0);
    case 0xb:
      return state.profile.has('x2APIC') ? topology(state, subleaf) : result(0);
    case 0xd:
      return stateComponents(state, subleaf);
    case 0x80000000:
      return extended(state);
    case 0x80000001:
      return state.profile.isAmd ? amdFeatures(state) : features(state, leaf, subleaf);
    case 0x80000002:
    case 0x80000003:
    case 0x80000004:
      return brandPart(brand, leaf - 0x80000002);
    case 0x80000008:
      return withPlace(
        features(state, leaf, 0, { eax: (linearAddressWidth << 8) | physicalAddressWidth }),
        leaf,
        state.place,
        state.profile.isAmd,
      );
    case 0x8000000a:
      return features(state, leaf, 0, { eax: SVM_REVISION, ebx: ASIDS });
    default:
      return features(state, leaf, subleaf);
  }
}

/** The highest extended leaf; AMD's processors tell their maker here, too (APM 3 E.4.1). */
function extended(state: CpuState): CpuidResult {
  const { vendor } = state.profile.description;
  if (!state.profile.isAmd) return result(LAST_EXTENDED.intel);
  return result(LAST_EXTENDED.amd, packed(vendor, 0), packed(vendor, 8), packed(vendor, 4));
}

/** Leaf 80000001H of AMD's processors (APM 3 E.4.2). */
function amdFeatures(state: CpuState): CpuidResult {
  const { signature } = state.profile.description;
  const own = features(state, 0x80000001, 0, { eax: signature });
  const again = features(state, 1, 0).edx & TOLD_AGAIN;
  const answer = { ...own, edx: (own.edx | again) >>> 0 };
  return withPlace(answer, 0x80000001, state.place, true);
}

/** Where identifiers of further packages begin: the width of a core's number (SDM 3A 9.9.3). */
const coreBits = ({ of }: Place): number => Math.ceil(Math.log2(of));

/** Leaf 1. */
function identification(state: CpuState, signature: number): CpuidResult {
  const answer = features(state, 1, 0, { eax: signature, ebx: CACHE_LINE << 8 });
  return withPlace(answer, 1, state.place, state.profile.isAmd);
}

/** Which processor of a package one is. */
export interface Place {
  /** Its number and local APIC identifier, from 0. */
  readonly number: number;
  /** How many there are. */
  readonly of: number;
}

/**
 * What a leaf answers a processor with others in its package, given what it would answer one that is alone. That there are
 * several is no feature of one of them: HTT (leaf 1, EDX[28]), and CmpLegacy of AMD's (APM 3 E.4.2, E.4.7).
 */
export function withPlace(
  answer: CpuidResult,
  leaf: number,
  place: Place,
  isAmd: boolean,
): CpuidResult {
  const { number, of } = place;
  if (of === 1) return answer;
  if (leaf === 1) {
    const ebx = (answer.ebx & 0xffff) + of * 2 ** 16 + number * 2 ** 24;
    return { ...answer, ebx, edx: (answer.edx | HTT) >>> 0 };
  }
  if (!isAmd) return answer;
  if (leaf === 0x80000001) return { ...answer, ecx: (answer.ecx | CMP_LEGACY) >>> 0 };
  return leaf === 0x80000008 ? { ...answer, ecx: coresOfAmd(place) } : answer;
}

const HTT = 1 << 28;

/** Each processor is a core of one package, with one thread and its x2APIC identifier in EDX (SDM 3A 9.9.3). */
function topology(state: CpuState, subleaf: number): CpuidResult {
  const { number, of } = state.place;
  const [thread, core] = [1, 2];
  if (subleaf === 0) return result(0, 1, thread << 8, number);
  if (subleaf === 1) return result(coreBits(state.place), of, (core << 8) | 1, number);
  return result(0, 0, subleaf & 0xff, number);
}

/** How many cores a package has, less one, and how many bits tell them apart (APM 3 E.4.7). */
const coresOfAmd = (place: Place): number => (coreBits(place) << 12) | (place.of - 1);

/** On AMD's processors, HTT tells of cores that are no threads (APM 3 E.4.2). */
const CMP_LEGACY = 1 << 1;

function stateComponents(state: CpuState, subleaf: number): CpuidResult {
  const answer = enumerateState(state, subleaf);
  return subleaf === 1 ? { ...answer, eax: features(state, 0xd, 1).eax } : answer;
}

/** A leaf, or subleaf, that tells of features. */
function features(
  state: CpuState,
  leaf: number,
  subleaf: number,
  besides: { readonly eax?: number; readonly ebx?: number } = {},
): CpuidResult {
  const { eax = 0, ebx = 0 } = besides;
  const shown = FEATURES.filter(
    ({ name, cpuid: at }) =>
      at.leaf === leaf &&
      (at.subleaf === subleaf || !HAS_SUBLEAVES.has(leaf)) &&
      state.profile.has(name) &&
      (SHOWN_WHEN[name]?.(state) ?? true),
  );
  const word = (register: CpuidRegister): number =>
    shown
      .filter(({ cpuid: at }) => at.register === register)
      .reduce((bits, { cpuid: at }) => bits + 2 ** at.bit, 0);
  return result(eax + word('eax'), ebx + word('ebx'), word('ecx'), word('edx'));
}

function brandPart(brand: string, part: number): CpuidResult {
  const text = brand.padEnd(48, '\0');
  const word = (n: number): number => packed(text, part * 16 + n * 4);
  return result(word(0), word(1), word(2), word(3));
}

export const identify: SlowPath = (cpu) => {
  if (cpu.guestMode.cpuid()) return 'left';
  const { state } = cpu;
  const leaf = Number(state.gpr(0) & 0xffffffffn);
  const { eax, ebx, ecx, edx } = cpuid(state, leaf, Number(state.gpr(1) & 0xffffffffn));
  [eax, ecx, edx, ebx].forEach((value, index) => {
    state.setGpr(index, BigInt(value >>> 0));
  });
  return 'continue';
};
