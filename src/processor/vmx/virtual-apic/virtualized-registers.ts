import { Apic, Icr } from '../../../isa/apic';

/** Which registers of the APIC-access page guests reach in the virtual-APIC page (SDM 3C 30.4.2, 30.4.3). */

const EIGHT_WORDS = [0, 1, 2, 3, 4, 5, 6, 7];

const LVT = [
  Apic.LVT_TIMER,
  Apic.LVT_THERMAL,
  Apic.LVT_PERFORMANCE,
  Apic.LVT_LINT0,
  Apic.LVT_LINT1,
  Apic.LVT_ERROR,
];

/** Those that may be written with "APIC-register virtualization" (SDM 3C 30.4.3.1). */
const WRITTEN: ReadonlySet<number> = new Set<number>([
  ...[Apic.ID, Apic.TPR, Apic.EOI, Apic.LDR, Apic.DFR, Apic.SVR, Apic.ESR],
  ...[Apic.ICR_LOW, Apic.ICR_HIGH, ...LVT, Apic.INITIAL_COUNT, Apic.DIVIDE],
]);

/** Those that may be read with it (SDM 3C 30.4.2). */
const READ: ReadonlySet<number> = new Set<number>([
  ...WRITTEN,
  Apic.VERSION,
  ...[Apic.ISR, Apic.TMR, Apic.IRR].flatMap((at) => EIGHT_WORDS.map((word) => at + 16 * word)),
]);

/** The controls that decide. */
export interface VirtualizedBy {
  readonly tprShadow: boolean;
  readonly registers: boolean;
  readonly interrupts: boolean;
}

/** Whether an access of so many bytes at an offset of the page stays within one register of 32 bits. */
const isWithinRegister = (offset: number, bytes: number): boolean => (offset & 0xf) + bytes <= 4;

/** Whether a read of the APIC-access page is answered from the virtual-APIC page. */
export function isReadVirtualized(offset: number, bytes: number, by: VirtualizedBy): boolean {
  if (!by.tprShadow || !isWithinRegister(offset, bytes)) return false;
  const register = offset & 0xff0;
  return by.registers ? READ.has(register) : register === Apic.TPR;
}

/** Whether a write to the APIC-access page goes to the virtual-APIC page. */
export function isWriteVirtualized(offset: number, bytes: number, by: VirtualizedBy): boolean {
  if (!by.tprShadow || !isWithinRegister(offset, bytes)) return false;
  const register = offset & 0xff0;
  if (by.registers) return WRITTEN.has(register);
  if (register === Apic.TPR) return true;
  return by.interrupts && (register === Apic.EOI || register === Apic.ICR_LOW);
}

/** Level and destination mode mean nothing to an interrupt that is sent to oneself. */
const ICR_IGNORED = Icr.VECTOR | Icr.LOGICAL | Icr.ASSERT;

/**
 * The vector of the interrupt that a write to the interrupt command register sends to its own processor,
 * where the processor does that itself: fixed, edge-triggered, with the shorthand "self" and a legal
 * vector (SDM 3C 30.4.3.2).
 */
export function selfIpiVector(icr: number): number | undefined {
  const vector = icr & 0xff;
  return (icr & ~ICR_IGNORED) === Icr.SELF && vector >= 16 ? vector : undefined;
}
