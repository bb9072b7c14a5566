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
  /** VMCS field encodings that it reads or writes. */
  readonly fields: readonly number[];
  /** Modelled cost in processor cycles. */
  readonly cycles: number;
  /** Does it. The result is what the yield expression gives; 0 where there is none. */
  perform(host: Host): bigint;
  /** Where in the monitor's source it stands, filled in by the build. */
  site?: Site | undefined;
  /** Where the handlers that delegated to it stand, innermost first; by the build, too. */
  callers?: readonly Site[] | undefined;
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
  /** Relative to the source folder: 'vmm/vtx/exits/cpuid.ts'. */
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
  operation.callers = NO_CALLERS;
  return operation;
}

const NO_CALLERS: readonly Site[] = [];

/** Notes the calls through which operations come. The build puts one around each handler that is delegated to. */
export function within<Result>(site: Site, callee: Handler<Result>): Handler<Result> {
  return new DelegatedHandler(site, callee);
}

/** Hands on what a handler yields, and tells each operation through which call it came. */
class DelegatedHandler<Result> implements Generator<Operation, Result, bigint> {
  /** The callers of the last operation, and the same with this call: mostly those of the next, too. */
  private inner: readonly Site[] | undefined;
  private outer: readonly Site[] | undefined;

  constructor(
    private readonly site: Site,
    private readonly callee: Handler<Result>,
  ) {}

  /** @param result of the last operation; before the first one it is ignored */
  next(result = 0n): IteratorResult<Operation, Result> {
    return this.noted(this.callee.next(result));
  }

  return(value: Result): IteratorResult<Operation, Result> {
    return this.noted(this.callee.return(value));
  }

  throw(error: unknown): IteratorResult<Operation, Result> {
    return this.noted(this.callee.throw(error));
  }

  [Symbol.iterator](): this {
    return this;
  }

  private noted(step: IteratorResult<Operation, Result>): IteratorResult<Operation, Result> {
    if (step.done) return step;
    const { callers } = step.value;
    if (callers && callers !== this.inner) {
      this.inner = callers;
      this.outer = [...callers, this.site];
    }
    step.value.callers = callers && this.outer;
    return step;
  }
}
