import * as l10n from '@vscode/l10n';
import { SourceError } from './diagnostics';
import type { Section } from './sections';

/** Where the sections of a flat image lie (NASM manual 8.1), in the order of NASM's outbin.c. */

/** What is assumed where a section says nothing. */
const DEFAULT_ALIGN = 4n;

export const alignUp = (n: bigint, to: bigint): bigint =>
  to <= 1n ? n : ((n + to - 1n) / to) * to;

const sizeOf = (section: Section): bigint => BigInt(section.size);

function fail(message: string, section: Section): never {
  throw new SourceError(message, section.span);
}

/**
 * Gives every section its load address (`start`) and its virtual one (`address`).
 * @param all in the order in which they were first named
 * @param org what the program says, if anything
 * @returns the address of the image's first byte
 */
export function layOut(all: readonly Section[], org: bigint | undefined): bigint {
  const stored = bySection(all.filter((s) => !s.nobits));
  const origin = placeStored(stored, org);
  const unstored = all.filter((s) => s.nobits);
  for (const section of unstored) takeAsVirtual(section);
  placeVirtually([...stored, ...unstored], stored[stored.length - 1]);
  return origin;
}

/** In a section that is not stored, real and virtual attributes mean the same. */
function takeAsVirtual(section: Section): void {
  const a = section.attributes;
  const real = a.start !== undefined || a.align !== undefined || a.follows !== undefined;
  const virtual = a.vstart !== undefined || a.valign !== undefined || a.vfollows !== undefined;
  if (real && virtual)
    fail(
      l10n.t(
        'section `{0}` stores nothing: give it either start, align and follows, or vstart, valign and vfollows',
        section.name,
      ),
      section,
    );
  section.address = a.vstart ?? a.start;
  section.start = section.address ?? 0n;
}

const virtualAlign = ({ attributes: a, nobits }: Section): bigint =>
  a.valign ?? (nobits ? a.align : undefined) ?? DEFAULT_ALIGN;

// --- order of the stored sections ---------------------------------------------------------------------------------

function bySection(sections: readonly Section[]): Section[] {
  return byStart(byFollows([...sections]));
}

/** Moves each group that begins with a `follows=` behind the section it names. */
function byFollows(list: Section[]): Section[] {
  const outOfPlace = (i: number): boolean => {
    const follows = list[i]?.attributes.follows;
    return follows !== undefined && follows !== list[i - 1]?.name;
  };
  let at = 0;
  for (let moves = 0; at < list.length; moves++) {
    if (list[at]?.attributes.follows === undefined) {
      at++;
      while (at < list.length && !outOfPlace(at)) at++;
    }
    const leader = list[at];
    if (!leader) break;
    if (moves > list.length * 2)
      fail(l10n.t('the sections follow each other in a circle: `{0}`', leader.name), leader);
    at = moveGroup(list, at, leader);
  }
  return list;
}

/** Moves the group that begins at `at`; gives back where to go on. */
function moveGroup(list: Section[], at: number, leader: Section): number {
  const { follows = '' } = leader.attributes;
  const target = list.find((s) => s.name === follows);
  if (!target || target === leader) {
    fail(l10n.t('section `{0}` follows `{1}`, which does not exist', leader.name, follows), leader);
  }
  let end = at + 1;
  for (; end < list.length; end++) {
    const section = list[end];
    if (!section || section === target || section.attributes.start !== undefined) break;
    const next = list[end + 1]?.attributes.follows;
    if (next === undefined || next === section.name) continue;
    end++;
    break;
  }
  const goOn = list[end];
  const group = list.splice(at, end - at);
  list.splice(list.indexOf(target) + 1, 0, ...group);
  return goOn ? list.indexOf(goOn) : list.length;
}

/** Sorts the groups that begin with a `start=`; what has none stays behind what came before it. */
function byStart(list: readonly Section[]): Section[] {
  const sorted: Section[] = [];
  for (let i = 0; i < list.length;) {
    const first = list[i]?.attributes.start ?? 0n;
    let end = i + 1;
    while (end < list.length && list[end]?.attributes.start === undefined) end++;
    const place = sorted.findIndex(
      ({ attributes: { start } }) => start !== undefined && first < start,
    );
    sorted.splice(place < 0 ? sorted.length : place, 0, ...list.slice(i, end));
    i = end;
  }
  return sorted;
}

// --- addresses ----------------------------------------------------------------------------------------------------

function placeStored(stored: readonly Section[], org: bigint | undefined): bigint {
  const [first] = stored;
  if (!first) return org ?? 0n;
  const { start, align } = first.attributes;
  const origin = org ?? start ?? 0n;
  let end = start ?? (org === undefined ? 0n : alignUp(origin, align ?? 1n));
  for (const section of stored) {
    const a = section.attributes;
    section.start = a.start ?? (section === first ? end : alignUp(end, a.align ?? DEFAULT_ALIGN));
    section.address = a.vstart;
    if (a.vstart === undefined && a.vfollows === undefined)
      section.address = a.valign === undefined ? section.start : alignUp(end, a.valign);
    if (section.start >= end) end = section.start + sizeOf(section);
  }
  return origin;
}

/** Gives the rest their virtual addresses, each behind one that has its own already. */
function placeVirtually(all: readonly Section[], lastStored: Section | undefined): void {
  const waiting = new Set(all.filter((s) => s.address === undefined));
  for (let before = -1; before !== waiting.size && waiting.size > 0;) {
    before = waiting.size;
    for (const section of waiting) {
      const { vfollows, follows } = section.attributes;
      const name = vfollows ?? (section.nobits ? follows : undefined);
      const after =
        name === undefined ? (section.previous ?? lastStored) : all.find((s) => s.name === name);
      if (!after)
        fail(
          l10n.t('section `{0}` follows `{1}`, which does not exist', section.name, name ?? ''),
          section,
        );
      if (after.address === undefined) continue;
      section.address = alignUp(after.address + sizeOf(after), virtualAlign(section));
      if (section.nobits) section.start = section.address;
      waiting.delete(section);
    }
  }
  for (const section of waiting)
    fail(l10n.t('the sections follow each other in a circle: `{0}`', section.name), section);
}
