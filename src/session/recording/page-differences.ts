import type { PageVersions } from './page-history';
import { PAGE_SIZE } from '../../processor/state/layout';

/** Pages by frame number. */
export type Pages = ReadonlyMap<number, Uint8Array>;

/** What a frame holds in which nothing was ever written. */
const ZEROS = new Uint8Array(PAGE_SIZE);

/**
 * What memory held at several times, each as the pages that are others than at the time before; the first one's than at
 * the beginning of the history.
 */
export function differences(times: readonly PageVersions[]): Pages[] {
  let before: Pages = new Map();
  return times.map((time) => {
    const { pages: now, root } = sinceBeginning(time);
    const changed = new Map([...now].filter(([frame, page]) => before.get(frame) !== page));
    for (const frame of before.keys()) {
      if (!now.has(frame)) changed.set(frame, root.pages.get(frame) ?? ZEROS);
    }
    before = now;
    return changed;
  });
}

/** The times that have such differences, for a history with another beginning of the same bytes. */
export function timesOf(root: PageVersions, all: readonly Pages[]): PageVersions[] {
  let parent = root;
  return all.map((pages) => (parent = { parent, pages: new Map(pages) }));
}

/** All pages that are others than at the beginning, and that. */
function sinceBeginning(time: PageVersions): {
  readonly pages: Pages;
  readonly root: PageVersions;
} {
  const pages = new Map<number, Uint8Array>();
  let at = time;
  for (; at.parent; at = at.parent) {
    for (const [frame, page] of at.pages) if (!pages.has(frame)) pages.set(frame, page);
  }
  return { pages, root: at };
}
