import { Pte, PteReserved } from '../../isa/paging';
import { Cr3Address } from '../../isa/registers/control';
import { addressMasks } from './address-masks';

/** The page-directory-pointer-table entries of PAE paging, which are registers (SDM 3A 4.4.1). */

/** Where they lie, by the value of CR3; four entries of 8 bytes. */
export const pdpteAddress = (cr3: bigint, index: number): bigint =>
  (cr3 & Cr3Address.PAE) + BigInt(8 * index);

/** A PDPTE that is present has no reserved bits set: 2:1, 8:5 and those beyond the address width. */
export function isValidPdpte(pdpte: bigint, physicalAddressWidth: number): boolean {
  if ((pdpte & Pte.P) === 0n) return true;
  const reserved = PteReserved.PDPTE_PAE | addressMasks(physicalAddressWidth).reserved;
  return (pdpte & reserved) === 0n;
}

/** The four entries out of memory. @param read 8 bytes at an address of the kind that CR3 holds */
export function readPdptes(cr3: bigint, read: (address: bigint) => bigint): bigint[] {
  return [0, 1, 2, 3].map((index) => read(pdpteAddress(cr3, index)));
}
