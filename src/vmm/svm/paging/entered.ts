import { CR0_WRITABLE, WideCr0, WideCr4, WideEfer } from '../../../isa/registers/control';

/**
 * Control registers with which a guest is entered whose memory is translated by shadow tables. The processor never sees
 * the guest's own tables: paging is on whatever the guest thinks, in real mode too (APM 2 15.19), and with CR0.WP, or it
 * would write where the monitor wants to see it. A guest outside of long mode has PAE paging underneath.
 */

const CR0_NEEDED = WideCr0.PG | WideCr0.WP | WideCr0.ET;
/** Without paging these protect nothing, but the pages of the shadow are users'. */
const ONLY_WITH_PAGING = WideCr4.SMEP | WideCr4.SMAP;

export const enteredCr0 = (wanted: bigint): bigint => (wanted & CR0_WRITABLE) | CR0_NEEDED;

/**
 * The monitor drops translations itself: process-context identifiers are only shown.
 * @param cr0 the guest's
 */
export function enteredCr4(wanted: bigint, cr0: bigint): bigint {
  const withheld = WideCr4.PCIDE | (cr0 & WideCr0.PG ? 0n : ONLY_WITH_PAGING);
  return (wanted & ~withheld) | WideCr4.PAE;
}

/** LME must be as LMA is while paging is on, which it always is; SVME is the monitor's (APM 2 15.5.1). */
export const enteredEfer = (wanted: bigint): bigint =>
  (wanted & WideEfer.LMA ? wanted | WideEfer.LME : wanted & ~WideEfer.LME) | WideEfer.SVME;
