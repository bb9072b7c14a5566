import type { Assembly, LineEntry } from '../../program';
import type { DebugMemory } from '../memory';
import type { Target } from '../target';

/** Where a linear address lies in the program. */
export interface ProgramPlace {
  readonly entry: LineEntry;
  /** The address that the program knows it by: that of its symbols. */
  readonly address: bigint;
}

/**
 * The part of the program at a linear address: by the address that the source gave it, or, for code
 * that runs where it was loaded before it is where it believes to be, by the load address.
 *
 * @param memory the world that the address is meant in
 */
export function placeAt(
  target: Target,
  linear: bigint,
  memory: DebugMemory = target.code.memory,
): ProgramPlace | undefined {
  return placeIn(target.program, linear, memory);
}

/** The same for a program that nobody debugs. */
export function placeIn(
  { lines }: Assembly,
  linear: bigint,
  memory: DebugMemory,
): ProgramPlace | undefined {
  const virtual = lines.at(linear);
  if (virtual && !isLowMemory(virtual, linear)) return { entry: virtual, address: linear };
  const physical = memory.guestPhysical(linear);
  const loaded = physical === undefined ? undefined : lines.atLoad(physical);
  if (!loaded || physical === undefined) return undefined;
  return { entry: loaded, address: loaded.address + (physical - loaded.load) };
}

/**
 * Labels that count from 0 are offsets in a segment: at the linear address of that number lie the vector
 * table and the BIOS data.
 */
const isLowMemory = ({ address, load }: LineEntry, linear: bigint): boolean =>
  address !== load && linear < 0x500n;

/** `file:line` in the main source of a linear address; undefined outside the program. */
export function lineAt(target: Target, linear: bigint): string | undefined {
  const place = placeAt(target, linear)?.entry.chain[0];
  return place && `${place.file}:${String(place.line)}`;
}

/** `print`, `print+0x8`; undefined where no symbol of the program is meant. */
export function symbolAt(
  target: Target,
  linear: bigint,
  memory: DebugMemory = target.code.memory,
): string | undefined {
  const place = placeAt(target, linear, memory);
  if (!place) return undefined;
  return nearestSymbol(target.program, place.address);
}

/** The symbol before an address of the program, with the distance: one spelling everywhere. */
export function nearestSymbol({ symbols }: Assembly, address: bigint): string | undefined {
  const near = symbols.nearest(address);
  if (!near) return undefined;
  const { symbol, offset } = near;
  return offset === 0n ? symbol.name : `${symbol.name}+0x${offset.toString(16)}`;
}
