import {
  isEarlier,
  type MachineRun,
  type Moment,
  type Recorder,
  type Stop,
} from '../../../session';
import type { Present } from '../../target';
import type { Breakpoints } from '../breakpoints';

/** What may be looked for: the processors stop there, and whoever looks decides. */
export interface Sought {
  /** Linear addresses of instructions that are about to be executed. */
  readonly instructions?: readonly bigint[];
  /** Events that have just been delivered. */
  readonly deliveries?: boolean;
}

/** Looks for a moment at full speed, in the stretches between checkpoints, the latest first. */
export class Search {
  /**
   * @param breathe lets others have their turn; true: somebody wants this to end
   */
  constructor(
    private readonly subject: Present,
    private readonly recorder: Recorder,
    private readonly run: MachineRun,
    private readonly breakpoints: Breakpoints,
    private readonly breathe: () => Promise<boolean>,
  ) {}

  /** The last moment before `end` of those that are sought at which something holds. The machine is left anywhere. */
  async last(end: Moment, sought: Sought, holds: () => boolean): Promise<Moment | undefined> {
    const { instructions = [], deliveries = false } = sought;
    this.breakpoints.lend(new Set(instructions.map((address) => Number(address & 0xfffn))));
    this.stopAtDeliveries(deliveries);
    try {
      return await this.backwards(end, (bound) =>
        Promise.resolve(this.lastIn(bound, deliveries, holds)),
      );
    } finally {
      this.breakpoints.lend(undefined);
      this.stopAtDeliveries(false);
    }
  }

  private stopAtDeliveries(on: boolean): void {
    for (const processor of this.subject.machine.processors) processor.stopsAtDelivery = on;
  }

  /**
   * Asks for one stretch after the other, the latest first, until there is an answer.
   *
   * @param lookIn lets the machine go on from where it stands up to a moment
   * @returns undefined where none has an answer, or somebody wants this to end
   */
  async backwards<T>(
    end: Moment,
    lookIn: (bound: Moment) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { recorder } = this;
    for (let bound = end; ;) {
      const from = recorder.goToCheckpointBefore(bound);
      if (!from) return undefined;
      const found = await recorder.within(bound, () => lookIn(bound));
      if (found !== undefined) return found;
      bound = from;
      if (await this.breathe()) return undefined;
    }
  }

  private lastIn(bound: Moment, deliveries: boolean, holds: () => boolean): Moment | undefined {
    const { recorder, run, subject } = this;
    let found: Moment | undefined;
    let past = false;
    while (isEarlier(recorder.now, bound)) {
      const { now } = recorder;
      const { events } = subject.target;
      const { count } = events;
      const stop: Stop | undefined = run.inMonitor
        ? run.operate()
        : run.execute(Number.MAX_SAFE_INTEGER, past);
      past = stop?.kind === 'breakpoint';
      const isSought = past || (deliveries && events.count !== count);
      if (isSought && isEarlier(recorder.now, bound) && holds()) found = recorder.now;
      if (!isSought && !isEarlier(now, recorder.now)) break;
    }
    return found;
  }
}
