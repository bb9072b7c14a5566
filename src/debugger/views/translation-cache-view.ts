import * as l10n from '@vscode/l10n';
import { LONGEST_INSTRUCTION } from '../../isa/instructions/length';
import { clauses } from '../../isa/phrases';
import { Disassembler, type DisassembledRow } from '../../program';
import { cacheBase, type Block, type TranslatedGuest } from '../../vmm';
import { symbolAt } from '../places/program-place';
import { linearRip } from '../registers/registers';
import type { Target } from '../target';
import { dataNamed } from './translation-cache-data';
import { group, hex, leaf, matches, type Row, type View, type ViewRequest } from './row';

/** The translation cache: each block of the guest's kernel beside what stands for it. */

/** Rows shown at once; the others stand behind a row of their own. */
const PAGE = 200;
const HERE = 'here/';
const BLOCK = 'block/';
const COUNTS = 'counts';

/** An instruction of the guest's with those that stand for it. */
interface Translated {
  readonly rip: bigint;
  readonly guest: DisassembledRow | undefined;
  readonly emitted: readonly DisassembledRow[];
}

export function translationCacheRows(target: Target, { node = '', filter }: ViewRequest): View {
  const guest = target.technique.translated;
  if (!guest) return { rows: [], message: nothing() };
  if (node !== '') return { rows: below(target, guest, node, filter) };
  const { cache } = guest.translator;
  const { all } = cache;
  const used = l10n.t('{0} of {1} bytes', cache.used, cache.size);
  const rows = [countsRow(guest), ...hereRows(target, guest), ...page(target, all, 0, filter)];
  return { rows, summary: clauses(l10n.t('{0} blocks', all.length), used) };
}

const nothing = (): string =>
  l10n.t(
    'Only under “translate” there is a translation cache: the guest’s kernel is not translated.',
  );

function below(
  target: Target,
  guest: TranslatedGuest,
  node: string,
  filter: string | undefined,
): Row[] {
  if (node === COUNTS) return countRows(guest);
  const from = /^from\/(\d+)$/.exec(node)?.[1];
  const { cache } = guest.translator;
  if (from !== undefined) return page(target, cache.all, Number(from), filter);
  const [, prefix = '', start, rip] =
    /^(here\/|block\/)([0-9a-f]+)(?:\/([0-9a-f]+))?$/.exec(node) ?? [];
  const block = start === undefined ? undefined : cache.block(BigInt(`0x${start}`));
  if (!block) return [];
  const all = instructionsOf(target, guest, block);
  if (rip === undefined) return all.map((each) => instructionRow(prefix, guest, block, each));
  const one = all.find((each) => each.rip === BigInt(`0x${rip}`));
  return one ? one.emitted.map((each) => emittedRow(prefix, guest, block, each)) : [];
}

function page(
  target: Target,
  blocks: readonly Block[],
  from: number,
  filter: string | undefined,
): Row[] {
  const rows = blocks
    .map((block) => blockRow(target, BLOCK, block, false))
    .filter((row) => matches(row, filter));
  const next = from + PAGE;
  const shown = rows.slice(from, next);
  if (next >= rows.length) return shown;
  return [...shown, group(`from/${String(next)}`, l10n.t('more'), false)];
}

/** The block that the guest is in, or what there is instead. */
function hereRows(target: Target, guest: TranslatedGuest): Row[] {
  const rip = linearRip(target.technique.guest);
  const block = guest.blockAt(rip);
  if (block) return [blockRow(target, HERE, block, true)];
  const why = guest.isKernel
    ? l10n.t('no translation yet')
    : l10n.t('a user’s code runs directly, without a translation');
  return [leaf('here', named(target, rip), why, { icon: 'debug-stackframe' })];
}

function named(target: Target, rip: bigint): string {
  const symbol = symbolAt(target, rip, target.memory);
  return symbol ? `${symbol} ${hex(rip)}` : hex(rip);
}

function blockRow(target: Target, prefix: string, block: Block, here: boolean): Row {
  const { rip, start, finish, end } = block;
  const sizes = l10n.t('{0} bytes → {1} bytes', Number(end - rip), finish - start);
  return group(`${prefix}${rip.toString(16)}`, named(target, rip), here, {
    description: here ? clauses(l10n.t('here'), sizes) : sizes,
    tooltip: l10n.t(
      'A stretch of the kernel’s code that is entered at its beginning alone. Below: its instructions, and what the processor executes for each.',
    ),
    place: { address: rip },
    ...(here && { icon: 'debug-stackframe' }),
  });
}

