import type { ComputerStop } from '../machine/computer';
import { canWake } from '../machine/wake-ups';
import type { Fault } from '../processor/faults';
import { EMULATION_GATE, type Hole, type Refusal } from '../vmm';
import type { End } from './end';
import type { Machine } from './machine';
import type { Pace } from './pace';

/** What stopped a stretch of execution. */
export type Stop =
  | { readonly kind: 'end'; readonly end: End }
  /** A guest has ended, and others go on. */
  | { readonly kind: 'guest-ended'; readonly guest: number; readonly end: End }
  /** The guest sleeps until something comes from outside. */
  | { readonly kind: 'waiting' }
  /** A VM exit to the built-in monitor, whose first operation comes next. */
  | { readonly kind: 'exit' }
  /** The processor cannot run the guest: the monitor is about to do an instruction in software. The same. */
  | { readonly kind: 'emulation' }
  /** A breakpoint may stand here; nothing of the instruction has been done. */
  | { readonly kind: 'breakpoint' }
  /** The observer wants to stop before an event that the present instruction raises. */
  | { readonly kind: 'raised' }
  /** An event has been delivered, and the processor was told to stop there. */
  | { readonly kind: 'delivered' }
  /** The guest is about to see, or to do, something else than it believes; nothing of it has been done. */
  | { readonly kind: 'hole'; readonly hole: Hole }
  /** Somebody asked the computer to come back. */
  | { readonly kind: 'requested' }
  /** A third fault: the next stretch finds that the processor has shut down. */
  | { readonly kind: 'shutdown'; readonly chain: readonly Fault[] }
  | { readonly kind: 'vmx-abort'; readonly indicator: number }
  | { readonly kind: 'not-implemented'; readonly what: string }
  /** The budget or the time is used up. */
  | { readonly kind: 'spent' };

type HoleStop = Extract<Stop, { kind: 'hole' }>;

const SPENT: Stop = { kind: 'spent' };
const EXIT: Stop = { kind: 'exit' };
const EMULATION: Stop = { kind: 'emulation' };
const BREAKPOINT: Stop = { kind: 'breakpoint' };
/** What is done at most between two looks at the time: by the guest, and by the monitor. */
const STRETCH = 25_000;
const HANDLERS = 128;
/** A handler of so many operations goes on in the next turn. */
const OPERATIONS = 1024;

/** Who takes down how a machine goes on. */
export interface Journal {
  /**
   * Before something is done.
   *
   * @param budget how much is meant to be done at most: work, or operations of a monitor
   * @returns how much may be done until the journal has to be asked again
   */
  before(budget: number): number;
}

/** Runs a machine: the guest, and the built-in monitor whenever control comes to it. */
export class MachineRun {
  /** Is told of every hole in virtualization that the guest comes to; true stops before it. */
  onHole: (hole: Hole) => boolean = () => false;

  /** Is told of everything that the monitor refuses a guest with direct paging. */
  onRefusal: (refusal: Refusal) => void = () => undefined;

  journal: Journal | undefined;

  constructor(readonly machine: Machine) {
    for (const { host } of machine.vms?.all ?? []) {
      const direct = host.paravirt?.direct;
      if (!direct) continue;
      direct.onRefused = (refusal) => {
        this.onRefusal(refusal);
      };
    }
  }

  /**
   * Lets the guest execute; that control has come to the built-in monitor is a stop.
   *
   * @param budget units of work, see `Processor.work`
   * @param past whether a breakpoint at the present instruction is passed over
   */
  execute(budget: number, past = false): Stop {
    const { machine } = this;
    const most = this.journal?.before(budget) ?? budget;
    const over = this.over();
    if (over) return over;
    const emulated = machine.vm?.monitor.emulatedAt;
    if (emulated !== undefined) return most > 0 ? this.emulate(emulated, past) : SPENT;
    const stop = machine.vm?.holes ? this.watch(most, past) : machine.computer.run(most, past);
    if (machine.requestedEnd) return this.ended(machine.requestedEnd);
    switch (stop.kind) {
      case 'gate':
        if (!machine.vm) throw new Error('a gate without a monitor');
        machine.vm.monitor.take(stop.gate);
        return EXIT;
      case 'idle':
        return machine.computer.interruptsEnabled ? this.asleep() : this.ended({ kind: 'halted' });
      case 'triple-fault':
        machine.requestedEnd = { kind: 'shutdown' };
        return { kind: 'shutdown', chain: stop.chain };
      case 'vmx-abort':
        machine.requestedEnd = stop;
        return stop;
      case 'budget':
      case 'halt':
      case 'watched':
        return SPENT;
      default:
        return stop;
    }
  }

  /** The guest that has the processor has come to its end. Whoever is left goes on. */
  private ended(end: End): Stop {
    const { machine } = this;
    const { vms, present } = machine;
    machine.requestedEnd ??= end;
    if (vms?.retire()) return { kind: 'guest-ended', guest: present, end };
    return this.lastEnd(end);
  }

