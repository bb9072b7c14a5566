import type { OperationCost } from './costs';
import type { GuestEnd } from './end';
import type { Host } from './host/host';

/**
 * One architectural operation of the monitor: a VMREAD, a port access, a VM entry. Handlers yield
 * operations instead of performing them, so that a debugger can stop between any two.
 */
export interface Operation {
  readonly kind: OperationKind;
  /** The manual's name of the instruction, or the verb of a software step. */
  readonly name: string;
  /** The operands, as they would be written in assembly: 'VM_EXIT_REASON'. Made when asked for. */
  readonly operands: string;
  /** What it ends the guest with, where `kind` is 'end'. */
  readonly end?: GuestEnd | undefined;
  /** The fields that it reads or writes: their encodings in a VMCS, or offsets in a VMCB. */
  readonly fields: readonly number[];
  /** Modelled cost in processor cycles. */
  readonly cycles: number;
  /** What it is to the cost model. */
  readonly cost: OperationCost;
  /** Does it. The result is what the yield expression gives; 0 where there is none. */
  perform(host: Host): bigint;
  /** What it has given, once it is done. */
  result?: bigint | undefined;
  /** Where in the monitor's source it stands, filled in by the build. */
  site?: Site | undefined;
}

/** What an operation is to whoever runs the monitor. */
export type OperationKind =
  | 'plain'
  /** Enters the guest; its result is not 0 when it failed. */
  | 'entry'
  /** Ends the guest. */
  | 'end'
  /** Lets the guest wait for something from outside. */
  | 'wait';

/** A place in the monitor's source. */
export interface Site {
  /** Relative to the source folder: 'vmm/hardware/exits/cpuid.ts'. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The function that the operation belongs to. */
  readonly function: string;
}

/** What handlers are: sequences of operations, each answered with its result. */
export type Handler<Result = void> = Generator<Operation, Result, bigint>;

/** Notes where an operation stands. The build puts a call of this around each yielded operation. */
export function at(site: Site, operation: Operation): Operation {
  operation.site = site;
  return operation;
}

/**
 * A handler that another one calls. The build makes `yield within(site, handler())` of
 * `yield* handler()`: whoever runs the handlers (`HandlerStack`) begins the callee, and answers with
 * its result. So an operation need not pass through all the callers of its handler, and it is known
 * where they stand.
 */
export interface Delegation {
  readonly site: Site;
  readonly callee: Handler<unknown>;
}

/** Notes the call through which a handler is delegated to. */
export function within(site: Site, callee: Handler<unknown>): Delegation {
  return { site, callee };
}
