import * as l10n from '@vscode/l10n';
import { entryName, Pte } from '../../isa/paging';
import { clauses } from '../../isa/phrases';
import { shadowTables, type ShadowTable } from '../../vmm';
import type { Target } from '../target';
import { frameMap } from '../techniques';
import { entryFlags } from './entry-flags';
import { group, hex, leaf, type Row } from './row';

/** The shadow tables that there are, as a tree: from the roots, and by level. Entries are read from host memory. */

const ENTRIES = 512;
const ENTRY_BYTES = 8;
/** Rows shown at once. */
const PAGE = 100;
const TOP = 'tables';

/** Whether the rows below a node are these. */
export const isShadowTableNode = (node: string): boolean =>
  node === TOP || node.startsWith(`${TOP}/`);

/** One row for all of them; undefined where the processor walks the guest's own tables. */
export function shadowTablesRow(target: Target): Row | undefined {
  const state = target.monitor?.host.shadow?.save();
  if (!state) return undefined;
  const { pages, free } = state.tables;
  return group(TOP, l10n.t('shadow tables'), false, {
    description: clauses(
      counted(pages.length, l10n.t('1 table'), l10n.t('{0} tables', pages.length)),
      l10n.t('{0} frames free', free.length),
    ),
    tooltip: l10n.t(
      'Made at page faults, each for a table of the guest’s and the rights on the way to it. Writes to a table of the guest’s exit, and clear what was made of the old entries.',
    ),
  });
}

/** @param node one of those that the rows have: a level, a table, or an entry that leads to one */
export function shadowTableRows(target: Target, node: string): Row[] {
  const listing = new Listing(target);
  const [, kind, ...path] = node.split('/');
  if (kind === undefined) return listing.top();
  if (kind === 'level') return listing.ofLevel(Number(path[0]));
  return listing.below(node, kind, path);
}

const counted = (count: number, one: string, more: string): string => (count === 1 ? one : more);

/** A present entry of a shadow table. */
interface Entry {
  readonly index: number;
  readonly address: number;
  readonly entry: bigint;
  /** Host-physical address of what it leads to. */
  readonly frame: number;
}

/** A table in the tree, and the linear address at which what it maps begins, where that is known. */
interface Place {
  readonly table: ShadowTable;
  readonly linear: bigint | undefined;
}

class Listing {
  private readonly tables: readonly ShadowTable[];
  private readonly byFrame: ReadonlyMap<number, ShadowTable>;

  constructor(private readonly target: Target) {
    const state = target.monitor?.host.shadow?.save();
    this.tables = state ? shadowTables(state) : [];
    this.byFrame = new Map(this.tables.map((table) => [table.page.frame, table]));
  }

  /** The roots, and the others by level. */
  top(): Row[] {
    if (this.tables.length === 0) {
      return [leaf(`${TOP}/none`, l10n.t('none yet'), l10n.t('they are made at page faults'))];
    }
    const roots = this.tables.filter(({ root }) => root);
    const others = this.tables.filter(({ root }) => !root);
    const levels = [...new Set(others.map(({ page }) => page.level))];
    return [
      ...this.tableRows('root', roots),
      ...levels.map((level) => {
        const count = others.filter(({ page }) => page.level === level).length;
        const label = l10n.t('level {0}: tables of {1}s', level, entryName(level));
        return group(`${TOP}/level/${String(level)}`, label, false, {
          description: counted(count, l10n.t('1 table'), l10n.t('{0} tables', count)),
        });
      }),
    ];
  }

  ofLevel(level: number): Row[] {
    const tables = this.tables.filter(({ root, page }) => !root && page.level === level);
    return this.tableRows('table', tables);
  }

  private tableRows(kind: 'root' | 'table', tables: readonly ShadowTable[]): Row[] {
    const pages = frameMap(this.target, tables.flatMap(guestFrameOf));
    return tables.map((table) => {
      const { page } = table;
      return group(`${TOP}/${kind}/${page.frame.toString(16)}`, tableLabel(table), false, {
        description: this.tableText(table, pages),
        tooltip: tableTooltip(table),
        value: hex(page.frame),
        memoryReference: `hpa:${hex(page.frame)}`,
      });
    });
  }

  /** 'in use, GPA 0x10000, 3 entries, 1 write, 4-level+WP+NXE' */
  private tableText(table: ShadowTable, pages: ReadonlyMap<number, number>): string {
    const { root, role, rights, page } = table;
    const present = this.entriesOf(table).length;
    return clauses(
      root?.inUse ? l10n.t('in use') : '',
      standsFor(table, pages),
      counted(present, l10n.t('1 entry'), l10n.t('{0} entries', present)),
      page.writes > 0
        ? counted(page.writes, l10n.t('1 write'), l10n.t('{0} writes', page.writes))
        : '',
      rights ?? '',
      role?.replace(/^none/, l10n.t('no paging')) ?? '',
    );
  }

