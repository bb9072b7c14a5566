import { SegmentRights } from './access-rights';
import { RESET_SEGMENT } from './physical-addresses';
import { WideCr0, Xcr0 } from './registers/control';
import { DR6_INITIAL, DR7_INITIAL } from './registers/debug';
import { RFLAGS_FIXED } from './registers/flags';
import { MXCSR_INITIAL } from './registers/floating-point';

/**
 * The registers after RESET (SDM 3A 10.1.1, table 10-1). Those not listed are 0; EDX holds the
 * processor's signature, and model-specific registers hold what their rows say.
 */
export const RESET = {
  cr0: WideCr0.CD | WideCr0.NW | WideCr0.ET,
  rip: 0xfff0n,
  rflags: RFLAGS_FIXED,
  dr6: DR6_INITIAL,
  dr7: DR7_INITIAL,
  /** ES, SS, DS, FS and GS. */
  data: { selector: 0, base: 0n, limit: 0xffff, accessRights: SegmentRights.REAL_MODE_DATA },
  /** The first instruction lies 16 bytes below 4 GBytes. */
  cs: {
    selector: 0xf000,
    base: BigInt(RESET_SEGMENT),
    limit: 0xffff,
    accessRights: SegmentRights.REAL_MODE_CODE,
  },
  ldtr: { selector: 0, base: 0n, limit: 0xffff, accessRights: SegmentRights.LDT },
  tr: { selector: 0, base: 0n, limit: 0xffff, accessRights: SegmentRights.TSS_BUSY },
  x87Control: 0x40n,
  /** Bit n: Rn is not empty. */
  x87Tags: 0xffn,
  /** The same after FNINIT (SDM 1 8.1.5): exceptions are masked, and registers are empty. */
  x87Initialized: 0x37fn,
  x87Empty: 0n,
  mxcsr: MXCSR_INITIAL,
  xcr0: Xcr0.X87,
  /** GDTR and IDTR. */
  table: { base: 0n, limit: 0xffff },
} as const;
