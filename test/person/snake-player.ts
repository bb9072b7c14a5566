/** Plays the snake of the sample `bios` as a person does: by what is seen. */

/** Cells of 8 by 8 pixels in a row of the field. */
export const COLUMNS = 40;

/** What is seen of a cell, each colour as 0xrrggbb. */
export interface Cell {
  readonly middle: number;
  /** Where the head has the white of an eye. */
  readonly eye: number;
}

export type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';

const STEPS: readonly (readonly [Direction, number])[] = [
  ['ArrowUp', -COLUMNS],
  ['ArrowDown', COLUMNS],
  ['ArrowLeft', -1],
  ['ArrowRight', 1],
];

/** Two dark greys, and the apple's red. */
const FLOOR: ReadonlySet<number> = new Set([0x20_20_20, 0x2c_2c_2c]);
const APPLE = 0xaa_00_00;
const WHITE = 0xff_ff_ff;

/** The first step of a shortest way from the head to the apple, or anywhere; undefined when there is none. */
export function nextStep(field: readonly Cell[]): Direction | undefined {
  const head = field.findIndex(({ eye }, cell) => eye === WHITE && cell >= COLUMNS);
  if (head < 0) return undefined;
  const seen = new Set([head]);
  let edge: readonly { cell: number; first?: Direction }[] = [{ cell: head }];
  let anywhere: Direction | undefined;
  while (edge.length > 0) {
    const next: { cell: number; first: Direction }[] = [];
    for (const { cell, first } of edge) {
      for (const [direction, step] of STEPS) {
        const to = cell + step;
        const colour = field[to]?.middle ?? 0;
        if (seen.has(to)) continue;
        seen.add(to);
        if (colour === APPLE) return first ?? direction;
        if (FLOOR.has(colour)) next.push({ cell: to, first: first ?? direction });
      }
    }
    anywhere = next[0]?.first ?? anywhere;
    edge = next;
  }
  return anywhere;
}
