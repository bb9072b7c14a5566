import type { MachineState } from '../machine';
import type { Controls } from './controls';
import type { Input } from './input';
import type { Moment } from './moment';
import { differences, timesOf } from './page-differences';
import type { PageVersions } from './page-history';
import type { Entry, Timeline } from './timeline';

/** A course of events by itself: a machine that begins as the recorded one did comes by it to the same end. */
export interface Course {
  readonly entries: readonly CourseEntry[];
  readonly end: Moment;
  /** How many instructions had been completed at the end. */
  readonly instructions: number;
}

export type CourseEntry = Pick<Moment, 'steps' | 'time'> &
  (
    | { readonly kind: 'input'; readonly input: Input }
    | { readonly kind: 'controls'; readonly controls: Controls }
    | { readonly kind: 'edit'; readonly edit: Edit }
  );

/** What came of a change by hand. */
export interface Edit {
  /** How many instructions had been completed. */
  readonly instructions: number;
  /** The pages that are others than after the edit before; than at the beginning, for the first one. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
  /** All but memory. */
  readonly state: MachineState;
  readonly controls: Controls;
}

type EditEntry = Extract<Entry, { readonly kind: 'edit' }>;
const isEdit = (entry: Entry): entry is EditEntry => entry.kind === 'edit';

/** What a timeline has, by itself. */
export function courseOf({ entries, end, instructions }: Timeline): Course {
  const edits = entries.filter(isEdit);
  const pages = differences(edits.map(({ result }) => result.memory));
  const edit = ({ result }: EditEntry): Edit => ({
    instructions: result.instructions,
    pages: pages[edits.findIndex((each) => each.result === result)] ?? new Map(),
    state: result.state,
    controls: result.controls,
  });
  const plain = (entry: Entry): CourseEntry => {
    if (!isEdit(entry)) return entry;
    return { steps: entry.steps, time: entry.time, kind: 'edit', edit: edit(entry) };
  };
  return { entries: entries.map(plain), end, instructions };
}

/** What a timeline has that begins with such memory. What somebody else keeps of the moments of edits is not known. */
export function entriesOf({ entries }: Course, root: PageVersions): Entry[] {
  const pages = entries.flatMap((entry) => (entry.kind === 'edit' ? [entry.edit.pages] : []));
  const memories = timesOf(root, pages);
  return entries.map((entry, n): Entry => {
    if (entry.kind !== 'edit') return entry;
    const { steps, time, kind, edit } = entry;
    const { instructions, state, controls } = edit;
    const memory = memories.shift() ?? root;
    const moment = { steps, time, entries: n + 1 };
    const result = { moment, instructions, memory, state, controls, beside: undefined };
    return { steps, time, kind, result: { ...result, pinned: true } };
  });
}