  /** The entries of a table that lead somewhere. @param path the table's frame, then the entries gone through */
  below(node: string, kind: string, path: readonly string[]): Row[] {
    const from = path.at(-2) === 'from' ? Number(path.at(-1)) : 0;
    const place = this.at(kind, path.at(-2) === 'from' ? path.slice(0, -2) : path);
    if (!place) return [];
    const entries = this.entriesOf(place.table);
    const shown = entries.slice(from, from + PAGE);
    const parent = node.replace(/\/from\/\d+$/, '');
    const leaves = place.table.page.level === 1 ? shown.map(({ frame }) => frame) : [];
    const pages = frameMap(this.target, leaves);
    const rows = shown.map((entry) => this.entryRow(parent, place, entry, pages));
    const next = from + PAGE;
    if (next >= entries.length) return rows;
    return [...rows, group(`${parent}/from/${String(next)}`, l10n.t('more'), false)];
  }

  /** Where a path leads now; undefined where it has been cut off. */
  private at(kind: string, [first = '', ...indexes]: readonly string[]): Place | undefined {
    let table = this.byFrame.get(parseInt(first, 16));
    let linear = kind === 'root' ? 0n : undefined;
    for (const index of indexes.map(Number)) {
      if (!table) return undefined;
      const { level } = table.page;
      const entry = this.entriesOf(table).find((each) => each.index === index);
      if (linear !== undefined) linear |= linearPart(index, level);
      table = entry && this.byFrame.get(entry.frame);
    }
    return table && { table, linear };
  }

  private entriesOf({ page }: ShadowTable): Entry[] {
    const { memory } = this.target.computer;
    const entries: Entry[] = [];
    for (let index = 0; index < ENTRIES; index++) {
      const address = page.frame + index * ENTRY_BYTES;
      const entry = memory.read64(address);
      if (!(entry & Pte.P)) continue;
      entries.push({ index, address, entry, frame: Number(entry & Pte.ADDRESS) });
    }
    return entries;
  }

  private entryRow(
    parent: string,
    { table, linear }: Place,
    { index, address, entry, frame }: Entry,
    pages: ReadonlyMap<number, number>,
  ): Row {
    const { level } = table.page;
    const from = linear === undefined ? undefined : canonical(linear | linearPart(index, level));
    const label = `${entryName(level)}[${String(index)}]${from === undefined ? '' : ` ${hex(from)}`}`;
    const next = level > 1 ? this.byFrame.get(frame) : undefined;
    const flags = entryFlags({ level, entry, leaf: level === 1 });
    const more = {
      value: hex(from ?? entry),
      memoryReference: `hpa:${hex(address)}`,
      tooltip: clauses(`HPA ${hex(address)}`, hex(entry)),
    };
    const id = `${parent}/${String(index)}`;
    if (next) {
      const description = `→ HPA ${hex(frame)} ${flags}`;
      return group(id, label, false, { ...more, description });
    }
    const gpa = pages.get(frame);
    const end =
      level > 1 ? ` ${l10n.t('the monitor’s own')}` : gpa === undefined ? '' : ` = GPA ${hex(gpa)}`;
    return leaf(id, label, `→ HPA ${hex(frame)}${end} ${flags}`, more);
  }
}

const guestFrameOf = ({ page, root }: ShadowTable): number[] => {
  const frame = root?.guestFrame ?? page.guest?.frame;
  return frame === undefined ? [] : [frame];
};

const tableLabel = ({ page, root }: ShadowTable): string =>
  root ? l10n.t('root HPA {0}', hex(page.frame)) : `HPA ${hex(page.frame)}`;

/** The guest's table: 'GPA 0x31000, part 1 of 2', 'PDPTEs 0x31001 0x0 0x0 0x0'. */
function standsFor(table: ShadowTable, pages: ReadonlyMap<number, number>): string {
  const { page, root } = table;
  if (root?.pdptes) return `PDPTEs ${root.pdptes.map(hex).join(' ')}`;
  const [frame] = guestFrameOf(table);
  if (frame === undefined) return l10n.t('no table of the guest’s');
  const gpa = pages.get(frame);
  const where = gpa === undefined ? `HPA ${hex(frame)}` : `GPA ${hex(gpa)}`;
  if (page.guest?.entryBytes !== 4) return where;
  const { part, shadowEntriesEach } = page.guest;
  return l10n.t('{0}, part {1} of {2}', where, part + 1, 2 * shadowEntriesEach);
}

function tableTooltip({ root, page, role }: ShadowTable): string {
  const what = root
    ? l10n.t('The root of an address space of the guest’s: what CR3 holds while the guest has it.')
    : page.guest
      ? l10n.t('It stands for a table of the guest’s, writes to which exit.')
      : l10n.t(
          'It stands for no table of the guest’s, but for a large page, or for memory without paging, in pages of 4 KBytes.',
        );
  const roles = l10n.t(
    'Tables are made anew for another paging mode, CR0.WP, CR4.PSE or IA32_EFER.NXE of the guest’s, and for other rights on the way to them (W: write, U: user, X: execute).',
  );
  return role === undefined ? what : `${what} ${roles}`;
}

const linearPart = (index: number, level: number): bigint =>
  BigInt(index) << BigInt(12 + 9 * (level - 1));

/** Tables of four levels have addresses of 48 bits, and of five levels of 57. */
const canonical = (linear: bigint): bigint => {
  const bits = linear >> 48n ? 57 : 48;
  return BigInt.asUintN(64, BigInt.asIntN(bits, linear));
};
