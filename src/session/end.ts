import type { WakeUp } from '../machine/wake-ups';
import type { GuestEnd } from '../vmm';

/** How a machine's run comes to its end. What people are told of it is made elsewhere. */
export type End =
  | GuestEnd
  /** The guest wrote to the exit device (port 0xf4). */
  | { readonly kind: 'exit-device'; readonly value: number }
  /** A VM exit could not be done, and the processor has shut down. */
  | { readonly kind: 'vmx-abort'; readonly indicator: number }
  /** HLT with interrupts enabled, and none can ever come: here is why. */
  | { readonly kind: 'asleep'; readonly wakeUps: readonly WakeUp[] }
  | { readonly kind: 'power-off' }
  | { readonly kind: 'reset' };

/** How the command line's run comes to its end: also when its limits are reached. */
export type Outcome =
  | End
  | { readonly kind: 'instruction-limit' }
  | { readonly kind: 'not-implemented'; readonly what: string; readonly address: bigint };

/** Exit statuses of a run that its guest did not choose itself. */
const STATUS = { CLEAN: 0, LIMIT: 3, SHUTDOWN: 4, CANNOT_GO_ON: 6 } as const;

/** The exit status of the command line and of a debug session: the contract of README.md. */
export function exitStatus(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'exit-device':
      return ((outcome.value << 1) | 1) & 0xff;
    case 'halted':
    case 'asleep':
    case 'hypercall':
    case 'power-off':
    case 'reset':
      return STATUS.CLEAN;
    case 'instruction-limit':
      return STATUS.LIMIT;
    case 'shutdown':
    case 'vmx-abort':
      return STATUS.SHUTDOWN;
    case 'failure':
    case 'not-implemented':
      return STATUS.CANNOT_GO_ON;
  }
}
