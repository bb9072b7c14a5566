import { gprName } from '../../isa/registers/general';
import type { Passage, Passenger } from '../run/past/retrace';
import type { RunControl } from '../run/run-control';
import { modeOf, type Mode } from '../registers/registers';
import type { Target } from '../target';
import { placeAt } from './program-place';

/** A line of a source that was executed lately. */
export interface RecentLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** How many instructions ago it was executed last: 1 when it was the last one. */
  readonly ago: number;
  /** How often it was executed in the stretch that is looked at. */
  readonly times: number;
  /** The general registers before it was executed last, and behind it; 64 bits in 64-bit mode, otherwise 32. */
  readonly registers: readonly RegisterThen[];
}

export interface RegisterThen {
  readonly name: string;
  readonly before: bigint;
  readonly after: bigint;
}

/** One instruction of a program, or of something whose source nobody knows. */
interface Execution extends Passage {
  readonly place: { readonly file: string; readonly line: number } | undefined;
  readonly bits: Mode['bits'];
  readonly before: readonly bigint[];
  /** Of REP; an instruction that is done anew behind a fault is gone through twice, too. */
  rounds: number;
}

/** The lines of the last `count` instructions, each once; none where the past is not recorded. */
export function recentLines(run: Pick<RunControl, 'retrace'>, count: number): RecentLine[] {
  const way = new Way();
  run.retrace(count, way);
  return linesOf(way.executions.slice(-count), way);
}

/** The instructions in their order. */
class Way implements Passenger {
  readonly executions: Execution[] = [];

  pass(passage: Passage): void {
    const { target, linear, completed } = passage;
    const last = this.last(target);
    if (last?.linear === linear && last.completed === completed) {
      last.rounds++;
      return;
    }
    const place = placeAt(target, linear)?.entry.chain[0];
    const { bits } = modeOf(target.code.registers);
    this.executions.push({ ...passage, place, bits, before: registersOf(target), rounds: 1 });
  }

  takeBack(target: Target): void {
    const last = this.last(target);
    if (!last || --last.rounds > 0) return;
    this.executions.splice(this.executions.lastIndexOf(last), 1);
  }

  private last(target: Target): Execution | undefined {
    return this.executions.findLast((each) => each.target === target);
  }

  /** The registers behind an instruction: those before the next one, or those of now. */
  after(execution: Execution): readonly bigint[] {
    const { executions } = this;
    const from = executions.indexOf(execution) + 1;
    const next = executions.slice(from).find(({ target }) => target === execution.target);
    return next?.before ?? registersOf(execution.target);
  }
}

const registersOf = ({ code }: Target): bigint[] =>
  Array.from({ length: 16 }, (_, index) => code.registers.gpr(index));

function linesOf(executions: readonly Execution[], way: Way): RecentLine[] {
  const lines = new Map<string, RecentLine>();
  for (const [index, execution] of executions.entries()) {
    const { place } = execution;
    if (!place) continue;
    const { file, line } = place;
    const key = `${file}:${String(line)}`;
    const before = executions[index - 1];
    const begins = !before || !isGoingOn(before, execution);
    const known = lines.get(key);
    const started = begins ? execution : startOf(executions, index);
    lines.set(key, {
      file,
      line,
      ago: executions.length - index,
      times: (known?.times ?? 0) + (begins ? 1 : 0),
      registers: registersThen(started, way.after(execution)),
    });
  }
  return [...lines.values()];
}

/** Whether an instruction belongs to the same use of a macro, or to the same line otherwise, as the one before it. */
const isGoingOn = (before: Execution, { place, target, linear }: Execution): boolean =>
  before.place?.file === place?.file &&
  before.place?.line === place?.line &&
  before.target === target &&
  before.linear < linear;

function startOf(executions: readonly Execution[], index: number): Execution {
  const execution = executions[index] as Execution;
  const before = executions[index - 1];
  return before && isGoingOn(before, execution) ? startOf(executions, index - 1) : execution;
}

function registersThen(
  { bits, before }: Pick<Execution, 'bits' | 'before'>,
  after: readonly bigint[],
): RegisterThen[] {
  const width = bits === 64 ? 64 : 32;
  const count = bits === 64 ? 16 : 8;
  return Array.from({ length: count }, (_, index) => ({
    name: gprName(index, width),
    before: BigInt.asUintN(width, before[index] ?? 0n),
    after: BigInt.asUintN(width, after[index] ?? 0n),
  }));
}
