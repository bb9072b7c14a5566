import { EptRights } from '../../../isa/ept';
import type { EptResult } from '../../../processor/vmx/ept';

/** How a walk of L1's EPT ends, in one word: the result of an operation is one. */

const PAGE = ~0xfffn;
const RIGHTS = BigInt(EptRights.ALL);
const VIOLATION = 1n << 3n;
const MISCONFIGURATION = 1n << 4n;

export interface WalkedEpt {
  readonly kind: EptResult['kind'];
  /** L1-physical, of the page. */
  readonly page: bigint;
  /** Of `EptRights`, along the walk. */
  readonly rights: number;
}

export function packWalk(result: EptResult): bigint {
  if (result.kind === 'misconfiguration') return MISCONFIGURATION;
  if (result.kind === 'violation') return VIOLATION | (BigInt(result.rights) & RIGHTS);
  return (BigInt(result.address) & PAGE) | (BigInt(result.rights) & RIGHTS);
}

export function unpackWalk(word: bigint): WalkedEpt {
  const failed = word & MISCONFIGURATION ? 'misconfiguration' : 'violation';
  const kind = word & (MISCONFIGURATION | VIOLATION) ? failed : 'translation';
  return { kind, page: word & PAGE, rights: Number(word & RIGHTS) };
}
