import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Breakpoint, Watchpoint } from '../../debugger/run/breakpoints';
import type { SessionContext } from '../context';
import { resolveBreakpoint, type Wanted } from './resolve-breakpoint';

/** Breakpoints of one origin, as the client wants them. */
interface Group {
  readonly wanted: readonly { readonly id: number; readonly wish: Wanted }[];
}

type Reason = 'breakpoint' | 'function breakpoint' | 'instruction breakpoint' | 'data breakpoint';

/**
 * All breakpoints that the client has set, kept over restarts. They are placed when there is a program,
 * and the client is told when that changes something.
 */
export class BreakpointStore {
  private readonly groups = new Map<string, Group>();
  private readonly ids = new Map<string, number>();
  private readonly answers = new Map<number, DebugProtocol.Breakpoint>();
  private readonly reasons = new Map<number, Reason>();
  private next = 1;

  constructor(private readonly context: SessionContext) {}

  /** Replaces the breakpoints of one origin. The same wish keeps its number. */
  set(group: string, reason: Reason, wishes: readonly Wanted[]): DebugProtocol.Breakpoint[] {
    const same = new Map<string, number>();
    const wanted = wishes.map((wish) => {
      const before = same.get(wish.key) ?? 0;
      same.set(wish.key, before + 1);
      const key = `${group}|${wish.key}|${String(before)}`;
      const id = this.ids.get(key) ?? this.next++;
      this.ids.set(key, id);
      this.reasons.set(id, reason);
      return { id, wish };
    });
    this.groups.set(group, { wanted });
    return this.resolve(group);
  }

  /** Places everything in a new debuggee; tells what has changed since the client was answered. */
  resolveAll(): void {
    for (const group of this.groups.keys()) {
      const before = this.groups
        .get(group)
        ?.wanted.map(({ id }) => JSON.stringify(this.answers.get(id)));
      this.resolve(group).forEach((breakpoint, n) => {
        if (JSON.stringify(breakpoint) === before?.[n]) return;
        this.context.send('breakpoint', { reason: 'changed', breakpoint });
      });
    }
  }

  private resolve(group: string): DebugProtocol.Breakpoint[] {
    const placed: Breakpoint[] = [];
    const watched: Watchpoint[] = [];
    const answers = (this.groups.get(group)?.wanted ?? []).map(({ id, wish }) => {
      const { breakpoint, watchpoint, answer } = resolveBreakpoint(this.context, id, wish);
      if (breakpoint) placed.push(breakpoint);
      if (watchpoint) watched.push(watchpoint);
      this.answers.set(id, answer);
      return answer;
    });
    const breakpoints = this.context.debuggeeIfAny?.breakpoints;
    breakpoints?.replace(group, placed);
    breakpoints?.watch(group, watched);
    return answers;
  }

  /** The reason to report for a stop at these breakpoints. */
  reasonFor(ids: readonly number[]): Reason {
    return this.reasons.get(ids[0] ?? 0) ?? 'breakpoint';
  }

  /** Where a breakpoint stands, for the output of a log point. */
  placeOf(id: number): { source?: DebugProtocol.Source; line?: number } {
    const { source, line } = this.answers.get(id) ?? {};
    return { ...(source && { source }), ...(line !== undefined && { line }) };
  }
}
