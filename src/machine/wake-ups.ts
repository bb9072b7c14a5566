import type { Obstacle } from './devices/pic8259';

/**
 * What could end a HLT with interrupts enabled: each device that may request an interrupt, and what keeps
 * its request from the processor.
 */
export interface WakeUp {
  readonly device:
    | 'timer'
    | 'keyboard'
    | 'mouse'
    | 'serial port'
    | 'real-time clock'
    | 'floppy'
    | 'HPET'
    | 'ACPI timer'
    | 'local APIC timer';
  /** Undefined for the local APIC's own, and for what comes to inputs of the I/O APIC alone. */
  readonly irq: number | undefined;
  /** Whether time alone brings the request, or something from outside. */
  readonly by: 'time' | 'outside';
  readonly obstacle: Obstacle | 'not-armed' | undefined;
}

/** Whether time alone will wake the processor. */
export const wakesByItself = (wakeUps: readonly WakeUp[]): boolean =>
  wakeUps.some(({ by, obstacle }) => by === 'time' && obstacle === undefined);

/** Whether anything at all can wake it. */
export const canWake = (wakeUps: readonly WakeUp[]): boolean =>
  wakeUps.some(({ obstacle }) => obstacle === undefined);
