import type { DataAccess } from '../debugger/run/data-breakpoints';

/** What watchpoints look for, as stop replies call it. */
const ACCESS = { watch: 'write', rwatch: 'read', awatch: 'readWrite' } as const;
type Watching = keyof typeof ACCESS;

/** What a watchpoint looks for; undefined of breakpoints. */
export const accessOf = (kind: ClientBreakpoint['kind']): DataAccess | undefined =>
  kind in ACCESS ? ACCESS[kind as Watching] : undefined;

/** A breakpoint or watchpoint of the client's, at a linear address. */
export interface ClientBreakpoint {
  readonly id: number;
  /** As stop replies call it. */
  readonly kind: 'swbreak' | 'hwbreak' | Watching;
  readonly address: bigint;
  /** Bytes, where it is a watchpoint. */
  readonly length: number;
}
