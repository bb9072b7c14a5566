import * as l10n from '@vscode/l10n';
import { Disassembler } from '../../program';
import { typeName } from '../expressions/type-name';
import type { ExitRecord } from '../trace/exit-trace';
import { symbolAt } from '../places/program-place';
import type { Target } from '../target';
import { group, hex, leaf, matches, type Row, type View, type ViewRequest } from './row';

/** The trace of VM exits. */

/** Rows shown at once; older ones stand behind a row of their own. */
const PAGE = 200;

export function exitRows(target: Target, request: ViewRequest): View {
  const { trace } = target;
  const { node } = request;
  if (node?.startsWith('exit/')) return { rows: detailRows(target, Number(node.slice(5))) };
  if (node?.startsWith('reason/')) return { rows: ofReason(target, Number(node.slice(7))) };
  if (node?.startsWith('older/'))
    return { rows: newest(target, Number(node.slice(6)), request.filter) };
  if (trace.total === 0) return { rows: [], message: l10n.t('No VM exit yet.') };
  const summary = l10n.t('{0} VM exits', trace.total.toLocaleString('en'));
  if (request.groupByReason) return { rows: reasonRows(target), summary };
  return { rows: newest(target, trace.total, request.filter), summary };
}

function newest(target: Target, from: number, filter: string | undefined): Row[] {
  const found: Row[] = [];
  let at = from;
  while (found.length < PAGE && at > 0) {
    const batch = target.trace.before(at, PAGE);
    if (batch.length === 0) break;
    for (const record of batch) {
      at = record.number - 1;
      const row = exitRow(target, record);
      if (matches(row, filter)) found.push(row);
      if (found.length >= PAGE) break;
    }
  }
  if (at > 0 && target.trace.get(at)) {
    found.push(group(`older/${String(at)}`, l10n.t('older'), false, { icon: 'history' }));
  }
  return found;
}

/** '#42  +1,204 instr  print_features+8  CPUID  leaf 1  1,930 cycles' */
function exitRow(target: Target, record: ExitRecord): Row {
  const { reason } = record;
  const since = record.instructions - (target.trace.get(record.number - 1)?.instructions ?? 0);
  const { exits } = target.technique;
  const parts = [
    l10n.t('+{0} instr', since.toLocaleString('en')),
    placeOf(target, record),
    exits.detail(record),
    record.ofL2 ? l10n.t('of L2') : '',
    record.cycles === undefined
      ? l10n.t('being handled')
      : l10n.t('{0} cycles', record.cycles.toLocaleString('en')),
  ];
  return {
    id: `exit/${String(record.number)}`,
    label: `#${String(record.number)} ${target.technique.exits.name(reason)}`,
    description: parts.filter((part) => part !== '').join('  '),
    tooltip: exits.gloss(reason),
    icon: record.entryFailed ? 'error' : 'arrow-circle-up',
    children: 'collapsed',
    value: exits.number(reason),
    place: { address: record.linear },
    exit: record.number,
  };
}

function placeOf(target: Target, record: ExitRecord): string {
  return symbolAt(target, record.linear, target.memory) ?? hex(record.rip);
}

function instructionText(record: ExitRecord): string {
  const disassembler = new Disassembler();
  const rows = disassembler.disassemble(record.bytes, record.bits, record.linear, { count: 1 });
  disassembler.free();
  return rows[0]?.text ?? '';
}

function detailRows(target: Target, number: number): Row[] {
  const record = target.trace.get(number);
  if (!record) return [];
  const id = `exit/${String(number)}`;
  const { reason } = record;
  const { exits } = target.technique;
  const place = { address: record.linear };
  return [
    leaf(
      `${id}/instruction`,
      l10n.t('instruction'),
      `${instructionText(record)}  (${hex(record.rip)})`,
      { place },
    ),
    leaf(`${id}/reason`, l10n.t('exit reason'), `${exits.number(reason)} · ${exits.name(reason)}`),
    ...informationRows(target, record, id),
    ...target.technique.exits.information(record).map(({ field, value, meaning }) =>
      leaf(
        `${id}/q/${field.id}`,
        `  ${field.name}`,
        meaning === undefined ? hex(value) : l10n.t(meaning),
        {
          tooltip: l10n.t(field.gloss),
        },
      ),
    ),
    leaf(
      `${id}/instructions`,
      l10n.t('instructions retired'),
      record.instructions.toLocaleString('en'),
    ),
    leaf(`${id}/handler`, l10n.t('handler'), target.technique.exits.handler(record) ?? '–'),
    leaf(
      `${id}/operations`,
      target.monitor
        ? l10n.t('operations of the monitor')
        : l10n.t('instructions of the hypervisor'),
      record.operations.toLocaleString('en'),
    ),
    leaf(
      `${id}/cycles`,
      l10n.t('modelled cost'),
      record.cycles === undefined
        ? l10n.t('being handled')
        : l10n.t('{0} cycles', record.cycles.toLocaleString('en')),
    ),
  ];
}

/** What tells more than the reason, word by word. */
function informationRows(target: Target, record: ExitRecord, id: string): Row[] {
  return target.technique.exits.words
    .filter(({ name }) => name !== 'reason')
    .map(({ name, type, value }) => leaf(`${id}/${name}`, typeName(type), hex(value(record))));
}

function reasonRows(target: Target): Row[] {
  return [...target.trace.totals]
    .sort((a, b) => b[1] - a[1])
    .map(([reason, count]) =>
      group(`reason/${String(reason)}`, target.technique.exits.name(reason), false, {
        description: count.toLocaleString('en'),
        tooltip: target.technique.exits.gloss(reason),
      }),
    );
}

function ofReason(target: Target, reason: number): Row[] {
  const all = target.trace.before(target.trace.total, 100_000);
  return all
    .filter((record) => record.reason === reason)
    .slice(0, PAGE)
    .map((record) => exitRow(target, record));
}
