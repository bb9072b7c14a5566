import type { Computer } from '../machine/computer';
import type { Processor } from '../processor/processor';
import type { Assembly } from '../program';
import type { Machine } from '../session';
import type { HostProcess, Monitor, VirtualMachine } from '../vmm';
import { EventLog } from './trace/event-log';
import { ExitTrace } from './trace/exit-trace';
import { DebugMemory } from './memory';
import { lineNameAt, symbolAt } from './places/program-place';
import { linearRip, type Registers } from './registers/registers';
import { guestProcessors, techniqueOf, type Side, type Technique } from './techniques';
import { TransitionLog } from './trace/transitions';

/** One of the worlds that can be looked at: registers and memory that belong together. */
export interface World {
  readonly side: 'guest' | 'host';
  readonly registers: Registers;
  readonly memory: DebugMemory;
  /** Its tables hold host-physical addresses, though it is a guest's. */
  readonly holdsFrames?: boolean;
  /** Where it is the guest of a hosted monitor: the process of the host's whose memory its RAM is. */
  readonly process?: HostProcess | undefined;
  /** Its code is the program's, with symbols and lines. The built-in monitor has none. */
  readonly isProgram: boolean;
  /** Where its stack begins, if that is known: what lies from there on belongs to nobody's caller. */
  readonly stackTop?: bigint | undefined;
}

/** Whose turn it is, of the guests of one computer. */
export interface Present {
  readonly machine: Machine;
  /** One for each guest, or processor of the bare computer. */
  readonly targets: readonly Target[];
  readonly target: Target;
}

/** What is being debugged, from whichever side: registers, memory, program, trace. */
export class Target {
  /** The main one of the user's programs. */
  readonly program: Assembly;
  readonly computer: Computer;
  /** What the built-in monitor has for the guest. */
  readonly vm: VirtualMachine | undefined;
  readonly monitor: Monitor | undefined;
  readonly technique: Technique;
  readonly trace = new ExitTrace();
  /** VM entries and exits, as the processor makes them. */
  readonly transitions: TransitionLog;
  /** Interrupts and exceptions that the guest received. */
  readonly events: EventLog;
  /** The guest's memory (of the program itself, where nothing is virtualized). */
  readonly memory: DebugMemory;
  /** The memory of whoever runs the guest: its virtual addresses are those of the host. */
  readonly hostMemory: DebugMemory;

  constructor(
    readonly machine: Machine,
    /** The user's, with lines where they are loaded; the main one first. */
    readonly programs: readonly [Assembly, ...Assembly[]],
    /** What was burnt into the chips of ROM. */
    readonly firmware: readonly Assembly[] = [],
    /** Which of the computer's guests it is, or which processor of the bare computer. */
    readonly number = 0,
  ) {
    this.program = programs[0];
    this.computer = machine.computer;
    this.vm = machine.vms?.all[number];
    this.monitor = this.vm?.monitor;
    const places = {
      symbol: (linear: bigint) => symbolAt(this, linear, this.hostMemory),
      line: (linear: bigint) => lineNameAt(this, linear, this.hostMemory),
    };
    this.technique = techniqueOf(machine, places, number);
    this.technique.watchWriters?.();
    const { physical, mmu } = this.cpu;
    const onBus = (address: number): number => mmu.onBus(address);
    this.memory = new DebugMemory(
      physical,
      () => this.technique.guestPaging,
      () => this.technique.secondLevel,
      onBus,
      () => this.technique.shadowPaging,
      () => this.technique.directTables,
      this.vm?.host.hosting && this.vm.guestMemory,
    );
    this.hostMemory = new DebugMemory(
      physical,
      () => this.technique.hostPaging,
      () => undefined,
      onBus,
    );
    const processors = guestProcessors(this.technique, this.vm, this.cpu);
    this.events = new EventLog(processors, () => this.isPresent);
    this.transitions = new TransitionLog(this);
  }

  /** The computer's processor: of several, that which is looked at. */
  get cpu(): Processor {
    const { processors } = this.computer;
    return (this.vm ? undefined : processors[this.number]) ?? processors[0];
  }

  /** The processor that executes the guest's instructions, whether it is the computer's or software. */
  get processor(): Processor {
    return this.vm?.software?.cpu ?? this.cpu;
  }

  /** Whether it has the processor: others may be on the computer, too. */
  get isPresent(): boolean {
    return this.vm?.isPresent ?? this.machine.present === this.number;
  }

  get side(): Side {
    return this.technique.side;
  }

  /** The guest's registers, or the program's where nothing is virtualized. */
  get guest(): Registers {
    return this.technique.guest;
  }

  /** The registers of whoever runs the guest: live, or as the next VM exit will load them. */
  get host(): Registers | undefined {
    return this.technique.host;
  }

  get guestWorld(): World {
    const { guestStackTop: stackTop } = this.transitions;
    const { guest: registers, memory } = this;
    const holdsFrames = this.technique.directTables !== undefined;
    const process = this.vm?.host.hosting?.process;
    return { side: 'guest', registers, memory, holdsFrames, process, isProgram: true, stackTop };
  }

  get hostWorld(): World | undefined {
    const { host, hostMemory } = this;
    if (!host) return undefined;
    const { hostStackTop: stackTop } = this.technique;
    return {
      side: 'host',
      registers: host,
      memory: hostMemory,
      isProgram: !this.monitor,
      stackTop,
    };
  }

  /** The world that has control. */
  get present(): World {
    const inHost = this.side === 'monitor' || this.side === 'hypervisor';
    return (inHost ? this.hostWorld : undefined) ?? this.guestWorld;
  }

  /** The world whose machine code runs, or will when the built-in monitor is done. */
  get code(): World {
    const { present } = this;
    return present.isProgram ? present : this.guestWorld;
  }

  /** The linear address of the program's next instruction. */
  get linearRip(): bigint {
    return linearRip(this.code.registers);
  }
}
