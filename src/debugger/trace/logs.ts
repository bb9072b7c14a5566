import type { Persistent } from '../../processor/persistent';
import type { Target } from '../target';
import type { EventLogState } from './event-log';
import type { ExitTraceState } from './exit-trace';
import type { TransitionLogState } from './transitions';

/** What a debugger remembers of one guest's run. */
interface TargetLogs {
  readonly trace: ExitTraceState;
  readonly events: EventLogState;
  readonly transitions: TransitionLogState;
}

/** What a debugger remembers of a run, so that in the past he knows what he knew then. */
export class Logs implements Persistent<readonly TargetLogs[]> {
  constructor(private readonly targets: readonly Target[]) {}

  save(): readonly TargetLogs[] {
    return this.targets.map(({ trace, events, transitions }) => ({
      trace: trace.save(),
      events: events.save(),
      transitions: transitions.save(),
    }));
  }

  restore(logs: readonly TargetLogs[]): void {
    this.targets.forEach(({ trace, events, transitions }, n) => {
      const saved = logs[n];
      if (!saved) return;
      trace.restore(saved.trace);
      events.restore(saved.events);
      transitions.restore(saved.transitions);
    });
  }
}
