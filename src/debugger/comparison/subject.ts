import { countExits } from '../trace/exit-counts';
import { DebugMemory } from '../memory';
import type { Programs } from '../places/program-place';
import { whereIs, type Where } from '../places/where';
import { NO_PLACES, techniqueOf, type Technique } from '../techniques';
import {
  CountedRun,
  Machine,
  type BootImage,
  type CountedHole,
  type Marks,
  type Outcome,
  type Way,
} from '../../session';

/** What is run in several ways. */
export interface Experiment {
  readonly image: BootImage;
  /** Bytes of RAM. */
  readonly memory: number;
  /** Instructions after which a guest that has not ended is left. */
  readonly limit: number;
  /** What is typed on its keyboard. */
  readonly keys?: string | undefined;
  readonly known: Programs;
}

/** Instructions after which others may have their turn: some ten milliseconds where each is done in software. */
const SLICE = 10_000;

/** One machine of a comparison, with what is heard of it. */
export class Subject {
  readonly machine: Machine;
  readonly technique: Technique;
  /** VM exits, by basic reason. */
  readonly exits: ReadonlyMap<number, number>;
  /** How it has ended; undefined while it goes on. */
  outcome: Outcome | undefined;
  private readonly run: CountedRun;
  private readonly printed: number[] = [];
  /** A mark has halted it. */
  halted = false;

  /** @throws RangeError, UnbootableImage where the image cannot be run in this way */
  constructor(
    readonly experiment: Experiment,
    way: Way,
    marks: (machine: Machine) => Marks = () => new Map(),
  ) {
    const { image, memory, keys } = experiment;
    const print = (byte: number): void => void this.printed.push(byte);
    this.machine = new Machine(image, { ...way, memory }, { serial: print, debugConsole: print });
    this.technique = techniqueOf(this.machine, NO_PLACES);
    this.exits = countExits(this.machine.computer.processor, this.technique);
    if (keys !== undefined) this.machine.platform.typist.type(keys);
    this.run = new CountedRun(this.machine, marks(this.machine));
  }

  get instructions(): number {
    return this.run.instructions;
  }

  /** What has come out of the serial port and the debug console. */
  get output(): Uint8Array {
    return Uint8Array.from(this.printed);
  }

  /** Instructions that should have come to the monitor, and did not. */
  get holes(): readonly CountedHole[] {
    return this.run.holes.all;
  }

  /** For a mark: the guest stays before the instruction that it has come to. */
  halt(): void {
    this.halted = true;
    this.run.halt();
  }

  /** Runs to a count of instructions, to where it is halted, or to its end. */
  to(instructions: number): void {
    this.halted = false;
    this.outcome ??= this.run.to(instructions);
  }

  /** Runs to its end or the limit; gives, after each slice, which part of the way to the limit is done. */
  *inSlices(): Generator<number, void> {
    const { limit } = this.experiment;
    for (let target = SLICE; !this.outcome; target += SLICE) {
      this.to(Math.min(target, limit));
      if (target >= limit || this.halted) return;
      yield target / limit;
    }
  }

  get place(): Where {
    const { machine, technique, experiment } = this;
    const { physical, mmu } = machine.computer.processor;
    const memory = new DebugMemory(
      physical,
      () => technique.guestPaging,
      () => technique.secondLevel,
      (address) => mmu.onBus(address),
      () => technique.shadowPaging,
      () => technique.directTables,
    );
    return whereIs({ registers: technique.guest, memory, known: experiment.known });
  }
}
