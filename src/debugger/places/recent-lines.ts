import { gprName } from '../../isa/registers/general';
import type { Passage } from '../run/past/retrace';
import type { RunControl } from '../run/run-control';
import { modeOf, type Mode } from '../registers/registers';
import type { Target } from '../target';
import { placeAt } from './program-place';

/** A line of a source that was executed lately. */
export interface RecentLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Instructions completed since it was executed last: 1 when it was the last one. */
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

/** One execution of a line: one instruction or, of a macro, several. */
interface Execution {
  readonly file: string;
  readonly line: number;
  readonly target: Target;
  readonly bits: Mode['bits'];
  readonly before: readonly bigint[];
  after: readonly bigint[] | undefined;
  last: Passage;
}

/** The lines of the last `count` instructions, each once; none where the past is not recorded. */
export function recentLines(run: Pick<RunControl, 'retrace'>, count: number): RecentLine[] {
  const executions: Execution[] = [];
  const latest = new Map<Target, Execution>();
  run.retrace(count, (passage) => {
    note(passage, latest, executions);
  });
  for (const [target, execution] of latest) execution.after ??= registersOf(target);
  return summed(executions);
}

function note(passage: Passage, latest: Map<Target, Execution>, all: Execution[]): void {
  const { target, linear } = passage;
  const before = latest.get(target);
  const place = placeAt(target, linear)?.entry.chain[0];
  if (before && before.file === place?.file && before.line === place.line) {
    if (goesOn(before.last, passage)) {
      before.last = passage;
      return;
    }
  }
  const registers = registersOf(target);
  if (before) before.after ??= registers;
  latest.delete(target);
  if (!place) return;
  const { bits } = modeOf(target.code.registers);
  const { file, line } = place;
  const here = { file, line, target, bits, before: registers, after: undefined, last: passage };
  latest.set(target, here);
  all.push(here);
}

/** Another instruction of the same line, or another round of REP. */
const goesOn = (last: Passage, next: Passage): boolean =>
  next.linear > last.linear || (next.linear === last.linear && next.ago === last.ago);

const registersOf = ({ code }: Target): bigint[] =>
  Array.from({ length: 16 }, (_, index) => code.registers.gpr(index));

function summed(executions: readonly Execution[]): RecentLine[] {
  const lines = new Map<string, RecentLine>();
  for (const execution of executions) {
    const { file, line, last } = execution;
    const key = `${file}:${String(line)}`;
    const times = (lines.get(key)?.times ?? 0) + 1;
    lines.set(key, { file, line, ago: last.ago, times, registers: registersThen(execution) });
  }
  return [...lines.values()];
}

function registersThen({ bits, before, after = before }: Execution): RegisterThen[] {
  const width = bits === 64 ? 64 : 32;
  const count = bits === 64 ? 16 : 8;
  return Array.from({ length: count }, (_, index) => ({
    name: gprName(index, width),
    before: BigInt.asUintN(width, before[index] ?? 0n),
    after: BigInt.asUintN(width, after[index] ?? 0n),
  }));
}
