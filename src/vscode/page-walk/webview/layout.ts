import type {
  AddressPart,
  WalkCell,
  WalkColumn,
  WalkPicture,
} from '../../../adapter/page-walk/protocol';

/** Where each thing stands in the picture, in pixels: guest levels across, the second dimension's down. */

/** The widths of letters: of numbers in the editor's font, and of words. */
const DIGIT = 7;
const LETTER = 6.4;
const IDEOGRAPH = 11;
/** Room for the number of a reference, and around texts. */
const ORDER = 24;
const PAD = 8;

const PARTS = 32;
const CAPTION = 20;
const CELL = 22;
const ENTRY = 40;
const DOWN = 4;
const ACROSS = 12;
const LEAST = 112;
const GAP = 8;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface CellBox extends Box {
  readonly cell: WalkCell;
  readonly column: string;
  /** An entry of the guest's tables or of the shadow tables has two lines, one of the second dimension one. */
  readonly kind: 'second' | 'entry' | 'shadow';
}

export interface PartBox extends Box {
  readonly part: AddressPart;
}

/** A text, at its left end and the middle of its height. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly parts: readonly PartBox[];
  /** Names of rows. */
  readonly rows: readonly Label[];
  /** The address that each column is about. */
  readonly captions: readonly Label[];
  readonly cells: readonly CellBox[];
  /** Entries that the walk does not come to. */
  readonly missing: readonly (Box & { readonly name: string })[];
  /** Where the walk of the page's address leads to. */
  readonly ends: readonly (Box & { readonly text: string })[];
  /** From top to bottom within a column: x, from, to. */
  readonly downs: readonly (readonly [x: number, from: number, to: number])[];
  /** From an entry to the address that it leads to. */
  readonly leads: readonly { readonly from: Label; readonly to: Label }[];
}

/** The names of rows that are not the second dimension's. */
export interface RowNames {
  readonly entry: string;
  readonly shadow: string;
}

/** A column with what the shadow tables have at its level. */
interface Column extends WalkColumn {
  readonly shadowCell: WalkCell | undefined;
  /** The guest's tables have such a level, in this walk. */
  readonly isOfGuest: boolean;
}

export function layoutOf(picture: WalkPicture, names: RowNames): Layout {
  const { second, parts, root = '' } = picture;
  const columns = columnsOf(picture);
  const levels = second?.levels ?? [];
  const hasEntries = columns.some(({ level, isOfGuest }) => level > 0 && isOfGuest);
  const tops = topsOf(parts.length > 0, levels.length);
  const sign = parts.find(({ level }) => level === 'sign');
  const labels = [...levels.map(({ name }) => name), names.entry, root];
  const named = labels.map(wordWidth);
  const left = PAD + Math.ceil(Math.max(60, sign ? partWidth(sign) : 0, ...named)) + PAD;

  const boxes: Omit<Mutable<Layout>, 'width' | 'height' | 'parts' | 'rows'> = {
    ...{ captions: [], cells: [], missing: [], ends: [], downs: [], leads: [] },
  };
  const partBoxes: PartBox[] = [];
  if (sign) partBoxes.push({ part: sign, x: PAD, y: 2, width: left - 2 * PAD, height: PARTS });
  let x = left;
  let lead: Label | undefined;
  for (const column of columns) {
    const part = parts.find(({ level }) => level === column.level);
    const width = widthOf(column, part);
    if (part) partBoxes.push({ part, x, y: 2, width, height: PARTS });
    lead = placeColumn(
      column,
      { x, width, tops, levels: levels.map(({ level }) => level) },
      boxes,
      lead,
    );
    x += width + ACROSS;
  }
  const rows = levels.map(({ name }, n) => ({ x: PAD, y: tops.second(n) + CELL / 2, text: name }));
  if (root) rows.unshift({ x: PAD, y: tops.caption + CAPTION / 2, text: root });
  if (hasEntries) rows.push({ x: PAD, y: tops.entry + ENTRY / 2, text: names.entry });
  if (picture.shadow) rows.push({ x: PAD, y: tops.shadow + ENTRY / 2, text: names.shadow });
  const height = (picture.shadow ? tops.shadow : tops.entry) + ENTRY + PAD;
  return { width: x - ACROSS + PAD, height, parts: partBoxes, rows, ...boxes };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** The levels of the guest's tables and those that only the shadow tables have, from the top down. */
function columnsOf({ columns, shadow }: WalkPicture): Column[] {
  const cells = shadow?.cells ?? [];
  const all: Column[] = columns.map((column) => ({
    ...column,
    shadowCell: cells.find(({ level }) => level === column.level),
    isOfGuest: true,
  }));
  for (const cell of cells) {
    if (all.some(({ level }) => level === cell.level)) continue;
    const id = `shadow-level/${String(cell.level)}`;
    all.push({ id, level: cell.level, name: '', second: [], shadowCell: cell, isOfGuest: false });
  }
  return all.sort((a, b) => b.level - a.level);
}

interface Tops {
  readonly caption: number;
  second(row: number): number;
  readonly entry: number;
  readonly shadow: number;
}

function topsOf(hasParts: boolean, levels: number): Tops {
  const caption = hasParts ? PARTS + 5 : 4;
  const second = (row: number): number => caption + CAPTION + row * (CELL + DOWN);
  const entry = second(levels) + (levels > 0 ? GAP - DOWN : 0);
  return { caption, second, entry, shadow: entry + ENTRY + GAP };
}

function widthOf(column: Column, part: AddressPart | undefined): number {
  const { second, entry, shadowCell, address = '', host = '' } = column;
  const texts = [
    ...second.map(({ value, flags }) => ORDER + value.length * DIGIT + flags.length * LETTER + PAD),
    ...[entry, shadowCell].map((cell) => (cell ? entryWidth(cell) : 0)),
    address.length * DIGIT,
    host.length * DIGIT,
    part ? partWidth(part) : 0,
  ];
  return Math.ceil(Math.max(LEAST, ...texts.map((width) => width + 2 * PAD)));
}

const wordWidth = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? IDEOGRAPH : LETTER), 0);

