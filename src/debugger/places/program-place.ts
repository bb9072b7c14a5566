import type { Assembly, LineEntry } from '../../program';
import type { VirtualMachine } from '../../vmm';
import type { DebugMemory } from '../memory';
import type { Target } from '../target';

/** Where a linear address lies in the program, or in firmware. */
export interface ProgramPlace {
  readonly program: Assembly;
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
  const worlds = !target.monitor && target.host !== undefined;
  if (worlds) return placeInWorld(target, linear, memory, ofHost(target, memory));
  const { vm } = target;
  if (vm?.runsInnerGuest) return placeInWorld(target, linear, memory, ofGuest(vm, memory));
  return placeIn(target, linear, memory);
}

/** The physical memory that an image was loaded to, which has its own guest in another one. */
interface OuterMemory {
  /** Where a linear address of the inner world lies in it. */
  addressOf(linear: bigint): bigint | undefined;
  read(address: bigint, length: number): Uint8Array;
}

const ofHost = ({ hostMemory }: Target, memory: DebugMemory): OuterMemory => ({
  addressOf(linear) {
    const address = memory.hostAddress('gva', linear);
    return address === undefined ? undefined : BigInt(address);
  },
  read: (address, length) => hostMemory.read('hpa', address, length).data,
});

const ofGuest = (vm: VirtualMachine, memory: DebugMemory): OuterMemory => ({
  addressOf(linear) {
    const address = memory.guestPhysical(linear);
    return address === undefined ? undefined : vm.outerAddress(address);
  },
  read: (address, length) => vm.guestMemory.readBytes(address, length),
});

/**
 * The same under a hypervisor of the user's own, or for the guest of one that is a guest itself: one image holds the code of both worlds, where the same
 * address may mean either. What lies where it was loaded is what it was; what has been copied is known by
 * the address that its section was given, or by its bytes.
 */
function placeInWorld(
  { programs, firmware }: Target,
  linear: bigint,
  memory: DebugMemory,
  outer: OuterMemory,
): ProgramPlace | undefined {
  const address = outer.addressOf(linear);
  const loaded = address === undefined ? undefined : placeLoadedAt({ programs, firmware }, address);
  if (loaded) return loaded;
  for (const program of programs) {
    const moved = program.lines.movedTo(linear);
    if (moved) return { program, entry: moved, address: linear };
    const entry = program.lines.at(linear);
    if (!entry || entry.kind === 'reserve') continue;
    const there = memory.read('gva', entry.address, entry.length).data;
    const original = outer.read(entry.load, entry.length);
    if (sameBytes(there, original)) return { program, entry, address: linear };
  }
  return undefined;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, n) => byte === b[n]);

/** What is in memory with its source or its symbols. */
export interface Programs {
  /** The user's; the main one first. */
  readonly programs: readonly Assembly[];
  /** Known by the addresses where it lies: its symbols are offsets in a segment. */
  readonly firmware: readonly Assembly[];
}

/** The same for what nobody debugs. */
export function placeIn(
  known: Programs,
  linear: bigint,
  memory: DebugMemory,
): ProgramPlace | undefined {
  for (const program of known.programs) {
    const entry = program.lines.at(linear);
    if (entry && !isLowMemory(entry, linear)) return { program, entry, address: linear };
  }
  const physical = memory.guestPhysical(linear);
  return physical === undefined ? undefined : placeLoadedAt(known, physical);
}

/** What was loaded at a guest-physical address. */
export function placeLoadedAt(
  { programs, firmware }: Programs,
  physical: bigint,
): ProgramPlace | undefined {
  for (const program of [...programs, ...firmware]) {
    const entry = program.lines.atLoad(physical);
    if (entry) return { program, entry, address: entry.address + (physical - entry.load) };
  }
  return undefined;
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

/** `exits.asm:20`: the file without its folder. */
export function lineNameAt(
  target: Target,
  linear: bigint,
  memory: DebugMemory,
): string | undefined {
  const place = placeAt(target, linear, memory)?.entry.chain[0];
  return place && `${place.file.slice(place.file.search(/[^\\/]*$/))}:${String(place.line)}`;
}

/**
 * `print`, `print+0x8`; undefined where no symbol of the program is meant.
 *
 * @param at what the distance leads to: a return address is counted from the symbol before its call
 */
export function symbolAt(
  target: Target,
  linear: bigint,
  memory: DebugMemory = target.code.memory,
  at = linear,
): string | undefined {
  const place = placeAt(target, linear, memory);
  if (!place) return undefined;
  return nearestSymbol(place.program, place.address, at - linear, place.entry.section);
}

/**
 * The symbol before an address of the program, with the distance and `more`: one spelling everywhere.
 *
 * @param section where the address lies, as sections may have the same addresses
 */
export function nearestSymbol(
  { symbols }: Assembly,
  address: bigint,
  more = 0n,
  section?: string,
): string | undefined {
  const near = symbols.nearest(address, section);
  if (!near) return undefined;
  const offset = near.offset + more;
  return offset === 0n ? near.symbol.name : `${near.symbol.name}+0x${offset.toString(16)}`;
}
