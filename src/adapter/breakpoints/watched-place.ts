import * as l10n from '@vscode/l10n';
import {
  compile,
  describeError,
  evaluate,
  ExpressionError,
  wholeNumber,
  worldContext,
  type ExpressionContext,
  type Value,
} from '../../debugger/expressions';
import type { Watchpoint } from '../../debugger/run/breakpoints';
import type { DataAccess } from '../../debugger/run/data-breakpoints';
import type { Reaction } from '../../debugger/run/reaction';
import type { AddressSpace } from '../../debugger/memory';
import type { SessionContext } from '../context';
import { memoryReference, parseReference, type MemoryAddress } from '../memory/memory-reference';

/** Bytes that one data breakpoint may be on: more than anybody means. */
const MOST_BYTES = 1 << 20;
/** Bytes of an address, where nothing is said of them. */
const USUAL_BYTES = 1;
const PORTS = 0x10000;

/** What can be watched. */
export type WatchedPlace =
  /** Memory of a guest. */
  | {
      readonly kind: 'memory';
      readonly space: AddressSpace;
      readonly address: bigint;
      readonly guest: number;
      readonly bytes: number;
    }
  /** I/O ports of a guest. */
  | {
      readonly kind: 'port';
      readonly port: number;
      readonly guest: number;
      readonly bytes: number;
    }
  /** What an expression is worth in one of a guest's worlds. */
  | {
      readonly kind: 'value';
      readonly expression: string;
      readonly guest: number;
      readonly side: 'guest' | 'host';
    };

/** What of it can be told. */
export const accessTypesOf = ({ kind }: WatchedPlace): DataAccess[] =>
  kind === 'value' ? ['write'] : ['read', 'write', 'readWrite'];

/** `gva:0x600/4`, of another guest than the first `gva@1:0x600/4`; `port@0:0x3f8/1`; `value@0:guest:cr3`. */
export function dataIdOf(place: WatchedPlace): string {
  const guest = String(place.guest);
  switch (place.kind) {
    case 'memory':
      return `${memoryReference(place)}/${String(place.bytes)}`;
    case 'port':
      return `port@${guest}:0x${place.port.toString(16)}/${String(place.bytes)}`;
    case 'value':
      return `value@${guest}:${place.side}:${place.expression}`;
  }
}

/** @returns undefined for what is no such text */
export function watchedPlaceOf(dataId: string): WatchedPlace | undefined {
  const [, of, side, expression] = /^value@(\d{1,2}):(guest|host):(.+)$/s.exec(dataId) ?? [];
  if (expression !== undefined) {
    return { kind: 'value', guest: Number(of), side: side as 'guest' | 'host', expression };
  }
  const [, reference = '', size = ''] = /^(.*)\/(\d{1,7})$/.exec(dataId) ?? [];
  const bytes = Number(size);
  if (bytes < 1 || bytes > MOST_BYTES) return undefined;
  const [, guest, first] = /^port@(\d{1,2}):0x([\da-f]{1,4})$/.exec(reference) ?? [];
  if (first !== undefined) {
    return { kind: 'port', guest: Number(guest), port: parseInt(first, 16), bytes };
  }
  const place = parseReference(reference);
  if (!place || place.space === 'hva') return undefined;
  const { space, address } = place;
  return { kind: 'memory', space, address, guest: place.guest ?? 0, bytes };
}

/** What an expression names, or why that is nothing that can be watched. */
export function placeOfExpression(
  world: ExpressionContext,
  text: string,
  bytes?: number,
): WatchedPlace | string {
  return withinReason(() => {
    const port = /^\s*port\s*\((.*)\)\s*$/is.exec(text)?.[1];
    if (port !== undefined) return portAt(world, port, bytes);
    const value = evaluate(text, world);
    const { memory } = value;
    if (!memory) return valueOf(world, text, value);
    if (memory.space === 'host') return nothingThere(text);
    const { space, address } = memory;
    const guest = world.target.number;
    return { kind: 'memory', space, address, guest, bytes: bytes ?? memory.bytes };
  });
}

