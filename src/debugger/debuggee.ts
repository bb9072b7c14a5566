import { Computer } from '../machine/computer';
import type { PlatformEvents } from '../machine/platform';
import type { Assembly } from '../program';
import { realModeSegment } from '../processor/segments/descriptor';
import { createVirtualMachine, type Allocation, type Intercept, type VirtualMachine } from '../vmm';
import { Breakpoints, type Breakpoint, type ConditionEvaluator } from './breakpoints';
import { RunControl, type RunEnvironment } from './run-control';
import { DEFAULT_SETTINGS, type RunSettings } from './run-settings';
import { Target } from './target';

export interface DebuggeeOptions {
  readonly program: Assembly;
  readonly monitor: 'vtx' | 'none';
  /** Bytes of RAM: the guest's, or the bare computer's. */
  readonly memory: number;
  readonly allocation: Allocation;
  readonly intercepts: readonly Intercept[];
  readonly holdInterrupts: boolean;
}

/** What a debuggee tells and asks. */
export interface DebuggeeEvents extends RunEnvironment, ConditionEvaluator {
  /** A byte from the guest's serial port or debug console. */
  output(byte: number): void;
  /** A log point's message. */
  log(text: string, breakpoint: Breakpoint): void;
}

/** A program on its machine, with everything to run, stop and look at it. */
export class Debuggee {
  readonly target: Target;
  readonly breakpoints: Breakpoints;
  readonly run: RunControl;
  readonly settings: RunSettings;

  /** @throws RangeError when there is not so much memory */
  constructor(options: DebuggeeOptions, events: DebuggeeEvents) {
    const platform: PlatformEvents = {
      serial: (byte) => {
        events.output(byte);
      },
      debugConsole: (byte) => {
        events.output(byte);
      },
      exit: (value) => {
        this.run.exitCode ??= ((value << 1) | 1) & 0xff;
      },
      powerOff: () => {
        this.run.poweredOff = true;
      },
      reset: () => {
        this.run.poweredOff = true;
      },
    };
    const vm = options.monitor === 'vtx' ? guest(options, platform) : undefined;
    this.target = new Target(vm ?? bare(options, platform), options.program);
    this.settings = { ...DEFAULT_SETTINGS, holdInterrupts: options.holdInterrupts };
    this.breakpoints = new Breakpoints(
      this.target,
      (text, breakpoint) => {
        events.log(text, breakpoint);
      },
      events,
    );
    this.run = new RunControl(this.target, this.breakpoints, this.settings, events);
    vm?.monitor.boot();
  }

  /** Bytes typed on the guest's first serial port. */
  input(bytes: Uint8Array): void {
    const { monitor, computer } = this.target;
    (monitor ? monitor.host.virtual : computer.platform).serial.receive(bytes);
    this.run.wake();
  }
}

/** The program as the guest of the built-in monitor, in real mode at its origin. */
function guest(options: DebuggeeOptions, events: PlatformEvents): VirtualMachine {
  const vm = createVirtualMachine({
    memory: options.memory,
    allocation: options.allocation,
    intercepts: options.intercepts,
    entry: Number(options.program.origin),
    events,
  });
  vm.guestMemory.writeBytes(options.program.origin, options.program.image);
  return vm;
}

/** The program on the bare computer, as firmware would leave it: real mode, CS = 0. */
function bare(options: DebuggeeOptions, events: PlatformEvents): { readonly computer: Computer } {
  const computer = new Computer({ memory: options.memory, events });
  const entry = Number(options.program.origin);
  computer.memory.writeBytes(entry, options.program.image);
  const { state } = computer.processor;
  for (let index = 0; index < 6; index++) {
    state.setSegment(index, realModeSegment(state.segment(index), 0, false));
  }
  for (let index = 0; index < 16; index++) state.setGpr(index, 0n);
  state.setGpr(4, BigInt(entry));
  state.rip = BigInt(entry);
  computer.processor.updateDerivedState();
  return { computer };
}
