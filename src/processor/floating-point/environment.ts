import { Mxcsr, X87Control, X87Status } from '../../isa/registers/floating-point';

/** RC of MXCSR and of the x87 control word (SDM 1 table 4-8). */
export const Rounding = { NEAREST: 0, DOWN: 1, UP: 2, ZERO: 3 } as const;
export type RoundingMode = (typeof Rounding)[keyof typeof Rounding];

/** The flags of the exceptions; their masks stand at the same bits. */
export const Flag = {
  INVALID: X87Status.IE,
  DENORMAL: X87Status.DE,
  ZERO_DIVIDE: X87Status.ZE,
  OVERFLOW: X87Status.OE,
  UNDERFLOW: X87Status.UE,
  PRECISION: X87Status.PE,
} as const;

/** Those that are found before the operation, by looking at its operands (SDM 1 11.5.1, 8.5). */
export const PRE_COMPUTATION = Flag.INVALID | Flag.DENORMAL | Flag.ZERO_DIVIDE;
const ALL_FLAGS = 0x3f;
const MXCSR_MASKS_AT = 7;
const ROUNDING_AT_X87 = 10;
const ROUNDING_AT_MXCSR = 13;
const PRECISIONS = [24, 64, 53, 64] as const;

/** How an instruction computes, and what it finds while it does. */
export class Environment {
  rounding: RoundingMode = Rounding.NEAREST;
  /** Bits of the significand of results in the double extended format (x87 PC). */
  precision: 24 | 53 | 64 = 64;
  /** Exceptions that are masked, at the bits of `Flag`. */
  masks: number = ALL_FLAGS;
  denormalsAreZeros = false;
  flushToZero = false;
  /** Whether NaNs and results out of range follow the rules of the x87 unit instead of those of SSE. */
  x87 = false;
  /** The exceptions found so far, masked or not. */
  flags = 0;
  /** Whether the last rounding has made the magnitude larger (C1 of the x87 unit). */
  roundedUp = false;

  static ofMxcsr(mxcsr: number): Environment {
    const env = new Environment();
    env.rounding = ((mxcsr >> ROUNDING_AT_MXCSR) & 3) as RoundingMode;
    env.masks = (mxcsr >> MXCSR_MASKS_AT) & ALL_FLAGS;
    env.denormalsAreZeros = (mxcsr & Mxcsr.DAZ) !== 0;
    env.flushToZero = (mxcsr & Mxcsr.FTZ) !== 0;
    return env;
  }

  static ofX87(control: number): Environment {
    const env = new Environment();
    env.rounding = ((control & X87Control.RC) >> ROUNDING_AT_X87) as RoundingMode;
    env.precision = PRECISIONS[(control >> 8) & 3] ?? 64;
    env.masks = control & ALL_FLAGS;
    env.x87 = true;
    return env;
  }

  raise(flags: number): void {
    this.flags |= flags;
  }

  isMasked(flag: number): boolean {
    return (this.masks & flag) !== 0;
  }

  /** Whether an exception has been found that is not masked. */
  isUnmasked(flag: number): boolean {
    return (this.unmasked & flag) !== 0;
  }

  /** The exceptions found that are not masked. */
  get unmasked(): number {
    return this.flags & ~this.masks;
  }

  /**
   * To be called when all elements are computed: where an exception found before the operation is not
   * masked, there has been no operation, and it has raised nothing else.
   */
  settle(): void {
    if ((this.unmasked & PRE_COMPUTATION) === 0) return;
    this.flags &= PRE_COMPUTATION;
    this.roundedUp = false;
  }
}
