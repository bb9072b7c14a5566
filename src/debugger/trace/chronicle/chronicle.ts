import type { Persistent } from '../../../processor/persistent';
import { Course, type Progress } from './course';
import { PART, thin, type Part } from './part';
import { SeriesTable, type Kind } from './series';

/** How far the chronicle had come at some moment. */
export interface ChronicleState extends Progress {
  /** The modes that the targets were in, by their numbers, and the change that is under way. */
  readonly modes: readonly (number | undefined)[];
  readonly changing: Changing | undefined;
}

/** A mode that an instruction has set which may still undo it. */
interface Changing {
  readonly target: number;
  readonly mode: number;
  readonly at: number;
}

const KIND: Readonly<Record<Kind, number>> = { exit: 0, event: 1, mode: 2, output: 3 };

/**
 * What happened in a run, from its beginning on, and how many instructions had been completed then: exits, events that
 * guests received, modes, output. Each is a row of three numbers. Of a million rows each one is kept; of older ones how
 * many there were of each series, in parts of a thousand rows and more.
 *
 * A row that comes again, since somebody went back, is known already. Each timeline has a course of its own, which
 * shares with others what they have in common.
 */
export class Chronicle implements Persistent<ChronicleState> {
  readonly series = new SeriesTable();
  private readonly courses = new WeakMap<object, Course>();
  private place: object;
  private present = this.newCourse();
  /** Parts whose rows are kept, the oldest first. */
  private readonly detailed = new Set<Part>();
  private rows = 0;
  private totals: number[] = [];
  private last = 0;
  private modes: (number | undefined)[] = [];
  private changing: Changing | undefined;

  /**
   * @param timeline on which the run is at present
   * @param capacity the number of rows that are kept
   */
  constructor(
    private readonly timeline: () => object,
    private readonly capacity = 1_000_000,
  ) {
    this.place = timeline();
    this.courses.set(this.place, this.present);
  }

  private newCourse(): Course {
    return new Course((part) => {
      this.makeRoom(part);
    });
  }

  private makeRoom(part: Part): void {
    this.detailed.add(part);
    for (const oldest of this.detailed) {
      if (this.detailed.size * PART <= Math.max(this.capacity, PART)) break;
      thin(oldest);
      this.detailed.delete(oldest);
    }
  }

  /** What is known of the present timeline, also beyond the present moment. */
  get course(): Course {
    const timeline = this.timeline();
    if (timeline === this.place) return this.present;
    let course = this.courses.get(timeline);
    if (!course) {
      // Somebody has left the other one here.
      course = this.present.fork(this.progress);
      this.courses.set(timeline, course);
    }
    this.place = timeline;
    return (this.present = course);
  }

  /** How many rows there are up to the present moment. */
  get length(): number {
    return this.rows;
  }

  private get progress(): Progress {
    return { rows: this.rows, totals: [...this.totals], instructions: this.last };
  }

  /**
   * @param at instructions that have been completed
   * @param code 32 bits
   * @param datum 32 bits, unsigned
   */
  add(kind: Kind, target: number, code: number, datum: number, at: number): void {
    if (this.changing) this.settle();
    this.write(KIND[kind], target, code, datum, at);
  }

  /**
   * A processor has another mode, perhaps. An instruction that raises a fault may have changed it and changed it back:
   * what is meant is what it is when something else is done.
   */
  mode(target: number, mode: number, at: number): void {
    const { changing } = this;
    if (changing && (changing.at !== at || changing.target !== target)) this.settle();
    if (this.modes[target] !== mode) this.changing = { target, mode, at };
    else if (this.changing?.target === target) this.changing = undefined;
  }

  /** What an instruction has done that is completed, nothing takes back. */
  settleBefore(instructions: number): void {
    if (this.changing && this.changing.at < instructions) this.settle();
  }

  /** What has been done is not taken back. */
  settle(): void {
    const { changing } = this;
    if (!changing) return;
    this.changing = undefined;
    this.modes[changing.target] = changing.mode;
    this.write(KIND.mode, changing.target, changing.mode, 0, changing.at);
  }

  private write(kind: number, target: number, code: number, datum: number, at: number): void {
    const { course } = this;
    const series = this.series.indexOf(kind, target, code);
    // Rows are in order, though a processor may not count the instruction that it has begun before.
    this.last = Math.max(this.last, at);
    if (this.rows === course.length) {
      course.add(this.last, series, datum);
      if (course.length % PART === 0) course.settle();
    }
    this.rows++;
    this.totals[series] = (this.totals[series] ?? 0) + 1;
  }

  save(): ChronicleState {
    return { ...this.progress, modes: [...this.modes], changing: this.changing };
  }

  restore({ rows, totals, instructions, modes, changing }: ChronicleState): void {
    // First the course is found that is left, if one is.
    void this.course;
    this.rows = rows;
    this.totals = [...totals];
    this.last = instructions;
    this.modes = [...modes];
    this.changing = changing;
  }
}
