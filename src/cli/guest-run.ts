import { MachineRun, type Machine, type Outcome } from '../session';

/** How long the guest runs between two looks at stdin, in milliseconds. */
const TURN = 20;

/** Runs a guest to its end, its first serial port on stdin and stdout. */
export class GuestRun {
  private readonly run: MachineRun;
  private wake: () => void = () => undefined;
  private inputEnded = false;

  constructor(
    private readonly machine: Machine,
    /** In units of `Processor.work`. */
    private readonly limit: number,
  ) {
    this.run = new MachineRun(machine);
  }

  async toEnd(): Promise<Outcome> {
    this.listen();
    try {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve)); // what is there already comes first
        const stop = this.run.turn(TURN, this.limit);
        switch (stop.kind) {
          case 'end':
            return stop.end;
          case 'not-implemented':
            return { ...stop, address: this.machine.computer.processor.state.rip };
          case 'waiting':
            if (this.inputEnded) return { kind: 'halted' };
            await new Promise<void>((resolve) => (this.wake = resolve));
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

  private listen(): void {
    process.stdin.on('data', (chunk: Buffer) => {
      this.machine.platform.serial.receive(chunk);
      this.machine.inputCame();
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
