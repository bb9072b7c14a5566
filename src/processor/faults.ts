import { Vector } from '../isa/exceptions';
import type { InterruptEvent } from './events/event';
import type { Reason } from './reasons/reason';

/** What a slow path throws to leave an instruction that did not complete. */

/** An exception of the fault class; RIP stays at the instruction (SDM 3A 6.5). */
export class Fault {
  constructor(
    readonly vector: number,
    readonly reason: Reason,
    readonly errorCode: number | undefined = undefined,
    /** The faulting linear address, of #PF. */
    readonly address: bigint | undefined = undefined,
    /** The conditions of a #DB, as DR6 will tell them. */
    readonly debug: bigint | undefined = undefined,
  ) {}

  /** It belongs to what the instruction has led to, not to the instruction, which cannot be undone. */
  late = false;

  /** What else the processor does once, when the exception is on its way and no more held. */
  onRaise: (() => void) | undefined;

  /** The same fault, for a reason that tells more. */
  because(reason: Reason): Fault {
    return new Fault(this.vector, reason, this.errorCode, this.address, this.debug);
  }
}

/** What makes a fault with a selector or nothing as its error code. */
export type FaultMaker = (reason: Reason, errorCode: number) => Fault;

export const generalProtection = (reason: Reason, errorCode = 0): Fault =>
  new Fault(Vector.GP, reason, errorCode);
export const stackFault = (reason: Reason, errorCode = 0): Fault =>
  new Fault(Vector.SS, reason, errorCode);
export const notPresent = (reason: Reason, errorCode: number): Fault =>
  new Fault(Vector.NP, reason, errorCode);
export const invalidTss = (reason: Reason, errorCode: number): Fault =>
  new Fault(Vector.TS, reason, errorCode);
export const undefinedOpcode = (reason: Reason): Fault => new Fault(Vector.UD, reason);

/** The processor has left the instruction for another world: a VM exit has been done. */
export class WorldSwitch {
  constructor(readonly reason: string) {}
}

/** A VM exit could not be done: the processor shuts down (SDM 3C 28.7). */
export class VmxAborted {
  constructor(
    /** As it stands in the VMCS region. */
    readonly indicator: number,
  ) {}
}

/** The simulator cannot do what the code asks for. The debugger stops and says so. */
export class NotImplemented {
  constructor(
    /** What is missing, as a reader of the manual would name it. */
    readonly what: string,
  ) {}
}

/** An instruction stays undone: somebody wants to look before its event is delivered. */
export class Held {
  constructor(readonly event: InterruptEvent) {}
}

/** A third fault while delivering a double fault: the processor shuts down (SDM 3A 6.15, #DF). */
export class TripleFault {
  constructor(readonly chain: readonly Fault[]) {}
}
