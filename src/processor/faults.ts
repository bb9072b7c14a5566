import { Vector } from '../isa/exceptions';

/** What a slow path throws to leave an instruction that did not complete. */

/** An exception of the fault class; RIP stays at the instruction (SDM 3A 6.5). */
export class Fault {
  constructor(
    readonly vector: number,
    readonly errorCode: number | undefined = undefined,
    /** The faulting linear address, of #PF. */
    readonly address: bigint | undefined = undefined,
  ) {}
}

export const generalProtection = (errorCode = 0): Fault => new Fault(Vector.GP, errorCode);
export const stackFault = (errorCode = 0): Fault => new Fault(Vector.SS, errorCode);
export const notPresent = (errorCode: number): Fault => new Fault(Vector.NP, errorCode);
export const invalidTss = (errorCode: number): Fault => new Fault(Vector.TS, errorCode);
export const undefinedOpcode = (): Fault => new Fault(Vector.UD);

/** The processor has left the instruction for another world: a VM exit has been done. */
export class WorldSwitch {
  constructor(readonly reason: string) {}
}

/** The simulator cannot do what the code asks for. The debugger stops and says so. */
export class NotImplemented {
  constructor(
    /** What is missing, as a reader of the manual would name it. */
    readonly what: string,
  ) {}
}

/** A third fault while delivering a double fault: the processor shuts down (SDM 3A 6.15, #DF). */
export class TripleFault {
  constructor(readonly chain: readonly Fault[]) {}
}
