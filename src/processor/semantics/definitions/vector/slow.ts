import * as aes from '../../../vector/aes';
import { multiplyCarryless } from '../../../vector/carryless';
import { gather } from '../../../vector/gather';
import { maskedBytes, maskedMove } from '../../../vector/masked-moves';
import { STRING_COMPARISONS } from '../../../vector/string-compare';
import { leastWord, sumOfDifferences } from '../../../vector/sums';
import { instruction } from '../../instruction';
import type { SlowPath } from '../../slow-path';
import { inUnit } from './packed';

/** Vector instructions that are done in TypeScript. */

/** With and without a VEX prefix. */
const BOTH: Readonly<Record<string, SlowPath>> = {
  AESENC: aes.aesEncrypt,
  AESENCLAST: aes.aesEncryptLast,
  AESDEC: aes.aesDecrypt,
  AESDECLAST: aes.aesDecryptLast,
  AESIMC: aes.aesInverseMixColumns,
  AESKEYGENASSIST: aes.aesKeyGenerationAssist,
  PCLMULQDQ: multiplyCarryless,
  PHMINPOSUW: leastWord,
  MPSADBW: sumOfDifferences,
  MASKMOVDQU: maskedBytes,
  ...STRING_COMPARISONS,
};

/** In one encoding only. */
const ONE: Readonly<Record<string, SlowPath>> = {
  MASKMOVQ: maskedBytes,
  VMASKMOVPS: maskedMove(32),
  VMASKMOVPD: maskedMove(64),
  VPMASKMOVD: maskedMove(32),
  VPMASKMOVQ: maskedMove(64),
  VPGATHERDD: gather(32, 32),
  VPGATHERDQ: gather(32, 64),
  VPGATHERQD: gather(64, 32),
  VPGATHERQQ: gather(64, 64),
  VGATHERDPS: gather(32, 32),
  VGATHERDPD: gather(32, 64),
  VGATHERQPS: gather(64, 32),
  VGATHERQPD: gather(64, 64),
};

export function slowVector(mnemonics: string | readonly string[], path: SlowPath): void {
  instruction(mnemonics, (m) => {
    inUnit(m, () => () => {
      m.slow(path);
    });
  });
}

for (const [mnemonic, path] of Object.entries(BOTH)) slowVector([mnemonic, `V${mnemonic}`], path);
for (const [mnemonic, path] of Object.entries(ONE)) slowVector(mnemonic, path);
