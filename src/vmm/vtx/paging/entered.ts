import { CR0_WRITABLE, WideCr0, WideCr4, WideEfer } from '../../../isa/registers/control';

/**
 * Control registers with which a guest is entered whose memory is translated by shadow tables. The processor
 * never sees the guest's own tables: paging is on whatever the guest thinks, and with CR0.WP, or it would
 * write where the monitor wants to see it. A guest outside of IA-32e mode has PAE paging underneath.
 */

const CR0_NEEDED = WideCr0.PE | WideCr0.PG | WideCr0.WP | WideCr0.ET | WideCr0.NE;

/** Bits of CR0 and CR4 that say how tables are to be read: they are the monitor's. */
export const SHADOWED_CR0 = WideCr0.WP;
const TABLES_CR4 = WideCr4.PAE | WideCr4.PSE | WideCr4.LA57 | WideCr4.PCIDE;
/** Without paging these protect nothing, but the pages of the shadow are users'. */
const ONLY_WITH_PAGING = WideCr4.SMEP | WideCr4.SMAP;
/** A change of PGE loads the PDPTEs of PAE paging, which are the guest's. */
export const SHADOWED_CR4 = TABLES_CR4 | ONLY_WITH_PAGING | WideCr4.PGE;

export const enteredCr0 = (wanted: bigint): bigint => (wanted & CR0_WRITABLE) | CR0_NEEDED;

/**
 * The monitor drops translations itself: process-context identifiers are only shown.
 * @param cr0 the guest's
 */
export function enteredCr4(wanted: bigint, cr0: bigint): bigint {
  const withheld = WideCr4.PCIDE | (cr0 & WideCr0.PG ? 0n : ONLY_WITH_PAGING);
  return (wanted & ~withheld) | WideCr4.PAE | WideCr4.VMXE;
}

/** LME must be as LMA is while paging is on, which it always is (SDM 3C 27.3.1.1). */
export const enteredEfer = (wanted: bigint): bigint =>
  wanted & WideEfer.LMA ? wanted | WideEfer.LME : wanted & ~WideEfer.LME;
