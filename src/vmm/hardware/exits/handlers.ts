import type { Handler } from '../../operation';
import type { Turns } from '../../schedule/turns';

/** What answers an exit. */
export interface ExitHandler<Vcpu> {
  /** The name of its function in the source: it is shown, and bundling keeps no names of functions. */
  readonly name: string;
  readonly handle: (vcpu: Vcpu, turns: Turns) => Handler;
}

/** The rows of a table from exit reasons to handlers: `{ handleHlt }` tells function and name at once. */
export function answer<Vcpu>(
  reasons: number | readonly number[],
  named: Readonly<Record<string, ExitHandler<Vcpu>['handle']>>,
): [number, ExitHandler<Vcpu>][] {
  return Object.entries(named).flatMap(([name, handle]) =>
    [reasons].flat().map((reason): [number, ExitHandler<Vcpu>] => [reason, { name, handle }]),
  );
}