/** The same of an address in an address space. */
export function placeAtAddress(
  world: ExpressionContext,
  text: string,
  bytes = USUAL_BYTES,
  mode?: string,
): WatchedPlace | string {
  return withinReason(() => {
    if (mode === 'port') return portAt(world, text, bytes);
    const named = parseReference(text);
    if (named?.space === 'hva') return nothingThere(text);
    const at: MemoryAddress = named ?? {
      space: 'gva',
      address: BigInt.asUintN(64, wholeNumber(evaluate(text, world), 1)),
    };
    const space = (mode as AddressSpace | undefined) ?? (at.space as AddressSpace);
    const guest = at.guest ?? world.target.number;
    return { kind: 'memory', space, address: at.address, guest, bytes };
  });
}

function portAt(world: ExpressionContext, text: string, bytes = 1): WatchedPlace | string {
  const port = wholeNumber(evaluate(text, world), 1);
  if (port < 0n || port >= BigInt(PORTS)) {
    return l10n.t('There are 65,536 I/O ports: {0} is none of them.', text.trim());
  }
  return { kind: 'port', port: Number(port), guest: world.target.number, bytes };
}

/** Numbers that nothing can change. */
const CONSTANT = ['number', 'constant'];

function valueOf(
  { target, world }: ExpressionContext,
  expression: string,
  { type }: Value,
): WatchedPlace | string {
  if (CONSTANT.includes(type)) return l10n.t('{0} is a number, which nothing changes.', expression);
  return { kind: 'value', expression, guest: target.number, side: world.side };
}

/** An expression that is none, or a size that nobody means, is an answer too. */
function withinReason(find: () => WatchedPlace | string): WatchedPlace | string {
  try {
    const found = find();
    if (typeof found === 'string' || found.kind === 'value') return found;
    if (found.bytes >= 1 && found.bytes <= MOST_BYTES) return found;
    return l10n.t('A data breakpoint is on 1 to {0} bytes.', MOST_BYTES.toLocaleString('en'));
  } catch (error) {
    if (error instanceof ExpressionError) return describeError(error);
    throw error;
  }
}

const nothingThere = (name: string): string =>
  l10n.t('{0} lies in no memory that instructions of the program can access.', name);

/** What the debugger has to watch. */
export function watchpointAt(
  context: SessionContext,
  when: Omit<Reaction, 'logMessage'>,
  place: WatchedPlace,
  access: DataAccess = 'write',
): Watchpoint {
  const { debuggee } = context;
  switch (place.kind) {
    case 'memory': {
      const { space, address, guest, bytes } = place;
      // The processors of the bare computer have one memory.
      const owner = debuggee.guests.length > 1 ? guest : undefined;
      return { ...when, space, address, length: bytes, guest: owner, access };
    }
    case 'port':
      return { ...when, port: place.port, length: place.bytes, guest: place.guest, access };
    case 'value':
      return { ...when, value: worthOf(context, place) };
  }
}

/** What it is worth at any moment, in registers as they are then. */
function worthOf(
  { debuggee }: SessionContext,
  { expression, guest, side }: WatchedPlace & { kind: 'value' },
): () => bigint | undefined {
  const compiled = compile(expression);
  return () => {
    const target = debuggee.targets[guest] ?? debuggee.target;
    const world = side === 'host' ? target.hostWorld : target.guestWorld;
    if (!world) return undefined;
    try {
      return compiled(worldContext(target, world)).value;
    } catch (error) {
      if (error instanceof ExpressionError) return undefined;
      throw error;
    }
  };
}

/** In a person's words. */
export function describePlace(place: WatchedPlace, name: string): string {
  switch (place.kind) {
    case 'memory': {
      const at = `${place.space}:0x${place.address.toString(16)}`;
      return l10n.t('{0}: {1} bytes at {2}', name, String(place.bytes), at);
    }
    case 'port':
      return l10n.t('{0}: I/O port 0x{1}', name, place.port.toString(16));
    case 'value':
      return l10n.t('{0}: stops at each change, and makes the program step until then', name);
  }
}
