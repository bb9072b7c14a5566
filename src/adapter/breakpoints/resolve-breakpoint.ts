import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Breakpoint, BreakpointPlace, Watchpoint } from '../../debugger/run/breakpoints';
import {
  codeContext,
  describeError,
  evaluate,
  ExpressionError,
  syntaxError,
  wholeNumber,
} from '../../debugger/expressions';
import { parseHitCondition } from '../../debugger/run/hit-condition';
import type { AddressSpace } from '../../debugger/memory';
import { prologueEnd } from '../../debugger/places/statements';
import { fileIdentity, type Assembly, type LineEntry, type SourceFiles } from '../../program';
import type { DataAccess } from '../../debugger/run/data-breakpoints';
import type { Reaction } from '../../debugger/run/reaction';
import { conditionOf, messageOf } from './conditions';
import {
  accessTypesOf,
  placeOfExpression,
  watchedPlaceOf,
  watchpointAt,
  type WatchedPlace,
} from './watched-place';
import type { Target } from '../../debugger/target';
import type { SessionContext } from '../context';
import { instructionReference, parseReference } from '../memory/memory-reference';
import { isFirmware } from '../shipped-sources';

interface Options {
  /** What makes it the same breakpoint when it is set again. */
  readonly key: string;
  readonly condition?: string | undefined;
  readonly hitCondition?: string | undefined;
  readonly logMessage?: string | undefined;
  readonly mode?: string | undefined;
}

/** A breakpoint as the client asks for it. Lines are as it counts them. */
export type Wanted = Options &
  (
    | { readonly at: 'line'; readonly source: DebugProtocol.Source; readonly line: number }
    | { readonly at: 'function'; readonly name: string }
    | { readonly at: 'instruction'; readonly reference: string; readonly offset: number }
    | { readonly at: 'data'; readonly dataId: string; readonly accessType?: DataAccess | undefined }
  );

interface Resolved {
  readonly breakpoint?: Breakpoint;
  readonly watchpoint?: Watchpoint;
  readonly answer: DebugProtocol.Breakpoint;
}

/** Where an instruction is, or a line of the monitor's. */
interface FoundCode {
  readonly places: readonly BreakpointPlace[];
  readonly more: Partial<DebugProtocol.Breakpoint>;
}

/** What can be watched, and what of it is meant. */
interface FoundPlace {
  readonly watched: WatchedPlace;
  readonly access: DataAccess;
}

type Found = FoundCode | FoundPlace | { readonly message: string; readonly pending?: boolean };

/** Finds the places of a breakpoint in the present program. */
export function resolveBreakpoint(context: SessionContext, id: number, wish: Wanted): Resolved {
  const wrong = wrongOption(wish);
  const found: Found = wrong === undefined ? find(context, wish) : { message: wrong };
  if ('message' in found) {
    const reason = found.pending ? 'pending' : 'failed';
    return { answer: { id, verified: false, message: found.message, reason } };
  }
  const { condition, hitCondition, logMessage } = wish;
  const when = {
    id,
    condition: condition ? conditionOf(context, condition) : undefined,
    hitCondition: hitCondition ? parseHitCondition(hitCondition) : undefined,
  };
  if ('watched' in found) return watched(context, when, found);
  return {
    breakpoint: {
      ...when,
      places: found.places,
      logMessage: logMessage === undefined ? undefined : messageOf(context, logMessage),
    },
    answer: { id, verified: true, ...found.more },
  };
}

function watched(
  context: SessionContext,
  when: Omit<Reaction, 'logMessage'>,
  { watched: place, access }: FoundPlace,
): Resolved {
  return {
    watchpoint: watchpointAt(context, when, place, access),
    answer: { id: when.id, verified: true },
  };
}

function wrongOption({ condition, hitCondition }: Options): string | undefined {
  const syntax = condition ? syntaxError(condition) : undefined;
  if (syntax !== undefined) return l10n.t('The condition is wrong: {0}', syntax);
  if (hitCondition && !parseHitCondition(hitCondition)) {
    return l10n.t('The hit count "{0}" is none: write 5, >= 5, == 5 or % 5.', hitCondition);
  }
  return undefined;
}

function find(context: SessionContext, wish: Wanted): Found {
  if (!context.debuggeeIfAny)
    return { message: l10n.t('The program is not loaded yet.'), pending: true };
  switch (wish.at) {
    case 'line':
      return atLine(context, wish);
    case 'function':
      return atFunction(context, wish);
    case 'instruction':
      return atInstruction(context, wish);
    case 'data':
      return atData(wish);
  }
}

