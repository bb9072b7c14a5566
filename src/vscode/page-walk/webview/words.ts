import type { WalkCell, WalkPicture } from '../../../adapter/page-walk/protocol';
import { filled } from '../../webviews/filled';
import type { PageTexts } from '../messages';

/**
 * What a cell is called by those who do not see it, beginning with what stands in it:
 * 'PML4E[256] 5 0x11027 P W U A, Reference 5'.
 */
export function cellName(cell: WalkCell, differs: boolean, texts: PageTexts): string {
  const { order, name, value, flags, stops } = cell;
  const told = [
    [name, order ?? '', value, flags].filter((text) => text !== '').join(' '),
    order === undefined ? '' : filled(texts.reference, order),
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
  const { shadow } = picture;
  const hardware = shadow ? filled(texts.labelled, shadow.name, shadow.end) : '';
  const count = filled(texts.references, references);
  if (stop) {
    const { title, why, outcome, receiverText } = stop;
    return joined([filled(texts.labelled, title, why), outcome, receiverText, tlb.text], texts);
  }
  return joined([results.join(' = '), pageSize, hardware, count, tlb.text, rights, note], texts);
}

const joined = (parts: readonly string[], texts: PageTexts): string =>
  parts.filter((text) => text !== '').join(texts.separator);
