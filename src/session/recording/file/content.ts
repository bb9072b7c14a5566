import { MOST_PROCESSORS } from '../../../machine/processors';
import type { PlatformState } from '../../../machine/platform';
import { PAGE_SIZE } from '../../../processor/state/layout';
import type { StartState } from '../../../processor/state/start-state';
import type { LineEntry, SymbolInfo } from '../../../program';
import { INTERCEPTS } from '../../../vmm';
import type { BootImage, Media, Piece, PoweredOn } from '../../boot/boot-image';
import { MONITORS, type MachineState } from '../../machine';
import type { Controls } from '../controls';
import type { Course, CourseEntry, Edit } from '../course';
import type { Input } from '../input';
import type { Moment } from '../moment';
import type { RecordedBookmark, RecordedMoment, RecordedOptions, Recording } from './recording';
import {
  anyObject,
  big,
  bytes,
  choice,
  count,
  flag,
  list,
  map,
  object,
  oneOf,
  optional,
  pair,
  text,
  whole,
  type Shape,
} from './shape';

/** What is in the file of a recording: the recording in plain values. */

/** A program as the file has it. */
export interface PlainProgram {
  readonly image: Uint8Array;
  readonly origin: bigint;
  readonly hasOrigin: boolean;
  readonly bits: 16 | 32 | 64;
  readonly lines: readonly LineEntry[];
  readonly symbols: readonly SymbolInfo[];
  readonly files: readonly string[];
}

export interface PlainGuest {
  readonly name: string;
  readonly memory: number;
  readonly image: BootImage;
  /** The numbers of chips that are the built-in firmware's. */
  readonly ownChips: readonly number[];
  readonly identity: string;
  readonly programs: readonly PlainProgram[];
}

export type Content = Omit<Recording, 'guests'> & { readonly guests: readonly PlainGuest[] };

/** What a guest's memory, or a host's, can have at most. */
const MOST_MEMORY = 2 ** 32;
const MOST_GUESTS = 8;
const number = whole(Number.MIN_SAFE_INTEGER);

const moment = object<Moment>({ steps: count, time: count, entries: count });
const controls = object<Controls>({
  holdInterrupts: flag,
  held: flag,
  wanted: optional(count),
});
const input = oneOf<Input>({
  serial: object({ kind: choice('serial'), bytes }),
  keys: object({ kind: choice('keys'), scancodes: list(whole(0, 0xff)) }),
  text: object({ kind: choice('text'), text }),
  mouse: object({
    kind: choice('mouse'),
    dx: number,
    dy: number,
    wheel: number,
    buttons: number,
  }),
});
/** What devices and processors have saved they check by being restored. */
const machineState = object<MachineState>({
  machine: anyObject as Shape<MachineState['machine']>,
  ends: list(optional(anyObject)) as Shape<MachineState['ends']>,
});
const page: Shape<Uint8Array> = (value, path) => {
  const read = bytes(value, path);
  whole(PAGE_SIZE, PAGE_SIZE)(read.length, path);
  return read;
};
const edit = object<Edit>({
  instructions: count,
  pages: map(whole(0, MOST_MEMORY / PAGE_SIZE), page),
  state: machineState,
  controls,
});
const when = { steps: count, time: count };
const entry = oneOf<CourseEntry>({
  input: object({ ...when, kind: choice('input'), input }),
  controls: object({ ...when, kind: choice('controls'), controls }),
  edit: object({ ...when, kind: choice('edit'), edit }),
});
const course = object<Course>({ entries: list(entry), end: moment, instructions: count });

const piece = object<Piece>({ address: whole(0, MOST_MEMORY), bytes });
const segment = object<StartState['segments'][number]>({
  selector: whole(0, 0xffff),
  base: big,
  limit: count,
  accessRights: count,
});
const table = object<StartState['gdtr']>({ base: big, limit: count });
const start = object<StartState>({
  gprs: list(big, 16, 16),
  rip: big,
  rflags: big,
  cr0: big,
  cr3: big,
  cr4: big,
  efer: big,
  segments: list(segment, 8, 8),
  gdtr: table,
  idtr: table,
  units: bytes,
});
const firmware = object<PoweredOn>({
  roms: list(piece),
  devices: optional(anyObject as Shape<PlatformState>),
  msrs: list(pair(count, big)),
  optionRoms: optional(list(piece)) as Shape<readonly Piece[]>,
});
const media = object<Media>({
  disks: list(bytes),
  floppies: list(bytes),
  cdrom: optional(bytes),
  cdFirst: optional(flag),
});
const image = object<BootImage>({
  pieces: list(piece),
  start,
  firmware: optional(firmware),
  media: optional(media),
});

const location = object<LineEntry['chain'][number]>({ file: text, line: count, column: count });
const bits = choice(16, 32, 64);
/** What may be left out. */
const left = <T>(shape: Shape<T>): Shape<T> => optional(shape) as Shape<T>;
const line = object<LineEntry>({
  kind: choice('code', 'data', 'reserve'),
  bits,
  load: big,
  address: big,
  length: count,
  section: text,
  chain: list(location),
  compiled: left(choice('instruction', 'statement', 'more')),
});
const symbol = object<SymbolInfo>({
  name: text,
  kind: choice('label', 'equ'),
  value: big,
  section: optional(text),
  location,
});
const program = object<PlainProgram>({
  image: bytes,
  origin: big,
  hasOrigin: flag,
  bits,
  lines: list(line),
  symbols: list(symbol),
  files: list(text),
});
const guest = object<PlainGuest>({
  name: text,
  memory: whole(PAGE_SIZE, MOST_MEMORY),
  image,
  ownChips: list(count),
  identity: text,
  programs: list(program),
});

const options = object<RecordedOptions>({
  monitor: choice(...MONITORS),
  allocation: left(choice('eager', 'on-demand')),
  hosting: optional(object({ memory: whole(PAGE_SIZE, MOST_MEMORY) })),
  paging: left(choice('ept', 'shadow')),
  tlbTags: left(flag),
  nested: left(flag),
  intercepts: left(list(choice(...INTERCEPTS))),
  engine: left(choice('interpreter', 'reference')),
  cpu: optional(choice('intel', 'amd')),
  cpus: left(whole(1, MOST_PROCESSORS)),
  slice: left(whole(1)),
});

const moments = { moment, instructions: count };
const bookmark = object<RecordedBookmark>({ ...moments, name: text });

/** What a file's content must be. */
export const content = object<Content>({
  saved: text,
  guests: list(guest, 1, MOST_GUESTS),
  options,
  course,
  stateHash: text,
  stand: object<RecordedMoment>(moments),
  bookmarks: list(bookmark),
  sources: map(text, text),
});
