import { Field } from '../isa/vmx/fields';
import { describeVector } from '../isa/exceptions';
import type { PlatformEvents } from '../machine/platform';
import type { Machine } from './machine';

/** How a run ended. */
export interface RunEnd {
  readonly stop:
    | 'exit-device'
    | 'halt'
    | 'power-off'
    | 'instruction-limit'
    | 'triple-fault'
    | 'not-implemented'
    | 'monitor-stop';
  /** What the guest wrote to the exit device. */
  readonly value?: number;
  readonly message?: string;
}

/** How long the guest runs between two looks at stdin (milliseconds), and how often that is measured. */
const TURN = 20;
const STRETCH = 200_000;

/** Runs a guest to its end, its first serial port on stdin and stdout. */
export class GuestRun {
  readonly machine: Machine;
  /** VM exits by basic reason. */
  readonly exits = new Map<number, number>();
  private exitValue: number | undefined;
  private poweredOff = false;
  private wake: () => void = () => undefined;
  private inputEnded = false;

  constructor(
    private readonly limit: number,
    build: (events: PlatformEvents) => Machine,
  ) {
    this.machine = build({
      serial: (byte) => process.stdout.write(Uint8Array.of(byte)),
      debugConsole: (byte) => process.stdout.write(Uint8Array.of(byte)),
      exit: (value) => (this.exitValue ??= value),
      powerOff: () => (this.poweredOff = true),
    });
  }

  private get serial() {
    return 'monitor' in this.machine
      ? this.machine.monitor.host.virtual.serial
      : this.machine.computer.platform.serial;
  }

  async toEnd(): Promise<RunEnd> {
    process.stdin.on('data', (chunk: Buffer) => {
      this.serial.receive(chunk);
      this.wake();
    });
    process.stdin.on('end', () => {
      this.inputEnded = true;
      this.wake();
    });
    process.stdin.on('error', () => {
      this.inputEnded = true;
      this.wake();
    });
    try {
      await new Promise((resolve) => setImmediate(resolve)); // what is there already comes first
      for (;;) {
        const end = this.slice();
        if (end === 'idle') {
          if (this.inputEnded) return { stop: 'halt' };
          await new Promise<void>((resolve) => (this.wake = resolve));
        } else if (end) {
          return end;
        } else {
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    } finally {
      process.stdin.destroy();
    }
  }

  private slice(): RunEnd | 'idle' | undefined {
    const { processor } = this.machine.computer;
    const start = performance.now();
    while (processor.retired < this.limit && performance.now() - start < TURN) {
      if (this.exitValue !== undefined) return { stop: 'exit-device', value: this.exitValue };
      if (this.poweredOff) return { stop: 'power-off' };
      if ('monitor' in this.machine && this.machine.monitor.activity) {
        const end = this.finishHandler(); // it was waiting for input
        if (end) return end;
        continue;
      }
      const stretch = Math.min(this.limit - processor.retired, STRETCH);
      const stop = this.machine.computer.run(stretch);
      switch (stop.kind) {
        case 'gate': {
          const end = this.handleExit(stop.gate);
          if (end) return end;
          break;
        }
        case 'idle':
          return processor.state.systemFlags & 0x200n ? 'idle' : { stop: 'halt' };
        case 'triple-fault':
          return { stop: 'triple-fault', message: faults(stop.chain) };
        case 'not-implemented':
          return {
            stop: 'not-implemented',
            message: `not implemented: ${stop.what} at 0x${processor.state.rip.toString(16)}`,
          };
        default:
          break;
      }
    }
    if (this.exitValue !== undefined) return { stop: 'exit-device', value: this.exitValue };
    if (this.poweredOff) return { stop: 'power-off' };
    return processor.retired >= this.limit ? { stop: 'instruction-limit' } : undefined;
  }

  private handleExit(gate: number): RunEnd | 'idle' | undefined {
    if (!('monitor' in this.machine)) throw new Error('a gate without a monitor');
    const { monitor, computer } = this.machine;
    const reason = (computer.processor.vmx.current?.readNumber(Field.VM_EXIT_REASON) ?? 0) & 0xffff;
    this.exits.set(reason, (this.exits.get(reason) ?? 0) + 1);
    monitor.take(gate);
    return this.finishHandler();
  }

  private finishHandler(): RunEnd | 'idle' | undefined {
    if (!('monitor' in this.machine)) return undefined;
    const { host } = this.machine.monitor;
    this.machine.monitor.finish();
    const end = host.end;
    if (!end) return undefined;
    host.end = undefined;
    if (end.why === 'idle') return 'idle';
    if (end.why === 'triple fault') {
      return { stop: 'triple-fault', message: faults(this.machine.computer.processor.faultChain) };
    }
    if (end.why === 'halted' || end.why === 'exit hypercall') return { stop: 'halt' };
    return { stop: 'monitor-stop', message: end.why };
  }
}

/** The chain of exceptions that led to a shutdown. */
function faults(chain: readonly { vector: number }[]): string {
  return `triple fault: ${chain.map(({ vector }) => describeVector(vector)).join(', then ')}`;
}
