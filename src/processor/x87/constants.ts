import { Environment, EXTENDED, round, type RoundingMode } from '../floating-point';

/** The constants of FLD1 to FLDZ (SDM 2A): they are rounded as RC says, and raise nothing. */

const PLACES = 128;

/** From 128 bits of a number's significand, and the exponent of the first. */
const rounded =
  (significand: bigint, exponent: number) =>
  (mode: RoundingMode): bigint => {
    const env = new Environment();
    env.rounding = mode;
    return round(EXTENDED, false, significand, exponent - PLACES + 1, env);
  };

const exact = (bits: bigint) => (): bigint => bits;

export const constants: Readonly<Record<string, (mode: RoundingMode) => bigint>> = {
  FLD1: exact(0x3fff8000000000000000n),
  FLDZ: exact(0n),
  FLDPI: rounded(0xc90fdaa22168c234c4c6628b80dc1cd1n, 1),
  FLDL2T: rounded(0xd49a784bcd1b8afe492bf6ff4dafdb4cn, 1),
  FLDL2E: rounded(0xb8aa3b295c17f0bbbe87fed0691d3e88n, 0),
  FLDLG2: rounded(0x9a209a84fbcff7988f8959ac0b7c9178n, -2),
  FLDLN2: rounded(0xb17217f7d1cf79abc9e3b39803f2f6afn, -1),
};
