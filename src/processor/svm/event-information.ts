import { Vector } from '../../isa/exceptions';
import { Event, EventType } from '../../isa/svm/intercepts';
import type { EventKind, InterruptEvent } from '../events/event';

/** Between events and the fields EVENTINJ and EXITINTINFO (APM 2 15.7.2, 15.20). */

const TYPES: Readonly<Record<EventKind, number>> = {
  'external-interrupt': EventType.INTR,
  NMI: EventType.NMI,
  'hardware-exception': EventType.EXCEPTION,
  'software-interrupt': EventType.SOFTWARE,
  'privileged-software-exception': EventType.EXCEPTION,
  'software-exception': EventType.EXCEPTION,
};

const KINDS: Readonly<Record<number, EventKind>> = {
  [EventType.INTR]: 'external-interrupt',
  [EventType.NMI]: 'NMI',
  [EventType.EXCEPTION]: 'hardware-exception',
  [EventType.SOFTWARE]: 'software-interrupt',
};

/** EXITINTINFO of an event whose delivery was under way, bits 31:0. */
export function eventInformation({ kind, vector, errorCode }: InterruptEvent): number {
  const error = errorCode === undefined ? 0 : Event.EV;
  return (vector | (TYPES[kind] << Event.TYPE_SHIFT) | error | Event.V) >>> 0;
}

/** What INT3 and INTO raise is injected as an exception, and delivered as they would. */
const raisedByInstruction = (vector: number): boolean =>
  vector === Vector.BP || vector === Vector.OF;

/**
 * The event that a valid EVENTINJ asks for.
 *
 * @param rip of the guest
 * @param nextRip what the VMCB has as NRIP: where events that instructions raise return to
 */
export function injectedEvent(
  information: number,
  errorCode: number,
  rip: bigint,
  nextRip: bigint,
): InterruptEvent {
  const type = (information & Event.TYPE) >> Event.TYPE_SHIFT;
  const exception = type === EventType.EXCEPTION;
  const vector = type === EventType.NMI ? Vector.NMI : information & Event.VECTOR;
  const trap = exception && raisedByInstruction(vector);
  return {
    kind: trap ? 'software-exception' : (KINDS[type] ?? 'external-interrupt'),
    vector,
    errorCode: information & Event.EV && exception ? errorCode : undefined,
    returnRip: trap || type === EventType.SOFTWARE ? nextRip : rip,
  };
}
