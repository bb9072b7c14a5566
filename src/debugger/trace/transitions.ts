import type { Persistent } from '../../processor/persistent';
import type { Processor } from '../../processor/processor';
import type { Computer } from '../../machine/computer';
import { Cost, type GuestFailure, type Monitor } from '../../vmm';
import type { ExitTrace } from './exit-trace';
import { linearRip, LiveRegisters } from '../registers/registers';
import type { Technique } from '../techniques';

/** What the processor has done between the worlds. */
export type Transition = 'exit' | 'entry' | 'entry-failure';

/** Whose exits and entries are taken down. Several may be on one computer. */
export interface TracedGuest {
  readonly computer: Computer;
  /** The computer's processor that it has. */
  readonly cpu: Processor;
  readonly monitor: Monitor | undefined;
  readonly technique: Technique;
  readonly trace: ExitTrace;
  /** Whether it has the processor. */
  readonly isPresent: boolean;
}

export interface TransitionLogState {
  readonly last: Transition | undefined;
  readonly count: number;
  readonly guestStackTop: bigint | undefined;
  readonly failure: GuestFailure | undefined;
  readonly exitedAt: { readonly instructions: number; readonly cycles: number };
}

type EntryFailed = Parameters<NonNullable<Processor['observer']['entryFailed']>>[0];

/**
 * Takes down VM exits and entries as the processor makes them, whoever owns the machine, and brings
 * the computer back after those that somebody asks for.
 */
export class TransitionLog implements Persistent<TransitionLogState> {
  /** The last transition, and how many there were. */
  last: Transition | undefined;
  count = 0;
  /** The stack pointer with which a guest of the user's own hypervisor was entered first. */
  guestStackTop: bigint | undefined;
  /** Why the last VM entry failed. */
  failure: GuestFailure | undefined;
  /** Whether the computer is to come back after a transition. */
  asks: (transition: Transition) => boolean = () => false;
  /** Is told of each exit that has been taken down. */
  exited: () => void = () => undefined;
  /** Is told of each entry. */
  wentIn: () => void = () => undefined;
  /** What the processor and the monitor had done at the last exit. */
  private exitedAt = { instructions: 0, cycles: 0 };

  constructor(private readonly guest: TracedGuest) {
    const { cpu, technique } = guest;
    const { observer } = cpu;
    const others = { ...observer };
    const left = (): void => {
      this.takeDown();
      this.note('exit');
    };
    if (technique.leavesBy === 'trap') {
      observer.delivered = (event) => {
        if (guest.isPresent) left();
        else others.delivered?.(event);
      };
    } else {
      observer.exiting = () => {
        if (guest.isPresent) left();
        else others.exiting?.();
      };
    }
    observer.entered = () => {
      if (guest.isPresent) this.entered();
      else others.entered?.();
    };
    observer.entryFailed = (how) => {
      if (guest.isPresent) this.entryFailed(how);
      else others.entryFailed?.(how);
    };
  }

  private entered(): void {
    const { monitor, cpu } = this.guest;
    this.complete();
    if (!monitor) this.guestStackTop ??= cpu.state.gpr(4);
    this.wentIn();
    this.note('entry');
  }

  private entryFailed({ instruction, early, error }: EntryFailed): void {
    if (early && instruction !== 'VMRUN') {
      this.failure = { kind: 'entry-refused', instruction, error };
    } else {
      this.takeDown();
      const reason = this.guest.trace.lastReason;
      this.failure = { kind: 'entry-failed', reason };
    }
    this.note('entry-failure');
  }

  /** The exit that is happening. After an entry that failed late the guest's state is in its area. */
  private takeDown(): void {
    const { technique, cpu, monitor, trace } = this.guest;
    const facts = technique.exits.facts();
    const inGuest = technique.side === 'guest' && !facts.code;
    const guest = inGuest ? new LiveRegisters(cpu) : technique.guest;
    this.exitedAt = { instructions: cpu.completed, cycles: monitor?.cycles ?? 0 };
    trace.add({
      reason: facts.reason,
      ...(facts.entryFailed && { entryFailed: true }),
      ...(facts.ofL2 && { ofL2: true }),
      information1: facts.information1,
      information2: facts.information2,
      interruption: facts.interruption,
      handler: facts.handler,
      instructions: cpu.completed,
      rip: guest.rip,
      linear: linearRip(guest),
      bytes: facts.code?.bytes ?? (inGuest ? cpu.instructionBytes() : new Uint8Array()),
      bits: facts.code?.bits ?? cpu.state.codeBits,
      rax: guest.gpr(0),
      rcx: guest.gpr(1),
    });
    this.exited();
  }

  /**
   * The last exit has been dealt with: the guest is entered again, or has ended. What a hypervisor in
   * machine code has cost is the count of its instructions.
   */
  complete(): void {
    const { exitedAt } = this;
    const { monitor, technique, cpu, trace } = this.guest;
    const operations = monitor
      ? monitor.performedOperations.length
      : cpu.completed - exitedAt.instructions;
    const spent = monitor ? monitor.cycles - exitedAt.cycles : operations + Cost.VM_ENTRY.cycles;
    const entering = monitor?.activity?.next.kind === 'entry' ? monitor.activity.next : undefined;
    const way = technique.leavesBy === 'trap' ? Cost.EXCEPTION : Cost.VM_EXIT;
    const cycles = way.cycles + spent + (entering?.cycles ?? 0);
    trace.complete(cycles, operations + (entering ? 1 : 0));
  }

  save(): TransitionLogState {
    const { last, count, guestStackTop, failure, exitedAt } = this;
    return { last, count, guestStackTop, failure, exitedAt };
  }

  restore({ last, count, guestStackTop, failure, exitedAt }: TransitionLogState): void {
    this.last = last;
    this.count = count;
    this.guestStackTop = guestStackTop;
    this.failure = failure;
    this.exitedAt = exitedAt;
    this.asks = () => false;
  }

  private note(transition: Transition): void {
    this.last = transition;
    this.count++;
    if (this.asks(transition)) this.guest.computer.comeBack();
  }
}
