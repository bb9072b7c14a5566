import type { Fault } from '../processor/faults';
import type { End } from './end';
import type { Machine } from './machine';

/** What stopped a stretch of execution. */
export type Stop =
  | { readonly kind: 'end'; readonly end: End }
  /** The guest sleeps until something comes from outside. */
  | { readonly kind: 'waiting' }
  /** A VM exit to the built-in monitor, whose first operation comes next. */
  | { readonly kind: 'exit' }
  /** A breakpoint may stand here; nothing of the instruction has been done. */
  | { readonly kind: 'breakpoint' }
  /** The observer wants to stop before an event that the present instruction raises. */
  | { readonly kind: 'raised' }
  /** An event has been delivered, and the processor was told to stop there. */
  | { readonly kind: 'delivered' }
  /** Somebody asked the computer to come back. */
  | { readonly kind: 'requested' }
  /** A third fault: the next stretch finds that the processor has shut down. */
  | { readonly kind: 'shutdown'; readonly chain: readonly Fault[] }
  | { readonly kind: 'vmx-abort'; readonly indicator: number }
  | { readonly kind: 'not-implemented'; readonly what: string }
  /** The budget or the time is used up. */
  | { readonly kind: 'spent' };

const SPENT: Stop = { kind: 'spent' };
/** What is done between two looks at the time. */
const STRETCH = 200_000;
const HANDLERS = 32;
const OPERATIONS = 1024;

/** Runs a machine: the guest, and the built-in monitor whenever control comes to it. */
export class MachineRun {
  constructor(readonly machine: Machine) {}

  /**
   * Lets the guest execute; a VM exit to the built-in monitor is a stop.
   *
   * @param budget units of work, see `Processor.work`
   * @param past whether a breakpoint at the present instruction is passed over
   */
  execute(budget: number, past = false): Stop {
    const { machine } = this;
    if (machine.requestedEnd) return { kind: 'end', end: machine.requestedEnd };
    const stop = machine.computer.run(budget, past);
    if (machine.requestedEnd) return { kind: 'end', end: machine.requestedEnd };
    switch (stop.kind) {
      case 'gate':
        if (!machine.vm) throw new Error('a gate without a monitor');
        machine.vm.monitor.take(stop.gate);
        return { kind: 'exit' };
      case 'idle':
        return machine.computer.processor.interruptsEnabled
          ? { kind: 'waiting' }
          : { kind: 'end', end: { kind: 'halted' } };
      case 'triple-fault':
        machine.requestedEnd = { kind: 'shutdown' };
        return { kind: 'shutdown', chain: stop.chain };
      case 'vmx-abort':
        machine.requestedEnd = stop;
        return stop;
      case 'budget':
      case 'halt':
        return SPENT;
      default:
        return stop;
    }
  }

  /** Whether the built-in monitor has control. */
  get inMonitor(): boolean {
    return this.machine.vm?.monitor.active === true;
  }

  /** Performs the monitor's next operation. @returns undefined when nothing came of it that stops */
  operate(): Stop | undefined {
    const { vm, requestedEnd } = this.machine;
    if (!vm || requestedEnd) return requestedEnd && { kind: 'end', end: requestedEnd };
    const { host } = vm.monitor;
    host.waiting = false;
    vm.monitor.step();
    const end = this.machine.requestedEnd ?? host.end;
    if (end) return { kind: 'end', end };
    return host.waiting ? { kind: 'waiting' } : undefined;
  }

  /** Runs the monitor's handler to the VM entry, or as many operations as are allowed. */
  private handle(): Stop | undefined {
    for (let n = 0; n < OPERATIONS && this.inMonitor; n++) {
      const stop = this.operate();
      if (stop) return stop;
    }
    return undefined;
  }

  /**
   * Runs guest and monitor at full speed.
   *
   * @param milliseconds about how long
   * @param limit the count of `Processor.work` at which it is enough
   * @returns `spent` when either is used up, or what stopped it
   */
  turn(milliseconds: number, limit = Number.MAX_SAFE_INTEGER): Stop {
    const { processor } = this.machine.computer;
    const until = performance.now() + milliseconds;
    do {
      for (let n = 0; n < HANDLERS; n++) {
        if (processor.work >= limit) return SPENT;
        const budget = Math.min(limit - processor.work, STRETCH);
        const stop = this.inMonitor ? undefined : this.execute(budget);
        if (stop && stop.kind !== 'exit' && stop.kind !== 'spent') return stop;
        if (stop?.kind === 'spent') break;
        const handled = this.handle();
        if (handled) return handled;
      }
    } while (performance.now() < until);
    return SPENT;
  }
}
