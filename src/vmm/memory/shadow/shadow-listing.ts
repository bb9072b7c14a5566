import type { ShadowPage } from './shadow-page';
import type { ShadowPagerState } from './shadow-pager';

/** What the first table of a guest's address space is, where a shadow table is the root for it. */
export interface ShadowRoot {
  /** The guest has this address space at present. */
  readonly inUse: boolean;
  /** Host-physical address of the frame with the guest's first table; undefined where there is none. */
  readonly guestFrame: number | undefined;
  /** PAE paging: the registers that are its first table. */
  readonly pdptes: readonly bigint[] | undefined;
}

/** A shadow table, for whoever looks. */
export interface ShadowTable {
  readonly page: ShadowPage;
  /** The guest's paging that it was made for: '4-level+WP+NXE'. Parts of large pages serve all. */
  readonly role: string | undefined;
  /** The rights that the guest's entries grant on the way to it: 'WUX', 'W--'. */
  readonly rights: string | undefined;
  readonly root: ShadowRoot | undefined;
}

/** As `guest-tables.ts` and the pager name tables. */
const TABLE = /^(\S+) L(\d) \S+ (\S+)$/;
const ROOT = /^(\S+) root ?(.*)$/;
/** In IA-32e mode the guest's own first table has as many levels as the shadow's. */
const OWN_TOP = new Map([
  ['4-level', 4],
  ['5-level', 5],
]);

/** All shadow tables, the root in use first, then by level from the top and by their frames. */
export function shadowTables({ tables, activeRoot }: ShadowPagerState): ShadowTable[] {
  const facts = tables.pages.map((page) => tableOf(page, activeRoot));
  return facts.sort(
    (a, b) =>
      Number(b.root?.inUse ?? false) - Number(a.root?.inUse ?? false) ||
      b.page.level - a.page.level ||
      a.page.frame - b.page.frame,
  );
}

function tableOf(page: ShadowPage, activeRoot: number): ShadowTable {
  const inUse = page.frame === activeRoot;
  const [, rootRole, first] = ROOT.exec(page.key) ?? [];
  if (rootRole !== undefined) {
    return { page, role: rootRole, rights: undefined, root: rootOf(inUse, first ?? '') };
  }
  const [, role, , rights] = TABLE.exec(page.key) ?? [];
  const mode = role?.split('+')[0] ?? '';
  const isTop = OWN_TOP.get(mode) === page.level;
  const root = isTop ? { inUse, guestFrame: page.guest?.frame, pdptes: undefined } : undefined;
  return { page, role, rights, root };
}

/** @param first what of the guest's stands at the top: PDPTEs, the frame of a page directory, or nothing */
function rootOf(inUse: boolean, first: string): ShadowRoot {
  const numbers = first.split(' ').filter((word) => /^\d+$/.test(word));
  if (numbers.length > 1) return { inUse, guestFrame: undefined, pdptes: numbers.map(BigInt) };
  const [frame] = numbers;
  return { inUse, guestFrame: frame === undefined ? undefined : Number(frame), pdptes: undefined };
}
