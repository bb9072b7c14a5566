import * as l10n from '@vscode/l10n';
import { LineTable, SymbolTable, type Assembly } from '../../../program';
import { isElf } from '../../boot/elf';
import { elfProgram } from '../../boot/elf-program';
import { UnbootableImage } from '../../boot/unbootable';
import { severalObstacle } from '../../processors';
import type { Course } from '../course';
import { compareMoments, isBefore } from '../moment';
import { content, type Content, type PlainGuest, type PlainProgram } from './content';
import { unwrap } from './envelope';
import { withSources } from './image';
import type { RecordedGuest, Recording } from './recording';
import { damaged } from './unreadable';
import { decode } from './values';

/**
 * What a file has recorded.
 *
 * @throws UnreadableRecording that says what is wrong with the file, or how it differs from what can be read
 */
export async function readRecording(file: Uint8Array): Promise<Recording> {
  const { guests, ...rest } = content(decode(unwrap(file)), '');
  requireOrder(rest.course);
  requireKnown(rest);
  requireMachine(rest.options, guests.length);
  const [first, ...others] = await Promise.all(guests.map(guestOf));
  if (!first) throw damaged(l10n.t('“{0}” is missing or not what it must be', 'guests'));
  return { ...rest, guests: [first, ...others] };
}

async function guestOf(guest: PlainGuest): Promise<RecordedGuest> {
  const { name, memory, image, ownChips, identity, programs } = guest;
  const own = await withSources(image, ownChips);
  return { name, memory, image: own, identity, programs: programs.map(programOf) };
}

function programOf(program: PlainProgram): Assembly {
  if (isElf(program.image)) return elfProgramOf(program);
  return {
    ...program,
    lines: new LineTable(program.lines),
    symbols: new SymbolTable(program.symbols),
    diagnostics: [],
  };
}

/** Its sources are where they were found, or were recorded. */
function elfProgramOf({ image, symbols, files }: PlainProgram): Assembly {
  const known = new Set(files);
  try {
    return elfProgram(image, symbols[0]?.location.file ?? '', (candidates) =>
      candidates.find((path) => known.has(path)),
    );
  } catch (error) {
    if (!(error instanceof UnbootableImage)) throw error;
    throw damaged(error.message);
  }
}

/** Nothing comes before what came before it. */
function requireOrder({ entries, end }: Course): void {
  entries.reduce((before, { steps, time }, n) => {
    const here = { steps, time, entries: n + 1 };
    if (!isBefore(before, here)) throw misplaced(`course.entries[${String(n)}]`);
    return here;
  }, BEGINNING);
  const last = entries.at(-1);
  const final = { ...(last ?? BEGINNING), entries: entries.length };
  if (isBefore(end, final) || end.entries !== entries.length) throw misplaced('course.end');
}

const BEGINNING = { steps: 0, time: 0, entries: 0 };

/** Whoever stood somewhere stood at a moment that had come. */
function requireKnown({ course, stand, bookmarks }: Omit<Content, 'guests'>): void {
  const isKnown = ({ moment }: typeof stand): boolean =>
    compareMoments(moment, course.end) <= 0 && moment.entries <= course.entries.length;
  if (!isKnown(stand)) throw misplaced('stand');
  bookmarks.forEach((bookmark, n) => {
    if (!isKnown(bookmark)) throw misplaced(`bookmarks[${String(n)}]`);
  });
}

function requireMachine({ monitor, paging, cpus, hosting }: Content['options'], guests: number) {
  const others = guests > 1;
  const bare = monitor === 'none' && (others || hosting !== undefined);
  const several = { monitor, paging: paging ?? 'ept', others } as const;
  const obstacle = (cpus ?? 1) > 1 ? severalObstacle(several) : undefined;
  if (bare || obstacle !== undefined) {
    throw damaged(l10n.t('there is no such computer as “{0}” says', 'options'));
  }
}

const misplaced = (path: string) =>
  damaged(l10n.t('“{0}” is at a time at which it cannot be', path));