/** 'PML4 47:39' and its value. */
const partWidth = ({ name, high, low, value }: AddressPart): number =>
  wordWidth(`${name} ${String(high)}:${String(low)}`) + PAD + value.length * DIGIT;

const entryWidth = ({ name, value, flags }: WalkCell): number =>
  Math.max(ORDER + name.length * DIGIT, value.length * DIGIT + flags.length * LETTER + PAD);

interface Place {
  readonly x: number;
  readonly width: number;
  readonly tops: Tops;
  /** Of the second dimension, from the top down. */
  readonly levels: readonly number[];
}

type Boxes = Omit<Mutable<Layout>, 'width' | 'height' | 'parts' | 'rows'>;

/** Puts a column's boxes in their places. @returns from where it leads on */
function placeColumn(
  column: Column,
  place: Place,
  boxes: Boxes,
  lead: Label | undefined,
): Label | undefined {
  const { x, width, tops } = place;
  const { id, level, address, entry, shadowCell, second, isOfGuest } = column;
  const middle = x + width / 2;
  let above: number | undefined;
  if (address !== undefined) {
    const caption = { x, y: tops.caption + CAPTION / 2, text: address };
    boxes.captions.push(caption);
    if (lead) boxes.leads.push({ from: lead, to: caption });
    above = tops.caption + CAPTION - 2;
  }
  const down = (y: number, height: number): void => {
    if (above !== undefined) boxes.downs.push([middle, above, y]);
    above = y + height;
  };
  for (const cell of second) {
    const y = tops.second(place.levels.indexOf(cell.level));
    boxes.cells.push({ cell, column: id, kind: 'second', x, y, width, height: CELL });
    down(y, CELL);
  }
  const at = { x, y: tops.entry, width, height: ENTRY };
  if (entry) {
    boxes.cells.push({ cell: entry, column: id, kind: 'entry', ...at });
    down(at.y, ENTRY);
  } else if (level === 0 && column.host !== undefined) {
    boxes.ends.push({ text: column.host, ...at });
    down(at.y, ENTRY);
  } else if (isOfGuest && address === undefined) {
    boxes.missing.push({ name: column.name, ...at });
  }
  if (shadowCell) {
    boxes.cells.push({ cell: shadowCell, column: id, kind: 'shadow', ...at, y: tops.shadow });
  }
  return entry ? { x: x + width, y: tops.entry + ENTRY / 2, text: '' } : undefined;
}
