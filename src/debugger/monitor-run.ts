import * as l10n from '@vscode/l10n';
import { ENTRY_FAILURE } from '../isa/vmx/exit-reasons';
import type { Operation } from '../vmm';
import type { Breakpoints } from './breakpoints';
import { recordExit } from './record-exit';
import type { RunSettings } from './run-settings';
import { stopped, type RunResult } from './stop';
import type { Target } from './target';

/** The ways in which a guest ends that are no failure. */
const CLEAN: ReadonlySet<string> = new Set([
  'halted',
  'exit hypercall',
  'power-off',
  'exit device',
]);
/** What the monitor may stop the guest for without a word before. */
const EXPECTED: ReadonlySet<string> = new Set([...CLEAN, 'idle', 'triple fault']);
/** Exit codes of a session whose guest gave none itself. */
const EXIT_CODE = { CLEAN: 0, FAILED: 1, TRIPLE_FAULT: 4 } as const;

/** The monitor's side of a VM exit: its operations one by one, or all of them to the VM entry. */
export class MonitorRun {
  /** Set for good when the guest has ended. */
  ended: RunResult | undefined;

  constructor(
    private readonly target: Target,
    private readonly breakpoints: Breakpoints,
    private readonly settings: RunSettings,
    private readonly outcome: {
      readonly exitCode: number | undefined;
      readonly poweredOff: boolean;
    },
  ) {}

  /** Performs one operation; the last of them enters the guest. */
  step(): RunResult {
    this.target.monitor?.step();
    const result = this.after();
    if (result === 'idle' || result === undefined)
      return this.atBreakpoint() ?? stopped({ kind: 'step' });
    return result;
  }

  /**
   * Performs the next operation on the way to the VM entry.
   *
   * @param pass whether a breakpoint at it is passed over
   * @returns a result that ends the run, 'idle' when the guest waits, undefined to go on
   */
  advance(pass: boolean): RunResult | 'idle' | undefined {
    const hit = this.givesUp() ?? (pass ? undefined : this.atBreakpoint());
    if (hit) return hit;
    this.target.monitor?.step();
    return this.after();
  }

  private reported: Operation | undefined;

  /** The monitor is about to end the guest for a bad reason: the user sees it while all is still there. */
  private givesUp(): RunResult | undefined {
    const next = this.target.monitor?.activity?.next;
    if (next?.name !== 'stop' || next === this.reported || EXPECTED.has(next.operands))
      return undefined;
    if (this.reasonHasBit31()) return undefined; // reported as a failed entry
    this.reported = next;
    return stopped({ kind: 'guest-failure', message: next.operands });
  }

  private reasonHasBit31(): boolean {
    return ((this.target.trace.last?.reason ?? 0) & ENTRY_FAILURE) !== 0;
  }

  private atBreakpoint(): RunResult | undefined {
    const site = this.target.monitor?.activity?.next.site;
    if (!site || !this.breakpoints.hasMonitorBreakpoints) return undefined;
    const ids = this.breakpoints.hitAtLine(site.file, site.line);
    return ids.length > 0 ? stopped({ kind: 'breakpoint', ids }) : undefined;
  }

  /** What the operation just performed means for the run. */
  private after(): RunResult | 'idle' | undefined {
    const { monitor } = this.target;
    if (!monitor) return undefined;
    if (!monitor.activity) recordExit.complete(this.target);
    const last = monitor.performedOperations.at(-1);
    const refused = last !== undefined && last.result !== 0n && isEntry(last.operation.name);
    if (refused && this.settings.stopAtEntryFailure) {
      const message = l10n.t(
        '{0}: VM-instruction error {1}',
        last.operation.name,
        String(last.result),
      );
      return stopped({ kind: 'entry-failure', message });
    }
    const { end } = monitor.host;
    if (!end) return this.guestEnd();
    monitor.host.end = undefined;
    if (end.why === 'idle') return 'idle';
    recordExit.complete(this.target);
    return this.end(end.why);
  }

  /** The guest's own wish to end, told by a device. */
  guestEnd(): RunResult | undefined {
    if (this.outcome.exitCode !== undefined) return this.end('exit device');
    return this.outcome.poweredOff ? this.end('power-off') : undefined;
  }

  end(why: string): RunResult {
    const byReason = CLEAN.has(why)
      ? EXIT_CODE.CLEAN
      : why === 'triple fault'
        ? EXIT_CODE.TRIPLE_FAULT
        : EXIT_CODE.FAILED;
    this.ended = { kind: 'ended', exitCode: this.outcome.exitCode ?? byReason, why };
    return this.ended;
  }
}

function isEntry(name: string): boolean {
  return name === 'VMLAUNCH' || name === 'VMRESUME';
}
