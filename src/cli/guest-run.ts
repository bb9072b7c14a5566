import {
  applyInput,
  HoleCounts,
  MachineRun,
  Pace,
  Recorder,
  type Input,
  type Machine,
  type Outcome,
} from '../session';
import type { RefusalKind } from '../vmm';

/** How long the guest runs between two looks at stdin, in milliseconds. */
const TURN = 20;

/** Nobody goes back before the end: a recorder keeps what comes from outside, and no checkpoints. */
const ONLY_INPUT = { memory: 0, spacing: Infinity };

/**
 * Runs a guest to its end, its first serial port on stdin and stdout. At a person's terminal it sleeps as long as on
 * a machine of its own; for other programs all goes as fast as it can.
 */
export class GuestRun {
  readonly holes = new HoleCounts();
  /** What the monitor has refused, and how often. */
  readonly refused = new Map<RefusalKind, number>();
  /** Undefined where the run is not recorded. */
  readonly recorder: Recorder | undefined;
  private readonly run: MachineRun;
  private wake: () => void = () => undefined;
  private inputEnded = false;
  private readonly pace: Pace | undefined;

  constructor(
    private readonly machine: Machine,
    /** In units of `Processor.work`. */
    private readonly limit: number,
    recorded = false,
  ) {
    this.run = new MachineRun(machine);
    this.recorder = recorded ? new Recorder(machine, this.run, ONLY_INPUT) : undefined;
    this.recorder?.begin();
    this.run.onHole = (hole) => {
      this.holes.note(hole);
      return false;
    };
    this.run.onRefusal = ({ kind }) => {
      this.refused.set(kind, (this.refused.get(kind) ?? 0) + 1);
    };
    this.pace = process.stdin.isTTY ? new Pace(machine.computer) : undefined;
  }

  /** Something comes from outside. */
  input(input: Input): void {
    if (this.recorder) this.recorder.input(input);
    else applyInput(this.machine, input);
  }

  async toEnd(): Promise<Outcome> {
    this.listen();
    try {
      for (;;) {
        await this.others();
        const stop = this.run.turn(TURN, this.limit, this.pace);
        switch (stop.kind) {
          case 'end':
            return stop.end;
          case 'not-implemented':
            return { ...stop, address: this.machine.state.rip };
          case 'waiting':
            if (this.inputEnded) return { kind: 'halted' };
            await new Promise<void>((resolve) => (this.wake = resolve));
            this.pace?.begin();
            break;
          default:
            if (this.machine.computer.processor.work >= this.limit)
              return { kind: 'instruction-limit' };
        }
      }
    } finally {
      process.stdin.destroy();
    }
  }

  /** What has come in already has its turn first, and so has a person's time. */
  private others(): Promise<void> {
    const wait = this.pace?.wait() ?? 0;
    if (wait > 0) return new Promise((resolve) => setTimeout(resolve, wait));
    return new Promise((resolve) => setImmediate(resolve));
  }

  private listen(): void {
    process.stdin.on('data', (chunk: Buffer) => {
      this.input({ kind: 'serial', bytes: Uint8Array.from(chunk) });
      this.wake();
    });
    const ended = (): void => {
      this.inputEnded = true;
      this.wake();
    };
    process.stdin.on('end', ended);
    process.stdin.on('error', ended);
  }
}
