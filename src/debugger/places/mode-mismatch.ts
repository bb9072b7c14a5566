import type { LineEntry } from '../../program';
import { linearRip, modeOf } from '../registers/registers';
import type { Target, World } from '../target';
import { placeAt } from './program-place';

/** Source that was assembled for another mode than the processor decodes it in. */
export interface ModeMismatch {
  /** The entry at RIP. */
  readonly entry: LineEntry;
  readonly assembled: 16 | 32 | 64;
  readonly decoded: 16 | 32 | 64;
}

/** At the present instruction of a world; undefined where source and processor agree. */
export function modeMismatch(target: Target, world: World): ModeMismatch | undefined {
  const { registers, memory, isProgram } = world;
  if (!isProgram) return undefined;
  const entry = placeAt(target, linearRip(registers), memory)?.entry;
  const { bits } = modeOf(registers);
  if (entry?.kind !== 'code' || entry.compiled || entry.bits === bits) return undefined;
  return { entry, assembled: entry.bits, decoded: bits };
}

/**
 * How the code of an entry is decoded: as the source says, but as the processor does from where it stands
 * to where the source changes its mode.
 */
export function decodedBits(
  entry: LineEntry,
  mismatch: ModeMismatch | undefined,
  target: Target,
): 16 | 32 | 64 {
  if (!mismatch || entry.kind !== 'code' || entry.bits !== mismatch.assembled) return entry.bits;
  const { entries } = target.program.lines;
  const here = entries.indexOf(mismatch.entry);
  const there = entries.indexOf(entry);
  if (there < 0) return entry.bits; // firmware, of another program
  const between = entries.slice(Math.min(here, there), Math.max(here, there));
  const together = between.every(({ kind, bits }) => kind !== 'code' || bits === entry.bits);
  return together ? mismatch.decoded : entry.bits;
}