function atData({ dataId, accessType = 'write' }: Wanted & { at: 'data' }): Found {
  const place = watchedPlaceOf(dataId);
  if (!place) return { message: l10n.t('{0} is no data of this session.', dataId) };
  return ifPossible(place, accessType, dataId);
}

function ifPossible(watched: WatchedPlace, access: DataAccess, name: string): Found {
  if (accessTypesOf(watched).includes(access)) return { watched, access };
  return { message: l10n.t('Of {0} it can only be told when it changes.', name) };
}

/** `change cr3`, `read port(0x60)`: what clients have no list for stands among the function breakpoints. */
const WATCHING = /^\s*(change|write|read|access)\s+(\S.*)$/s;
const ACCESS = { change: 'write', write: 'write', read: 'read', access: 'readWrite' } as const;

function atChange(context: SessionContext, verb: string, expression: string): Found {
  const place =
    watchedPlaceOf(expression) ??
    placeOfExpression(codeContext(context.debuggee.target), expression);
  if (typeof place === 'string') return { message: place };
  return ifPossible(place, ACCESS[verb as keyof typeof ACCESS], expression);
}

function atLine(context: SessionContext, wish: Wanted & { at: 'line' }): Found {
  const shipped = context.shippedSources.fileOf(wish.source);
  if (shipped !== undefined) {
    const line = context.lineOf(shipped, wish.line);
    return isFirmware(shipped)
      ? inFirmware(context, shipped, line)
      : inMonitor(context, shipped, line);
  }
  const all = sourcesOfPrograms(context, wish.source.path);
  const [found] = all;
  if (!found) {
    return { message: l10n.t('This file is no part of the program that is being debugged.') };
  }
  const line = found.program.lines.nextCodeLine(found.file, context.lineOf(found.file, wish.line));
  if (line === undefined) {
    return { message: l10n.t('No code comes from this line or from any line below it.') };
  }
  // Several guests may have been made of the same source.
  const placed = all.flatMap(({ program, file, guest }) =>
    firstOfEachRun(program.lines.of(file, line)).map((entry) => ({
      entry: behindPrologue(program, entry),
      guest,
    })),
  );
  const places = placed.flatMap(({ entry, guest }) => placesOf(entry, wish.mode, guest));
  const entries = placed.map(({ entry }) => entry);
  return {
    places,
    more: {
      line: context.clientLine(found.file, line),
      source: wish.source,
      ...reference(entries),
    },
  };
}

/** Firmware lies where it is loaded, whatever segment it runs in. */
function inFirmware(context: SessionContext, file: string, wanted: number): Found {
  const program = context.debuggee.target.firmware.find(({ files }) => files.includes(file));
  if (!program) {
    return { message: l10n.t('This program runs without firmware: it is not booted from a disk.') };
  }
  const line = program.lines.nextCodeLine(file, wanted);
  if (line === undefined) {
    return { message: l10n.t('No code comes from this line or from any line below it.') };
  }
  const source = context.shippedSources.source(file);
  const entries = firstOfEachRun(program.lines.of(file, line));
  return {
    places: entries.flatMap((entry) => placesOf(entry, 'gpa')),
    more: { line: context.clientLine(file, line), source },
  };
}

function inMonitor(context: SessionContext, file: string, wanted: number): Found {
  const line = context.shippedSources.operationLines(file).find((candidate) => candidate >= wanted);
  if (line === undefined) {
    return { message: l10n.t('The monitor performs no operation at this line or below it.') };
  }
  if (!context.debuggee.target.monitor) {
    return { message: l10n.t('No monitor runs: the program has the bare computer.') };
  }
  const source = context.shippedSources.source(file);
  return {
    places: [{ kind: 'monitor', file, line }],
    more: { line: context.clientLine(file, line), source },
  };
}

/** A file of a program's, as the program calls it. */
interface ProgramSource {
  readonly program: Assembly;
  readonly file: string;
  /** The guest that has the program, where there are several. */
  readonly guest: number | undefined;
}

/** The programs that a file belongs to, by the client's path: those of each guest. */
export function sourcesOfPrograms(
  { host, debuggeeIfAny }: SessionContext,
  path: string | undefined,
): ProgramSource[] {
  const targets = debuggeeIfAny?.guests ?? [];
  return targets.flatMap(({ programs, number }) => {
    const guest = targets.length > 1 ? number : undefined;
    for (const program of programs) {
      const file = programFile(host.files, program.files, path);
      if (file !== undefined && program.files.includes(file)) return { program, file, guest };
    }
    return [];
  });
}

