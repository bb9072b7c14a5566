import { Cr4, Efer } from '../../isa/registers/control';
import type { SlowPath } from '../semantics/slow-path';
import type { CpuState } from '../state';

/** What CPUID gives in EAX, EBX, ECX and EDX. */
export interface CpuidResult {
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

const result = (eax: number, ebx = 0, ecx = 0, edx = 0): CpuidResult => ({ eax, ebx, ecx, edx });

/** Four characters as CPUID packs them into a register. */
const packed = (text: string): number =>
  [...text].reduce((word, c, n) => (word | (c.charCodeAt(0) << (8 * n))) >>> 0, 0);

/** "GenuineIntel" in EBX, EDX, ECX. */
const HIGHEST_LEAF_AND_VENDOR = result(0xd, packed('Genu'), packed('ntel'), packed('ineI'));
const BRAND = 'Ringside Simulated x86-64 Processor'.padEnd(48, '\0');

/* CPUID.01H (SDM 2A CPUID, figures 3-7 and 3-8): only what is there. */
const FEATURES_ECX = (1 << 5) | (1 << 13) | (1 << 17) | (1 << 22) | (1 << 23); // VMX CX16 PCID MOVBE POPCNT
const FEATURES_EDX =
  (1 << 3) |
  (1 << 4) |
  (1 << 5) |
  (1 << 6) |
  (1 << 8) |
  (1 << 11) |
  (1 << 13) |
  (1 << 15) |
  (1 << 16) |
  (1 << 12); // PSE TSC MSR PAE CX8 SEP PGE CMOV PAT MTRR
/* CPUID.07H: FSGSBASE SMEP SMAP; UMIP */
const FEATURES_7_EBX = (1 << 0) | (1 << 7) | (1 << 20);
const FEATURES_7_ECX = 1 << 2;
/* CPUID.80000001H: LAHF in 64-bit mode, LZCNT; SYSCALL NX 1-GByte pages RDTSCP long mode */
const EXTENDED_ECX = (1 << 0) | (1 << 5);
const EXTENDED_EDX = (1 << 20) | (1 << 26) | (1 << 27) | (1 << 29);

/** CPUID as it answers in the given state (SDM 2A CPUID). */
export function cpuid(state: CpuState, leaf: number, subleaf: number): CpuidResult {
  switch (leaf) {
    case 0:
      return HIGHEST_LEAF_AND_VENDOR;
    case 1: {
      const osxsave = state.cr4 & BigInt(Cr4.OSXSAVE) ? 1 << 27 : 0;
      return result(0x000306a9, 0x00010800, FEATURES_ECX | osxsave, FEATURES_EDX);
    }
    case 2:
      return result(0x00000001);
    case 7:
      return subleaf === 0 ? result(0, FEATURES_7_EBX, FEATURES_7_ECX) : result(0);
    case 0x80000000:
      return result(0x80000008);
    case 0x80000001: {
      const syscall = state.codeBits === 64 || state.efer & BigInt(Efer.LMA) ? 1 << 11 : 0;
      return result(0, 0, EXTENDED_ECX, EXTENDED_EDX | syscall);
    }
    case 0x80000002:
    case 0x80000003:
    case 0x80000004:
      return brand(leaf - 0x80000002);
    case 0x80000007:
      return result(0, 0, 0, 1 << 8); // invariant TSC
    case 0x80000008:
      return result(0x00003027); // 48 linear, 39 physical address bits
    default:
      return result(0);
  }
}

function brand(part: number): CpuidResult {
  const text = BRAND.slice(part * 16, part * 16 + 16);
  const word = (n: number): number => packed(text.slice(n * 4, n * 4 + 4));
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
