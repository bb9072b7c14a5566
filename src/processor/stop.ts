import type { InterruptEvent } from './events/event';
import type { Reason } from './reasons/reason';
import { Held, NotImplemented, TripleFault, VmxAborted, WorldSwitch, type Fault } from './faults';

/** Why the processor came back. */
export type ProcessorStop =
  /** The instructions asked for have been executed. */
  | { readonly kind: 'budget' }
  /** HLT, and no interrupt is requested yet. */
  | { readonly kind: 'halt' }
  /** The next instruction lies in the gate page. */
  | { readonly kind: 'gate'; readonly gate: number }
  /** A breakpoint may stand here; nothing of the instruction has been done. */
  | { readonly kind: 'breakpoint' }
  /** An instruction that somebody watches comes next (`CodeCache.watch`); nothing of it has been done. */
  | { readonly kind: 'watched' }
  /** A third fault: RIP is at the instruction that caused the first. */
  | { readonly kind: 'triple-fault'; readonly chain: readonly Fault[] }
  /** A VM exit could not be done; the indicator stands in the VMCS region (SDM 3C 28.7). */
  | { readonly kind: 'vmx-abort'; readonly indicator: number }
  /** A device asked for it: power-off, reset, the exit device. */
  | { readonly kind: 'requested' }
  | { readonly kind: 'not-implemented'; readonly what: string }
  /** An exception or a software interrupt is about to go to its handler, and the observer asked to be told. */
  | { readonly kind: 'raised' }
  /** An event has just been delivered, and `stopsAtDelivery` asks to be told before its handler runs. */
  | { readonly kind: 'delivered' };

/**
 * The stop that follows from what an instruction, or the delivery of an event, was left by.
 *
 * @returns undefined when execution goes on, elsewhere
 * @throws what it does not know: a failure of the simulator
 */
export function stopAfter(thrown: unknown): ProcessorStop | undefined {
  if (thrown instanceof WorldSwitch || thrown instanceof Held) return undefined;
  if (thrown instanceof TripleFault) return { kind: 'triple-fault', chain: thrown.chain };
  if (thrown instanceof VmxAborted) return { kind: 'vmx-abort', indicator: thrown.indicator };
  if (thrown instanceof NotImplemented) return { kind: 'not-implemented', what: thrown.what };
  throw thrown;
}

/** What happened on the way, for whoever watches: transitions that a debugger may stop at. */
export interface ProcessorObserver {
  /**
   * The present instruction is about to leave for a handler; it has done nothing yet. True holds it: the
   * processor comes back, and does the instruction again when it is run again.
   *
   * @param emptyVector in real-address mode, the vector is 0000:0000, and the event is to go through it
   */
  raising?(event: InterruptEvent, emptyVector: boolean): boolean;
  /** An event has been delivered through an IDT. `from` is where it came from. */
  delivered?(event: {
    readonly vector: number;
    readonly kind: string;
    readonly from: bigint;
    readonly errorCode: number | undefined;
    /** The faulting linear address (#PF). */
    readonly address: bigint | undefined;
    /** Why, of an exception that the processor raised. */
    readonly reason?: Reason | undefined;
  }): void;
  /** A VM entry has succeeded: the guest's state is loaded; an event to inject is not delivered yet. */
  entered?(): void;
  /**
   * A VM entry has failed; the guest has executed nothing. Early, the instruction tells by its flags and
   * an error number, if there is a VMCS for one; late, there is a VM exit (SDM 3C 27.1, 27.8), as there
   * always is after VMRUN (VMEXIT_INVALID, APM 2 15.5.1).
   */
  entryFailed?(failure: {
    readonly instruction: 'VMLAUNCH' | 'VMRESUME' | 'VMRUN';
    readonly early: boolean;
    readonly error: number | undefined;
  }): void;
  /** VMWRITE has written a field of the VMCS at a host-physical address; RIP is still at the instruction. */
  fieldWritten?(vmcs: number, encoding: number, value: bigint | number): void;
  /** WRMSR has left EFER.SVME set: there may be a VMRUN from now on. */
  svmEnabled?(): void;
  /** VMLOAD has taken, or VMSAVE has put, the hidden state of the VMCB at a host-physical address. */
  hiddenMoved?(instruction: 'VMLOAD' | 'VMSAVE', vmcb: number): void;
  /** A VM exit: the guest is saved and its exit recorded, but registers and paging are still its own. */
  exiting?(): void;
  /** How code runs may be another now: mode, privilege, guest mode. It is told often, also where nothing has changed. */
  modeSet?(): void;
}
