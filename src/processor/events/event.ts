import type { Reason } from '../reasons/reason';
import { EXCEPTIONS, type DoubleFaultClass } from '../../isa/exceptions';

/** How an event comes about; it decides about privilege checks and the EXT bit of error codes. */
export type EventKind =
  | 'external-interrupt'
  | 'NMI'
  | 'hardware-exception'
  /** INT n */
  | 'software-interrupt'
  /** INT1 */
  | 'privileged-software-exception'
  /** INT3, INTO */
  | 'software-exception';

/** An interrupt or exception on its way through the IDT. */
export interface InterruptEvent {
  readonly kind: EventKind;
  readonly vector: number;
  readonly errorCode?: number | undefined;
  /** What is pushed as RIP: the faulting instruction, or the one after a trap. */
  readonly returnRip: bigint;
  /** The faulting linear address (#PF). */
  readonly address?: bigint | undefined;
  /** What of DR6 tells the conditions of a debug exception (#DB). */
  readonly debug?: bigint | undefined;
  /** Why an exception was raised; only for people. */
  readonly reason?: Reason;
  /** Length of the instruction that caused a software event. */
  readonly instructionLength?: number;
}

/** The EXT bit of error codes raised during delivery (SDM 3A 6.13). */
export function externalBit(event: InterruptEvent): number {
  return event.kind === 'software-interrupt' || event.kind === 'software-exception' ? 0 : 1;
}

export function doubleFaultClass(vector: number): DoubleFaultClass {
  return EXCEPTIONS[vector]?.doubleFaultClass ?? 'benign';
}

/** Whether a second exception during delivery of a first makes a double fault (SDM 3A table 6-5). */
export function makesDoubleFault(first: number, second: number): boolean {
  const a = doubleFaultClass(first);
  const b = doubleFaultClass(second);
  if (a === 'contributory') return b === 'contributory';
  return a === 'page fault' && (b === 'contributory' || b === 'page fault');
}

export function isException(event: InterruptEvent): boolean {
  return event.kind.endsWith('exception');
}
