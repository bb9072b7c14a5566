import type { Assembly } from '../../../program';
import type { BootImage } from '../../boot/boot-image';
import type { Machine } from '../../machine';
import type { Recorder } from '../recorder';
import type { RecordedBookmark, RecordedGuest, RecordedOptions, Recording } from './recording';
import { identityOf } from './write';

/** What somebody who saves knows of a run beside its machine. */
export interface Saved {
  readonly machine: Machine;
  readonly recorder: Recorder;
  /** What the guests are called, the first one first, and what they came from. */
  readonly guests: readonly {
    readonly name: string;
    readonly programs: readonly Assembly[];
  }[];
  readonly bookmarks: readonly RecordedBookmark[];
  readonly sources: ReadonlyMap<string, string>;
  /** Now. */
  readonly date: Date;
}

/** Makes a recording of the present timeline. The machine stands afterwards where it does. */
export function recordingOf(saved: Saved): Recording {
  const { machine, recorder, guests, bookmarks, sources, date } = saved;
  const { now, instructions, course } = recorder;
  const { image, options } = machine;
  const guestOf = (own: BootImage, memory: number, n: number): RecordedGuest => {
    const { name = '', programs = [] } = guests[n] ?? {};
    return { name, memory, image: own, identity: identityOf(own), programs };
  };
  const others = options.others ?? [];
  return {
    saved: date.toISOString(),
    guests: [
      guestOf(image, options.memory, 0),
      ...others.map((other, n) => guestOf(other.image, other.memory, n + 1)),
    ],
    options: optionsOf(machine),
    course,
    stateHash: hashAtEnd(machine, recorder),
    stand: { moment: now, instructions },
    bookmarks,
    sources,
  };
}

/** Of what somebody who builds machines says, what machines understand. */
function optionsOf({ options }: Machine): RecordedOptions {
  const { monitor, allocation, hosting, paging, tlbTags, intercepts, engine } = options;
  const { cpu, cpus, slice, nested } = options;
  return {
    monitor,
    hosting,
    cpu,
    ...(allocation && { allocation }),
    ...(paging && { paging }),
    ...(tlbTags !== undefined && { tlbTags }),
    ...(nested !== undefined && { nested }),
    ...(intercepts && { intercepts }),
    ...(engine && { engine }),
    ...(cpus !== undefined && { cpus }),
    ...(slice !== undefined && { slice }),
  };
}

function hashAtEnd(machine: Machine, recorder: Recorder): string {
  const { now, end, isPast } = recorder;
  if (!isPast) return machine.stateHash;
  recorder.goTo(end);
  const hash = machine.stateHash;
  recorder.goTo(now);
  return hash;
}

/** The source files that lines and symbols of programs tell. */
export function sourceFilesOf(programs: readonly Assembly[]): string[] {
  const files = programs.flatMap(({ lines, symbols }) => [
    ...lines.files,
    ...symbols.all.map(({ location }) => location.file),
  ]);
  return [...new Set(files)];
}