  /** The guest that has the processor, or all of them, have ended; one that is being retired has nothing to say. */
  private over(): Stop | undefined {
    const { requestedEnd, vms } = this.machine;
    if (!requestedEnd) return undefined;
    if (vms?.all.every(({ ended }) => ended)) return this.lastEnd(requestedEnd);
    return vms?.present.ended ? undefined : this.ended(requestedEnd);
  }

  /** The machine has ended as its first guest has. */
  private lastEnd(end: End): Stop {
    return { kind: 'end', end: this.machine.endOf(0) ?? end };
  }

  /** Lets a guest whose kernel is translated execute one instruction of what stands for its own. */
  stepTranslated(): Stop {
    const { code } = this.machine.computer.processor.caches;
    code.breakInTranslation(true);
    try {
      return this.execute(1, true);
    } finally {
      code.breakInTranslation(false);
    }
  }

  /** Runs a guest that may fall through holes in virtualization. */
  private watch(budget: number, past: boolean): ComputerStop | HoleStop {
    const { computer, vm } = this.machine;
    const end = computer.processor.work + budget;
    let stop: ComputerStop | HoleStop = past
      ? (this.hole(vm, true) ?? computer.run(budget, true))
      : computer.run(budget);
    while (stop.kind === 'watched') {
      const left = end - computer.processor.work;
      stop = this.hole(vm, false) ?? computer.run(Math.max(1, left), true);
    }
    // Nobody stops amid what stands for one instruction of the guest's, unless that is what he wants.
    return stop.kind === 'requested' && vm?.translated?.isBetween ? computer.run(1) : stop;
  }

  /** @param passing whether nobody is asked */
  private hole(vm: Machine['vm'], passing: boolean): HoleStop | undefined {
    const hole = vm?.holes?.look();
    return hole && this.onHole(hole) && !passing ? { kind: 'hole', hole } : undefined;
  }

  /** Control goes to the monitor, for the instruction at a linear address, where a breakpoint may stand. */
  private emulate(linear: bigint, past: boolean): Stop {
    const { computer, vm } = this.machine;
    if (!past && computer.processor.breaksAt(linear)) return BREAKPOINT;
    vm?.monitor.take(EMULATION_GATE);
    return EMULATION;
  }

  /** The guest has halted, and time alone does not wake it: something from outside may, or nothing ever will. */
  private asleep(): Stop {
    const { wakeUps } = this.machine;
    return canWake(wakeUps)
      ? { kind: 'waiting' }
      : { kind: 'end', end: { kind: 'asleep', wakeUps } };
  }

  /** Whether the built-in monitor has control. */
  get inMonitor(): boolean {
    return this.machine.vm?.monitor.active === true;
  }

  /** Performs the monitor's next operation. @returns undefined when nothing came of it that stops */
  operate(): Stop | undefined {
    return this.perform(1);
  }

  /** Performs operations of the monitor: to the VM entry, to what stops it, or as many as are allowed. */
  private perform(most: number): Stop | undefined {
    const { machine } = this;
    const over = this.over();
    if (over) return over;
    if (machine.vm) machine.vm.host.waiting = false;
    for (let left = most; left > 0; left--) {
      if (this.journal?.before(left) === 0) return undefined;
      // One guest's handler may go on with another one's.
      const { vm } = machine;
      if (!vm?.monitor.active) return undefined;
      const undone = vm.monitor.step();
      if (undone) return undone;
      const end = machine.requestedEnd ?? machine.vm?.host.end;
      if (end && machine.vm?.ended !== true) return this.ended(end);
      if (vm.host.waiting) return this.asleep();
    }
    return undefined;
  }

  /**
   * Runs guest and monitor at full speed.
   *
   * @param milliseconds about how long
   * @param limit the count of `Processor.work` at which it is enough
   * @param pace comes back when the guest has slept for long
   * @returns `spent` when either is used up, or what stopped it
   */
  turn(milliseconds: number, limit = Number.MAX_SAFE_INTEGER, pace?: Pace): Stop {
    const { processor } = this.machine.computer;
    const until = performance.now() + milliseconds;
    do {
      if (processor.work >= limit || pace?.isDue) return SPENT;
      const enough = Math.min(limit, processor.work + STRETCH);
      for (let n = 0; n < HANDLERS && processor.work < enough; n++) {
        const stop = this.inMonitor ? undefined : this.execute(enough - processor.work);
        if (stop?.kind === 'spent') break;
        if (stop && !this.inMonitor) return stop;
        const handled = this.perform(OPERATIONS);
        if (handled) return handled;
        if (pace?.isDue) return SPENT;
      }
    } while (performance.now() < until);
    return SPENT;
  }
}
