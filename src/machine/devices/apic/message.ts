import { Icr } from './registers';

/** What an interrupt message asks for (SDM 3A 11.6.1). */
export type Delivery =
  'fixed' | 'lowest-priority' | 'SMI' | 'reserved' | 'NMI' | 'INIT' | 'start-up' | 'ExtINT';

/** An interrupt message, from an I/O APIC or from a local one. */
export interface ApicMessage {
  readonly delivery: Delivery;
  readonly vector: number;
  readonly destination: number;
  readonly logical: boolean;
  /** Whether it stays until its EOI. */
  readonly level: boolean;
}

/** Whom a local APIC sends to without naming a destination; 'none': it names one. */
export type Shorthand = 'none' | 'self' | 'all' | 'others';

const DELIVERIES: readonly Delivery[] = [
  ...(['fixed', 'lowest-priority', 'SMI', 'reserved'] as const),
  ...(['NMI', 'INIT', 'start-up', 'ExtINT'] as const),
];
const SHORTHANDS: readonly Shorthand[] = ['none', 'self', 'all', 'others'];

/** The delivery mode in bits 10:8 of the ICR, or of an entry of a redirection table. */
export const deliveryOf = (command: number): Delivery =>
  DELIVERIES[(command & Icr.DELIVERY) >> Icr.DELIVERY_SHIFT] ?? 'reserved';

export const shorthandOf = (command: number): Shorthand =>
  SHORTHANDS[(command & Icr.SHORTHAND) >>> Icr.SHORTHAND_SHIFT] ?? 'none';

/** What the ICR sends. The trigger mode means something for INIT alone (11.6.1). */
export const messageOf = (command: number, destination: number): ApicMessage => ({
  delivery: deliveryOf(command),
  vector: command & Icr.VECTOR,
  destination,
  logical: (command & Icr.LOGICAL) !== 0,
  level: false,
});

/** "INIT level de-assert", which only told old processors' arbitration identifiers: it does nothing. */
export const isDeassert = (command: number): boolean =>
  deliveryOf(command) === 'INIT' && (command & (Icr.LEVEL | Icr.ASSERT)) === Icr.LEVEL;
