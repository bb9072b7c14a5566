import type { WalkCell, WalkPicture } from '../../../adapter/page-walk/protocol';
import { filled } from '../../webviews/filled';
import type { PageTexts } from '../messages';

/** What a cell is called by those who do not see it: 'Reference 5: PML4E[256], 0x11027, P W U A'. */
export function cellName(cell: WalkCell, differs: boolean, texts: PageTexts): string {
  const { order, name, value, flags, stops } = cell;
  const told = [
    order === undefined ? name : filled(texts.labelled, filled(texts.reference, order), name),
    value,
    flags,
    stops === true ? texts.stops : '',
    differs ? texts.differs : '',
  ];
  return joined(told, texts);
}

/** An entry with its place, and its bits. */
export const cellHead = ({ name, place, value }: WalkCell, texts: PageTexts): string =>
  filled(texts.labelled, filled(texts.withNote, name, place), value);

/** Where the walk leads to, or why it ends before. */
export function verdictOf(picture: WalkPicture, texts: PageTexts): string {
  const { stop, results, pageSize = '', references, tlb, rights = '', note = '' } = picture;
  const count = filled(texts.references, references);
  if (stop) {
    const { title, why, outcome, receiverText } = stop;
    return joined([filled(texts.labelled, title, why), outcome, receiverText, tlb.text], texts);
  }
  return joined([results.join(' = '), pageSize, count, tlb.text, rights, note], texts);
}

const joined = (parts: readonly string[], texts: PageTexts): string =>
  parts.filter((text) => text !== '').join(texts.separator);
