import { ARITHMETIC } from '../../../vector/floating/arithmetic';
import { COMPARISONS } from '../../../vector/floating/compare';
import { CONVERSIONS, HALF_CONVERSIONS, MMX_CONVERSIONS } from '../../../vector/floating/convert';
import { ESTIMATES } from '../../../vector/floating/estimate';
import { FUSED } from '../../../vector/floating/fused';
import { ROUNDINGS } from '../../../vector/floating/round';
import { instruction } from '../../instruction';
import { requireUnit } from '../../vector-operands';
import { defineQuickArithmetic, isQuick } from './quick-floating';
import { slowVector } from './slow';

/** Floating-point instructions of SSE, AVX, FMA and F16C. */

const BOTH = { ...ARITHMETIC, ...COMPARISONS, ...CONVERSIONS, ...ESTIMATES, ...ROUNDINGS };

/** CMPSD is a string instruction, too. */
const legacyName = (mnemonic: string): string => (mnemonic === 'CMPSD' ? 'SSE CMPSD' : mnemonic);

defineQuickArithmetic(ARITHMETIC);
for (const [mnemonic, path] of Object.entries(BOTH)) {
  if (isQuick(mnemonic)) continue;
  slowVector([legacyName(mnemonic), `V${mnemonic}`], path);
}
for (const [mnemonic, path] of Object.entries({ ...FUSED, ...HALF_CONVERSIONS })) {
  slowVector(mnemonic, path);
}
for (const [mnemonic, path] of Object.entries(MMX_CONVERSIONS)) {
  instruction(mnemonic, (m) => {
    requireUnit(m, 'SSE');
    requireUnit(m, 'MMX');
    m.slow(path);
  });
}
