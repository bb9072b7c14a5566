import type { WalkCell, WalkPicture } from '../../../adapter/page-walk/protocol';
import { cellsOf } from './steps';

/** Which entries of two pictures are not the same: read elsewhere, of another value, or in one of them only. */
export function differences(a: WalkPicture, b: WalkPicture): ReadonlySet<string> {
  const [ofA, ofB] = [byId(a), byId(b)];
  const differing = new Set<string>();
  for (const id of new Set([...ofA.keys(), ...ofB.keys()])) {
    if (textOf(ofA.get(id)) !== textOf(ofB.get(id))) differing.add(id);
  }
  return differing;
}

const byId = (picture: WalkPicture): Map<string, WalkCell> =>
  new Map(cellsOf(picture).map((cell) => [cell.id, cell]));

const textOf = (cell: WalkCell | undefined): string =>
  cell ? [cell.name, cell.place, cell.value, cell.stops === true].join('|') : '';
