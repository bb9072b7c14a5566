import type { Owner, RoomBody, WorldKind } from '../../../adapter/machine-picture/protocol';
import type { PageTexts } from '../messages';

/** The form of what colour tells: who it belongs to. */
export const SIGNS: Readonly<Record<WorldKind, string>> = {
  guest: '●',
  between: '⇄',
  host: '◆',
  hardware: '▣',
};

/** What stands in a room, in a line. */
export function roomName(room: RoomBody, isHere: boolean, texts: PageTexts): string {
  const { name, note, place, line, instruction, facts } = room;
  return joined([name, note, isHere ? texts.here : '', place, line, instruction, ...facts], texts);
}

/** 'CR3 0x10000 the guest' */
export const ownerName = ({ name, value, owner }: Owner): string =>
  [name, value, owner].filter((text) => text !== '').join(' ');

const joined = (parts: readonly string[], texts: PageTexts): string =>
  parts.filter((text) => text !== '').join(texts.separator);
