import * as l10n from '@vscode/l10n';
import { WideCr3, WideCr4 } from '../../isa/registers/control';
import { clauses } from '../../isa/phrases';
import type { World } from '../../processor/paging/tlb';
import { tlbEntries, type TlbEntry } from '../../processor/paging/tlb-entries';
import type { Target } from '../target';
import { group, hex, leaf, matches, type Row, type View, type ViewRequest } from './row';
import { rightsOf, tlbSource, TlbWalk, type TlbSource, type WalkNow } from './tlb-walk';

/** The translations that the TLB holds, with what a walk of the page tables gives now. */

/** Rows shown at once; the others stand behind a row of their own. */
const PAGE = 200;

/** An entry and what became of the tables that it was made of; undefined where those are not known. */
interface Known {
  readonly entry: TlbEntry;
  readonly now: WalkNow | undefined;
  readonly stale: boolean;
}

/** A set of the TLB: a world at a privilege. */
interface TlbSet {
  readonly id: string;
  readonly world: World;
  readonly user: boolean;
  readonly source: TlbSource | undefined;
  /** Stale ones first, then by their addresses. */
  readonly entries: readonly Known[];
}

export function tlbRows(target: Target, { node, filter, focus }: ViewRequest): View {
  const sets = setsOf(target);
  if (node !== undefined) return { rows: below(node, sets, filter) };
  if (sets.length === 0) return { rows: [], message: l10n.t('The TLB is empty.') };
  const all = sets.flatMap(({ entries }) => entries);
  const stale = all.filter((each) => each.stale).length;
  const rows = sets.map((set) => groupRow(target, set, isOf(target, focus, set.world)));
  const summary = clauses(countText(all.length), staleText(stale));
  const found = !filter || sets.some((set) => shown(set, filter).length > 0);
  return { rows, summary, ...(!found && { message: l10n.t('No entry contains “{0}”.', filter) }) };
}

/** Whether a world of the TLB is the focused one. Without tags, the guest may have translations in both. */
export function isOf({ technique }: Target, focus: ViewRequest['focus'], world: World): boolean {
  if (!technique.tlbTags) return focus === 'guest' || world === 0;
  return (technique.host && focus === 'guest' ? 1 : 0) === world;
}

function setsOf(target: Target): TlbSet[] {
  const all = tlbEntries(target.cpu.caches.tlb.save());
  return ([0, 1] as const).flatMap((world) => {
    const ofWorld = all.filter((entry) => entry.world === world);
    if (ofWorld.length === 0) return [];
    const source = tlbSource(target, world);
    const walk = source && new TlbWalk(target, source);
    return [false, true].flatMap((user) => {
      const entries = ofWorld.filter((entry) => entry.user === user).map((e) => known(e, walk));
      if (entries.length === 0) return [];
      const id = `set/${String(world)}${user ? 'u' : 's'}`;
      return [{ id, world, user, source, entries: entries.sort(inOrder) }];
    });
  });
}

function known(entry: TlbEntry, walk: TlbWalk | undefined): Known {
  const now = walk?.now(entry);
  return { entry, now, stale: walk && now ? walk.isStale(entry, now) : false };
}

function inOrder(a: Known, b: Known): number {
  if (a.stale !== b.stale) return a.stale ? -1 : 1;
  if (a.entry.linear !== b.entry.linear) return a.entry.linear < b.entry.linear ? -1 : 1;
  return Number(a.entry.executable) - Number(b.entry.executable);
}

function below(node: string, sets: readonly TlbSet[], filter: string | undefined): Row[] {
  const set = sets.find(({ id }) => node.startsWith(id));
  if (!set) return [];
  const from = Number(/\/from\/(\d+)$/.exec(node)?.[1] ?? 0);
  const rows = shown(set, filter);
  const page = rows.slice(from, from + PAGE);
  const next = from + PAGE;
  if (next >= rows.length) return page;
  return [...page, group(`${set.id}/from/${String(next)}`, l10n.t('more'), false)];
}

const shown = ({ id, entries }: TlbSet, filter: string | undefined): Row[] =>
  entries.map((each) => entryRow(id, each)).filter((row) => matches(row, filter));

