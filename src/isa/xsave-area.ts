import { Xcr0 } from './registers/control';

/** The images that FXSAVE and the XSAVE family write (SDM 1 10.5.1, 13.4, 13.5). Offsets in bytes. */

/** The legacy region, which is FXSAVE's whole image. */
export const LegacyRegion = {
  /** FCW, FSW, abridged FTW, FOP, FIP with FCS, FDP with FDS. */
  X87_CONTROL: 0,
  FCW: 0,
  FSW: 2,
  FTW: 4,
  FOP: 6,
  FIP: 8,
  FCS: 12,
  FDP: 16,
  FDS: 20,
  MXCSR: 24,
  MXCSR_MASK: 28,
  /** ST(0) to ST(7), 16 bytes each. */
  X87_REGISTERS: 32,
  /** XMM0 to XMM15, 16 bytes each; outside 64-bit mode XMM0 to XMM7. */
  XMM_REGISTERS: 160,
  SIZE: 512,
} as const;

/** The XSAVE header, behind the legacy region (SDM 1 13.4.2). */
export const XsaveHeader = {
  OFFSET: 512,
  XSTATE_BV: 512,
  XCOMP_BV: 520,
  /** Where the bytes begin that must be 0 in the compacted format. */
  RESERVED: 528,
  SIZE: 64,
  /** Where the extended region begins. */
  END: 576,
} as const;

/** In XCOMP_BV: the extended region is compacted. */
export const COMPACTED = 1n << 63n;

/** A state component of the extended region (SDM 1 13.5). */
export interface ExtendedComponent {
  /** Number of its bit in XCR0. */
  readonly number: number;
  readonly mask: bigint;
  readonly size: number;
  /** Where it lies in the standard format. */
  readonly offset: number;
  /** In the compacted format it begins at a multiple of 64. */
  readonly aligned: boolean;
}

/** Those that this processor may have; PKRU lies where it does behind components that it has not. */
export const EXTENDED_COMPONENTS: readonly ExtendedComponent[] = [
  { number: 2, mask: Xcr0.AVX, size: 256, offset: 576, aligned: false },
  { number: 9, mask: Xcr0.PKRU, size: 8, offset: 2688, aligned: false },
];

/** The size of an area in the standard format that holds some components (CPUID.0DH). */
export function standardSize(components: bigint): number {
  return EXTENDED_COMPONENTS.filter(({ mask }) => components & mask).reduce<number>(
    (size, { offset, size: own }) => Math.max(size, offset + own),
    XsaveHeader.END,
  );
}

/** Where the components of the extended region lie in the compacted format (SDM 1 13.4.3), and where they end. */
export function compactedLayout(components: bigint): {
  readonly offsets: ReadonlyMap<number, number>;
  readonly size: number;
} {
  const offsets = new Map<number, number>();
  let end: number = XsaveHeader.END;
  for (const { number, mask, size, aligned } of EXTENDED_COMPONENTS) {
    if (!(components & mask)) continue;
    if (aligned) end = Math.ceil(end / 64) * 64;
    offsets.set(number, end);
    end += size;
  }
  return { offsets, size: end };
}
