import { bits, maskOf, reservedBits } from '../../isa/bits';
import { isMemoryType } from '../../isa/memory-types';
import { msrByNumber } from '../../isa/registers/msr';
import { MTRR_DEF_TYPE, MTRR_PHYSBASE, MTRR_PHYSMASK } from '../../isa/registers/msr-fields';
import { generalProtection } from '../faults';
import { msrValue } from '../reasons/registers';

/** Memory-type range registers. The simulated computer has no caches: they only hold what they are told. */

const TYPE = maskOf(MTRR_PHYSBASE.fields[0]);

/**
 * Refuses values that WRMSR cannot write to an MTRR (SDM 3A 12.11.2).
 *
 * @throws Fault #GP(0) for reserved bits and memory types
 */
export function checkMtrr(number: number, value: bigint, physicalAddressWidth: number): void {
  const row = msrByNumber(number);
  if (!row?.id.startsWith('MTRR_')) return;
  if (!isAllowed(row.id, value, physicalAddressWidth)) {
    throw generalProtection(msrValue(number, value));
  }
}

function isAllowed(id: string, value: bigint, width: number): boolean {
  if (id.startsWith('MTRR_FIX')) return typesOf(value).every(isMemoryType);
  const beyond = bits(63, width);
  if (id.startsWith('MTRR_PHYSMASK')) return !(value & (beyond | reservedBits(MTRR_PHYSMASK, 64)));
  const table = id === 'MTRR_DEF_TYPE' ? MTRR_DEF_TYPE : MTRR_PHYSBASE;
  const reserved = reservedBits(table, 64) | beyond;
  return !(value & reserved) && isMemoryType(Number(value & TYPE));
}

/** A fixed-range register holds the types of 8 ranges, a byte each. */
function typesOf(value: bigint): number[] {
  return Array.from({ length: 8 }, (_, n) => Number((value >> BigInt(8 * n)) & TYPE));
}