function groupRow(target: Target, set: TlbSet, expanded: boolean): Row {
  const { id, world, user, source, entries } = set;
  const stale = entries.filter((each) => each.stale).length;
  const pcid = source && source.paging.cr4 & WideCr4.PCIDE ? source.paging.cr3 & WideCr3.PCID : 0n;
  const tagged = clauses(tagText(target, world), pcid ? `PCID ${hex(pcid)}` : '');
  return group(id, setLabel(target, world, user), expanded, {
    description: clauses(countText(entries.length), staleText(stale), tagged),
    tooltip: source ? SET_TOOLTIP() : OTHERS_TOOLTIP(),
    ...(stale > 0 && { severity: 'warning' as const }),
  });
}

/** Guest mode has translations without a tag where software fills them in for the guest. */
function tagText({ technique: { tlbTags } }: Target, world: World): string {
  if (world === 0) return tlbTags?.host ?? '';
  return tlbTags?.guest ?? l10n.t('in software');
}

const SET_TOOLTIP = (): string =>
  l10n.t(
    'The TLB has entries of its own for each world and privilege, and for instruction fetches. With a tag (VPID) they outlive VM exits and VM entries; without one, each drops them.',
  );
const OTHERS_TOOLTIP = (): string =>
  l10n.t('These entries are of another guest than the present one: its page tables are not known.');

function setLabel(target: Target, world: World, user: boolean): string {
  const { host, tlbTags } = target.technique;
  if (world === 1) return user ? l10n.t('Guest, user mode') : l10n.t('Guest, supervisor mode');
  if (host && tlbTags) return user ? l10n.t('Host, user mode') : l10n.t('Host, supervisor mode');
  return user ? l10n.t('User mode') : l10n.t('Supervisor mode');
}

const countText = (count: number): string =>
  count === 1 ? l10n.t('1 entry') : l10n.t('{0} entries', count);
const staleText = (count: number): string => (count > 0 ? l10n.t('{0} stale', count) : '');

/** '0x40000  stale RW → HPA 0x1251000 · now R → HPA 0x1252000' */
function entryRow(set: string, { entry, now, stale }: Known): Row {
  const { linear, frame, executable } = entry;
  const id = `${set}/${executable ? 'x' : 'd'}/${linear.toString(16)}`;
  const held = `${rightsOf(entry)} → HPA ${hex(frame)}${marksOf(entry)}`;
  const text =
    stale && now ? `${l10n.t('stale')} ${held} · ${l10n.t('now {0}', foundText(now))}` : held;
  return leaf(id, hex(linear), text, {
    value: hex(linear),
    expression: hex(linear),
    memoryReference: `hpa:${hex(frame)}`,
    tooltip: stale && now ? staleTooltip(now) : entryTooltip(entry),
    ...(stale && { severity: 'warning' as const }),
  });
}

/** ' G 2M PK3': global, the size of the page, the protection key. */
function marksOf({ global, pageShift = 12, key }: TlbEntry): string {
  const size = pageShift > 12 ? ` ${sizeText(pageShift)}` : '';
  return `${global ? ' G' : ''}${size}${key === undefined ? '' : ` PK${String(key)}`}`;
}

const sizeText = (shift: number): string =>
  shift >= 30 ? `${String(2 ** (shift - 30))}G` : `${String(2 ** (shift - 20))}M`;

const foundText = (now: WalkNow): string =>
  'refused' in now ? now.refused : `${now.rights} → HPA ${hex(now.frame)}`;

function staleTooltip(now: WalkNow): string {
  return l10n.t(
    'Stale: the page tables have been changed since this entry was made. A walk of them gives now: {0}. The processor goes on using the entry until INVLPG, a load of CR3, or something else drops it (SDM 3A 4.10.4).',
    foundText(now),
  );
}

function entryTooltip({ user, executable, pageShift }: TlbEntry): string {
  const who = user ? l10n.t('user mode') : l10n.t('supervisor mode');
  if (executable) return l10n.t('For instruction fetches in {0}.', who);
  const data = l10n.t(
    'For reads and writes in {0}. W comes with the first write, which sets the dirty flag.',
    who,
  );
  if (pageShift === undefined || pageShift === 12) return data;
  return `${data} ${l10n.t('A part of a larger page: others have entries of their own.')}`;
}
