import type { WalkCell, WalkColumn, WalkPicture } from '../../../adapter/page-walk/protocol';

const LEVELS = [4, 3, 2, 1];
const NAMES = ['', 'PTE', 'PDE', 'PDPTE', 'PML4E'];
export const nameOf = (level: number): string => NAMES[level] ?? '';

function cell(id: string, level: number, name: string, order: number | undefined): WalkCell {
  const shown = { value: '0x1007', flags: 'P W U', place: 'HPA 0x1000', bits: [] };
  return { id, level, name, ...(order !== undefined && { order }), ...shown };
}

/** The picture of a walk of four levels under EPT, as the adapter tells it. */
export function twoDimensions(): WalkPicture {
  let order = 0;
  const second = (id: string): WalkCell[] =>
    LEVELS.map((level) =>
      cell(`${id}/${String(level)}`, level, `EPT ${nameOf(level)}[0]`, ++order),
    );
  const columns = LEVELS.map((level): WalkColumn => {
    const id = `level/${String(level)}`;
    const below = second(id);
    const entry = cell(id, level, `${nameOf(level)}[0]`, ++order);
    return { id, level, name: nameOf(level), address: 'GPA 0x1000', second: below, entry };
  });
  const page = { id: 'level/0', level: 0, name: 'page', address: 'GPA 0x7000', host: 'HPA 0x9000' };
  const parts = [...LEVELS, 0].map((level) => ({
    ...{ level, name: nameOf(level).slice(0, -1), high: 11, low: 0, value: '0' },
  }));
  return {
    address: 'GVA 0x7000',
    access: 'read',
    parts,
    root: 'CR3 → 0x1000',
    second: {
      name: 'EPT',
      levels: LEVELS.map((level) => ({ level, name: `EPT ${nameOf(level)}` })),
    },
    columns: [...columns, { ...page, second: second('level/0') }],
    results: ['GPA 0x7000', 'HPA 0x9000'],
    pageSize: 'page of 4 KB',
    references: 24,
    tlb: { state: 'miss', text: 'TLB: miss' },
  };
}

/** An entry that no reference reads. */
export const unread = ({ id, level, name }: WalkCell): WalkCell => cell(id, level, name, undefined);

/** A large page of the guest's, of which the shadow tables have a part. */
export function shadowed(): WalkPicture {
  const whole = twoDimensions();
  const columns = whole.columns
    .filter(({ level }) => level !== 1)
    .map((column): WalkColumn => {
      const { entry } = column;
      return { ...column, second: [], ...(entry && { entry: unread(entry) }) };
    });
  const cells = LEVELS.map((level, n) =>
    cell(`shadow/${String(level)}`, level, `${nameOf(level)}[0]`, n + 1),
  );
  return {
    address: whole.address,
    access: whole.access,
    parts: whole.parts.filter(({ level }) => level !== 1),
    columns,
    shadow: { name: 'shadow walk', cells, end: 'HPA 0x9000' },
    results: whole.results,
    references: 4,
    tlb: whole.tlb,
  };
}
