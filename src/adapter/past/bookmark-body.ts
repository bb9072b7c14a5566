import type { Bookmark } from '../../debugger/run/past/bookmarks';
import type { BookmarkBody } from './protocol';

export const bookmarkBody = ({ number, name, instructions, timeline }: Bookmark): BookmarkBody => ({
  number,
  name,
  instructions,
  timeline: timeline.number,
});
