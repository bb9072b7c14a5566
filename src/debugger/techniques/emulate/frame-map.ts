import { Epte, EptRights } from '../../../isa/ept';
import type { PhysicalMemory } from '../../../processor/physical-memory';
import type { Target } from '../../target';

const ENTRIES = 512;
const ALL = BigInt(EptRights.ALL);
const PAGE_SHIFT = 12n;
const INDEX_SHIFT = 9n;

/**
 * The guest-physical addresses of host frames, by the map of the guest's memory, read backwards; the lowest where
 * a frame has several.
 */
export function frameMap({ machine }: Target, frames: readonly number[]): Map<number, number> {
  const { vm } = machine;
  const found = new Map<number, number>();
  if (!vm || frames.length === 0) return found;
  const wanted = new Set(frames);
  const { memory } = vm.computer;
  const root = Number(vm.guestMemory.map & Epte.ADDRESS);
  eachFrame(memory, root, 4, 0n, (frame, address) => {
    if (wanted.delete(frame)) found.set(frame, Number(address));
    return wanted.size > 0;
  });
  return found;
}

/** Visits the frames of a table's pages in the order of guest-physical addresses. @returns whether to go on */
function eachFrame(
  memory: PhysicalMemory,
  table: number,
  level: number,
  first: bigint,
  visit: (frame: number, address: bigint) => boolean,
): boolean {
  for (let index = 0; index < ENTRIES; index++) {
    const entry = memory.read64(table + index * 8);
    if (!(entry & ALL)) continue;
    const address = first | (BigInt(index) << (PAGE_SHIFT + INDEX_SHIFT * BigInt(level - 1)));
    const next = Number(entry & Epte.ADDRESS);
    const goOn =
      level === 1 ? visit(next, address) : eachFrame(memory, next, level - 1, address, visit);
    if (!goOn) return false;
  }
  return true;
}