function instructionsOf(target: Target, guest: TranslatedGuest, block: Block): Translated[] {
  const { cache } = guest.translator;
  const base = cacheBase(block.bits);
  const disassembler = new Disassembler();
  const emitted = disassembler.disassemble(
    cache.bytes(block.start, block.finish),
    block.bits,
    base + BigInt(block.start),
  );
  const byRip = new Map<bigint, DisassembledRow[]>();
  for (const row of emitted) {
    const mark = cache.mark(Number(row.address - base));
    if (mark?.kind !== 'instruction') continue;
    byRip.set(mark.rip, [...(byRip.get(mark.rip) ?? []), row]);
  }
  const found = [...byRip].map(([rip, rows]) => {
    const { data } = target.memory.read('gva', rip, LONGEST_INSTRUCTION);
    const [own] = disassembler.disassemble(data, block.bits, rip, { count: 1 });
    return { rip, guest: own, emitted: rows };
  });
  disassembler.free();
  return found;
}

function instructionRow(
  prefix: string,
  guest: TranslatedGuest,
  block: Block,
  { rip, guest: own, emitted }: Translated,
): Row {
  const id = `${prefix}${block.rip.toString(16)}/${rip.toString(16)}`;
  const text = own?.text ?? hex(rip);
  const [only] = emitted;
  const same = emitted.length === 1 && only?.text === own?.text;
  const here = guest.mark?.rip === rip && !same;
  const more = { place: { address: rip }, ...(isHere(guest, rip) && { icon: 'debug-stackframe' }) };
  if (same) return leaf(id, text, l10n.t('identical'), more);
  return group(id, text, here, { description: howText(emitted), ...more });
}

const isHere = (guest: TranslatedGuest, rip: bigint): boolean =>
  guest.mark?.kind === 'instruction' && guest.mark.rip === rip;

function howText(emitted: readonly DisassembledRow[]): string {
  const [only] = emitted;
  if (emitted.length === 1 && only?.text === 'ud2') return l10n.t('call-out');
  if (emitted.length === 1) return only?.text ?? '';
  return l10n.t('{0} instructions in line', emitted.length);
}

/** An instruction in the cache, with what lies at the place in the page of data that it uses. */
function emittedRow(
  prefix: string,
  guest: TranslatedGuest,
  block: Block,
  { address, text }: DisassembledRow,
): Row {
  const offset = Number(address - cacheBase(block.bits));
  const next = guest.mark?.at === offset;
  const what = dataNamed(text, block.bits);
  return leaf(`${prefix}${block.rip.toString(16)}/emitted/${offset.toString(16)}`, text, '', {
    description: clauses(next ? l10n.t('comes next') : '', what ?? ''),
    value: hex(address),
    memoryReference: `hpa:${hex(guest.translator.cache.frame + offset)}`,
    ...(next && { icon: 'arrow-right' }),
  });
}

const countsRow = (guest: TranslatedGuest): Row => {
  const { counts } = guest.translator.cache;
  return group(COUNTS, l10n.t('What has happened'), false, {
    description: l10n.t('{0} translated, {1} tied', counts.translated, counts.chained),
  });
};

function countRows({ translator }: TranslatedGuest): Row[] {
  const { counts } = translator.cache;
  const row = (id: string, label: string, count: number, tooltip: string): Row =>
    leaf(`${COUNTS}/${id}`, label, String(count), { tooltip });
  return [
    row('translated', l10n.t('Blocks translated'), counts.translated, TRANSLATED()),
    row('chained', l10n.t('Branches tied to their target'), counts.chained, CHAINED()),
    row('missed', l10n.t('Indirect branches not in the table'), counts.missed, MISSED()),
    row('invalidated', l10n.t('Blocks given up'), counts.invalidated, INVALIDATED()),
    row(
      'adapted',
      l10n.t('Instructions called out for faulting often'),
      translator.adapted,
      ADAPTED(),
    ),
    row('flushed', l10n.t('Times that all was given up'), counts.flushed, FLUSHED()),
  ];
}

const TRANSLATED = (): string =>
  l10n.t('Each block once, when the kernel first comes to it or when it has changed.');
const CHAINED = (): string =>
  l10n.t('They go from block to block without the monitor: most of the time it is not needed.');
const MISSED = (): string =>
  l10n.t(
    'RET, and JMP and CALL through a register or memory, look their target up in a table of 256.',
  );
const INVALIDATED = (): string =>
  l10n.t(
    'Pages that code was translated from are write-protected, and so are the page tables that lead to them: a write comes to the monitor.',
  );
const ADAPTED = (): string =>
  l10n.t('A store to a page table, say: calling the monitor costs less than a page fault.');
const FLUSHED = (): string => l10n.t('The cache was full, or the kernel has another bitness now.');