/** A file of the program by the client's path: another name of it perhaps, and on Windows in another case. */
export function programFile(
  source: SourceFiles,
  files: readonly string[],
  path: string | undefined,
): string | undefined {
  if (path === undefined || files.includes(path)) return path;
  const identity = (name: string): string => fileIdentity(source, name);
  const caseless = (name: string): string => identity(name).toLowerCase();
  return (
    files.find((file) => identity(file) === identity(path)) ??
    files.find((file) => caseless(file) === caseless(path))
  );
}

/** Where code of a line begins: the start of each expansion, not each of its instructions. */
export function firstOfEachRun(entries: readonly LineEntry[]): LineEntry[] {
  const code = entries.filter(({ kind }) => kind === 'code');
  return code.filter((entry, n) => {
    const before = code[n - 1];
    if (before?.chain[0]?.line !== entry.chain[0]?.line) return true;
    return before === undefined || before.address + BigInt(before.length) !== entry.address;
  });
}

/** A compiled function's variables are where they belong once it has made its frame. */
function behindPrologue(program: Assembly, entry: LineEntry): LineEntry {
  const address = prologueEnd(program, entry.address);
  if (address === undefined) return entry;
  return { ...entry, address, load: entry.load + (address - entry.address) };
}

/** Code that is to run elsewhere than where it is loaded can be met at both addresses. */
function placesOf(entry: LineEntry, mode: string | undefined, guest?: number): BreakpointPlace[] {
  const { address, load } = entry;
  const virtual = { kind: 'address', space: 'gva', address, load, guest } as const;
  const loaded = { kind: 'address', space: 'gpa', address: load, load, guest } as const;
  if (mode === 'gpa') return [loaded];
  return mode === 'gva' || entry.load === entry.address ? [virtual] : [virtual, loaded];
}

function reference(entries: readonly LineEntry[]): Partial<DebugProtocol.Breakpoint> {
  const [first] = entries;
  if (!first) return {};
  return { instructionReference: instructionReference({ space: 'gva', address: first.address }) };
}

function atFunction(context: SessionContext, { name }: Wanted & { at: 'function' }): Found {
  const [, verb, expression] = WATCHING.exec(name) ?? [];
  if (verb !== undefined && expression !== undefined) return atChange(context, verb, expression);
  // A name may mean something in each of the guests.
  const found = context.debuggee.guests.map((target) => functionOf(context, target, name));
  const known = found.filter((each) => 'places' in each);
  const [first] = known;
  if (!first) return found[0] ?? { message: l10n.t('{0} is no label of the program.', name) };
  return { ...first, places: known.flatMap(({ places }) => places) };
}

function functionOf(
  { debuggee }: SessionContext,
  target: Target,
  name: string,
): FoundCode | { readonly message: string } {
  const guest = debuggee.guests.length > 1 ? target.number : undefined;
  try {
    const value = evaluate(name, codeContext(target));
    if (value.type !== 'symbol' && value.type !== 'number') {
      return { message: l10n.t('{0} is no label of the program.', name) };
    }
    const address = BigInt.asUintN(64, wholeNumber(value, 1));
    const at = target.programs.map((program) => codeAt(program, address)).find(Boolean);
    const places: BreakpointPlace[] = at
      ? placesOf(at, undefined, guest)
      : [{ kind: 'address', space: 'gva', address, guest }];
    const begin = at?.address ?? address;
    const reference = instructionReference({
      space: 'gva',
      address: begin,
      guest: target.number,
    });
    return { places, more: { instructionReference: reference } };
  } catch (error) {
    if (error instanceof ExpressionError) return { message: describeError(error) };
    throw error;
  }
}

/** What begins at an address. */
function codeAt(program: Assembly, address: bigint): LineEntry | undefined {
  const entry = program.lines.at(address);
  const load = entry && entry.load + (address - entry.address);
  return entry && behindPrologue(program, { ...entry, address, load: load ?? 0n });
}

function atInstruction(context: SessionContext, wish: Wanted & { at: 'instruction' }): Found {
  const at = parseReference(wish.reference);
  if (!at) return { message: l10n.t('{0} is no address.', wish.reference) };
  if (at.space === 'hva') {
    return {
      message: l10n.t('The monitor is not machine code: set the breakpoint in its source.'),
    };
  }
  const address = at.address + BigInt(wish.offset);
  const space = (wish.mode as AddressSpace | undefined) ?? at.space;
  const guest = context.debuggee.guests.length > 1 ? (at.guest ?? 0) : undefined;
  const more = { instructionReference: instructionReference({ ...at, address }) };
  return { places: [{ kind: 'address', space, address, guest }], more };
}
