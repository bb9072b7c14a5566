import type { Fault } from '../../processor/faults';
import type { DeliveredEvent, RaisedEvent } from '../trace/event-log';
import type { End } from '../../session';
import type { GuestFailure } from '../../vmm';

/** Why the debuggee has stopped. */
export type StopReason =
  | { readonly kind: 'entry' }
  | { readonly kind: 'step' }
  | { readonly kind: 'pause' }
  /** There is nothing before this moment. */
  | { readonly kind: 'beginning' }
  /** Behind the step that has changed something that somebody has asked for. */
  | { readonly kind: 'next-writer' }
  /** At the instruction that has stored something where somebody asked for it. */
  | { readonly kind: 'writer' }
  /** Nothing that is known has stored anything there: the program stands where it did. */
  | { readonly kind: 'no-writer' }
  /** What was to be found at some moment was so at none: the program stands where it did. */
  | { readonly kind: 'no-moment' }
  /** A moment that somebody wanted to go to. */
  | { readonly kind: 'arrived' }
  /** Where somebody stood who has saved a recording. */
  | { readonly kind: 'recorded' }
  /** The machine has not come where its recording leads: it is none of this machine. */
  | { readonly kind: 'astray' }
  | { readonly kind: 'goto' }
  /** Where the same guest stands in another way. */
  | { readonly kind: 'same-place' }
  | { readonly kind: 'breakpoint'; readonly ids: readonly number[] }
  /** The step before this moment has changed something there, or has read it. */
  | { readonly kind: 'data-breakpoint'; readonly ids: readonly number[] }
  /** A VM exit that an exception filter asks to stop at. */
  | { readonly kind: 'vm-exit'; readonly reason: number }
  /** An instruction raises an exception, or an interrupt through an empty vector; it has not been delivered. */
  | { readonly kind: 'raised'; readonly event: RaisedEvent }
  /** An exception that no instruction raised was delivered; its handler has not begun. */
  | { readonly kind: 'guest-exception'; readonly event: DeliveredEvent }
  /** The monitor gives the guest up, for a reason that no program ends by on purpose. */
  | { readonly kind: 'guest-failure'; readonly failure: GuestFailure }
  /** A VM entry failed; the checks stand in the VMX unit. */
  | { readonly kind: 'entry-failure'; readonly failure: GuestFailure }
  /** A third fault, in the guest (by a VM exit) or in whoever has the processor now. */
  | {
      readonly kind: 'triple-fault';
      readonly chain: readonly Fault[];
      readonly inGuest: boolean;
    }
  /** A VM exit could not be done. */
  | { readonly kind: 'vmx-abort'; readonly indicator: number }
  | { readonly kind: 'not-implemented'; readonly what: string; readonly address: bigint }
  /** The simulator itself failed: never the guest's fault. */
  | { readonly kind: 'internal-error'; readonly message: string };

/** How a run ends: stopped, or over. */
export type RunResult =
  | { readonly kind: 'stopped'; readonly reason: StopReason }
  | { readonly kind: 'ended'; readonly exitCode: number; readonly end: End };

export function stopped(reason: StopReason): RunResult {
  return { kind: 'stopped', reason };
}

/** @param id of the data breakpoint; undefined: of any */
export const isStore = (result: RunResult, id?: number): boolean =>
  result.kind === 'stopped' &&
  result.reason.kind === 'data-breakpoint' &&
  (id === undefined || result.reason.ids.includes(id));

/** Whether a step went as asked, with nothing on the way. */
export function isStep(result: RunResult): boolean {
  return result.kind === 'stopped' && result.reason.kind === 'step';
}
