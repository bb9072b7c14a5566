import type { Persistent } from '../../processor/persistent';
import type { MonitorTallyState } from '../../vmm';
import type { Target } from '../target';
import type { Chronicle, ChronicleState } from './chronicle/chronicle';
import type { EventLogState } from './event-log';
import type { ExitTraceState } from './exit-trace';
import type { TransitionLogState } from './transitions';

/** What a debugger remembers of one guest's run. */
interface TargetLogs {
  readonly trace: ExitTraceState;
  readonly events: EventLogState;
  readonly transitions: TransitionLogState;
  /** What its monitor has done. */
  readonly tally: MonitorTallyState | undefined;
}

interface LogsState {
  readonly targets: readonly TargetLogs[];
  readonly chronicle: ChronicleState;
}

/** What a debugger remembers of a run, so that in the past he knows what he knew then. */
export class Logs implements Persistent<LogsState> {
  constructor(
    private readonly targets: readonly Target[],
    private readonly chronicle: Chronicle,
  ) {}

  save(): LogsState {
    const targets = this.targets.map(({ trace, events, transitions, vm }) => ({
      trace: trace.save(),
      events: events.save(),
      transitions: transitions.save(),
      tally: vm?.host.tally.save(),
    }));
    return { targets, chronicle: this.chronicle.save() };
  }

  restore({ targets, chronicle }: LogsState): void {
    this.targets.forEach(({ trace, events, transitions, vm }, n) => {
      const saved = targets[n];
      if (!saved) return;
      trace.restore(saved.trace);
      events.restore(saved.events);
      transitions.restore(saved.transitions);
      if (saved.tally) vm?.host.tally.restore(saved.tally);
    });
    this.chronicle.restore(chronicle);
  }
}
