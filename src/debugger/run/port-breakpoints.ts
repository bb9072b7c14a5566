import type { Present } from '../target';
import type { DataAccess } from './data-breakpoints';
import type { Reaction } from './reaction';

/** A breakpoint on I/O ports: whoever accesses them for the program stops behind that, an instruction or a monitor. */
export interface PortBreakpoint extends Omit<Reaction, 'logMessage'> {
  /** The first one, 0 to 0xffff. */
  readonly port: number;
  /** How many. */
  readonly length: number;
  /** Default: `readWrite`. */
  readonly access?: DataAccess | undefined;
  /** The number of the guest at whose devices it is. */
  readonly guest: number;
}

const NONE: readonly PortBreakpoint[] = [];

/** The breakpoints on ports of a session. */
export class PortBreakpoints {
  private readonly groups = new Map<string, readonly PortBreakpoint[]>();
  private all: readonly PortBreakpoint[] = [];
  private readonly hits = new Set<PortBreakpoint>();
  /** Whether what happens now is told: the past is only done again. */
  private isArmed = false;

  constructor(private readonly subject: Present) {}

  /** Replaces the breakpoints of one origin. */
  replace(group: string, breakpoints: readonly PortBreakpoint[]): void {
    if (breakpoints.length === 0 && !this.groups.get(group)?.length) return;
    this.groups.set(group, breakpoints);
    this.all = [...this.groups.values()].flat();
    const { machine, targets } = this.subject;
    for (const { number } of targets) {
      // The processors of one computer have the same devices.
      const platform = machine.platformOf(number);
      const here = this.all.filter(({ guest }) => machine.platformOf(guest) === platform);
      platform.ports.onAccess =
        here.length === 0
          ? undefined
          : (port, width, write) => {
              this.accessed(here, port, width, write);
            };
    }
  }

  private accessed(
    here: readonly PortBreakpoint[],
    first: number,
    width: number,
    write: boolean,
  ): void {
    if (!this.isArmed) return;
    const other: DataAccess = write ? 'read' : 'write';
    for (const breakpoint of here) {
      const { port, length, access } = breakpoint;
      const isThere = access !== other && first < port + length && port < first + width;
      if (!isThere) continue;
      this.hits.add(breakpoint);
      this.subject.machine.computer.comeBack();
    }
  }

  get any(): boolean {
    return this.all.length > 0;
  }

  /** Before a step. */
  prepare(): void {
    this.isArmed = this.any;
  }

  /** Those that were hit since then. */
  take(): readonly PortBreakpoint[] {
    this.isArmed = false;
    if (this.hits.size === 0) return NONE;
    const hit = [...this.hits];
    this.hits.clear();
    return hit;
  }
}
