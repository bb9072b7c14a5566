import { exitStatus, type End, type MachineRun, type Stop } from '../../session';
import type { GuestFailure, Operation } from '../../vmm';
import type { Breakpoints } from './breakpoints';
import type { RunEnvironment } from './run-control';
import type { RunSettings } from './run-settings';
import { stopped, type RunResult } from './stop';
import type { Present, Target } from '../target';

/** The monitor's side of a VM exit: its operations one by one, or all of them to the VM entry. */
export class MonitorRun {
  /** Set for good when the guest has ended. */
  ended: RunResult | undefined;

  constructor(
    private readonly subject: Present,
    private readonly run: MachineRun,
    private readonly breakpoints: Breakpoints,
    private readonly settings: RunSettings,
    private readonly environment: Pick<RunEnvironment, 'asleep' | 'guestEnded'>,
  ) {}

  private get target(): Target {
    return this.subject.target;
  }

  /** Performs one operation; the last of them enters the guest. */
  step(): RunResult {
    const result = this.operate();
    if (result === 'waiting' || result === undefined)
      return this.atBreakpoint() ?? stopped({ kind: 'step' });
    return result;
  }

  /**
   * Performs the next operation on the way to the VM entry.
   *
   * @param pass whether a breakpoint at it is passed over
   * @returns a result that ends the run, 'waiting' when the guest waits, undefined to go on
   */
  advance(pass: boolean): RunResult | 'waiting' | undefined {
    const hit = this.givesUp() ?? (pass ? undefined : this.atBreakpoint());
    return hit ?? this.operate();
  }

  private operate(): RunResult | 'waiting' | undefined {
    this.breakpoints.prepare();
    const result = this.after(this.run.operate());
    const ids = this.breakpoints.takeChanges();
    if (ids.length === 0 || typeof result === 'object') return result;
    return stopped({ kind: 'data-breakpoint', ids });
  }

  private reported: Operation | undefined;

  /** The machine is elsewhere: in a past in which it has not ended. */
  forget(): void {
    this.ended = undefined;
    this.reported = undefined;
  }

  /**
   * The machine is about to go elsewhere and to come back: its operations are made anew, and what was told of the present
   * one stays told.
   *
   * @returns to be called when it is back
   */
  leave(): () => void {
    const isTold = this.reported !== undefined && this.reported === this.next;
    return () => {
      if (isTold) this.reported = this.next;
    };
  }

  private get next(): Operation | undefined {
    return this.target.monitor?.activity?.next;
  }

  /** The monitor is about to end the guest for a bad reason: the user sees it while all is still there. */
  private givesUp(): RunResult | undefined {
    const { next } = this;
    if (next?.end?.kind !== 'failure' || next === this.reported) return undefined;
    const { failure } = next.end;
    if (failure.kind === 'entry-failed') return undefined; // reported when it failed
    this.reported = next;
    return stopped({ kind: 'guest-failure', failure });
  }

  private atBreakpoint(): RunResult | undefined {
    const site = this.target.monitor?.activity?.next.site;
    if (!site || !this.breakpoints.hasMonitorBreakpoints) return undefined;
    const ids = this.breakpoints.hitAtLine(site.file, site.line);
    return ids.length > 0 ? stopped({ kind: 'breakpoint', ids }) : undefined;
  }

  /** What the operation just performed means for the run. */
  private after(stop: Stop | undefined): RunResult | 'waiting' | undefined {
    if (stop?.kind === 'end' && stop.end.kind === 'asleep') {
      this.environment.asleep?.(stop.end.wakeUps);
      return 'waiting';
    }
    if (stop?.kind === 'guest-ended') {
      this.target.transitions.complete();
      this.environment.guestEnded?.(stop.guest, stop.end);
      return undefined;
    }
    if (stop?.kind === 'end') this.target.transitions.complete();
    if (stop?.kind === 'raised') return this.raised();
    if (stop?.kind === 'not-implemented') {
      return stopped({ ...stop, address: this.target.linearRip });
    }
    const failure = this.refusedEntry();
    if (failure && this.settings.stopAtEntryFailure)
      return stopped({ kind: 'entry-failure', failure });
    if (stop?.kind === 'end') return this.end(stop.end);
    return stop?.kind === 'waiting' ? 'waiting' : undefined;
  }

  /** An instruction that was to be done in software is about to raise an event. */
  private raised(): RunResult | undefined {
    const { raised } = this.target.events;
    return raised && stopped({ kind: 'raised', event: raised });
  }

  /** The VM entry that the last operation tried, when it was refused. */
  private refusedEntry(): GuestFailure | undefined {
    const last = this.target.monitor?.activity?.last;
    if (last?.kind !== 'entry' || !last.result) return undefined;
    const instruction = last.name === 'VMLAUNCH' ? 'VMLAUNCH' : 'VMRESUME';
    return { kind: 'entry-refused', instruction, error: Number(last.result) };
  }

  end(end: End): RunResult {
    return (this.ended = { kind: 'ended', end, exitCode: exitStatus(end) });
  }
}
