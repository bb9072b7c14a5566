import type { WalkPicture } from '../../../adapter/page-walk/protocol';
import { layoutOf, type CellBox } from './layout';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The entry that an arrow key leads to: the nearest one on that side. */
export function neighbour(
  picture: WalkPicture,
  id: string,
  direction: Direction,
): string | undefined {
  const { cells } = layoutOf(picture, { entry: '', shadow: '' });
  const from = cells.find(({ cell }) => cell.id === id);
  if (!from) return undefined;
  const across = direction === 'left' || direction === 'right';
  const sign = direction === 'left' || direction === 'up' ? -1 : 1;
  const ahead = (box: CellBox): number => sign * (across ? box.x - from.x : box.y - from.y);
  const aside = (box: CellBox): number => Math.abs(across ? box.y - from.y : box.x - from.x);
  const [nearest] = cells
    .filter((box) => ahead(box) > 0 && (across || aside(box) === 0))
    .sort((a, b) => ahead(a) - ahead(b) || aside(a) - aside(b));
  return nearest?.cell.id;
}
