import * as l10n from '@vscode/l10n';
import { EXCEPTIONS } from '../../isa/exceptions';
import { clauses } from '../../isa/phrases';
import { decodeDescriptor, type Descriptor } from '../../isa/segments';
import { isLongMode } from '../registers/registers';
import type { Target } from '../target';
import { hex, leaf, type Row } from './row';

/** Descriptors of the GDT and gates of the IDT, read from the guest's memory. */

/** No table is shown further than this. */
const MOST = 256;

/** The entries of a table, or the parts of one entry. */
export function descriptorRows(
  target: Target,
  parent: string,
  table: string,
  rest: readonly string[],
): Row[] {
  const entry = rest[0];
  if (entry !== undefined) return partRows(target, parent, table, Number(entry));
  return table === 'gdtr' ? gdtRows(target, parent) : idtRows(target, parent);
}

function read64(target: Target, address: bigint): bigint | undefined {
  const { data } = target.memory.read('gva', address, 8);
  if (data.length < 8) return undefined;
  return new DataView(data.buffer, data.byteOffset, 8).getBigUint64(0, true);
}

function descriptorAt(target: Target, address: bigint, long: boolean): Descriptor | undefined {
  const low = read64(target, address);
  if (low === undefined || low === 0n) return undefined;
  return decodeDescriptor(low, read64(target, address + 8n) ?? 0n, long);
}

function gdtRows(target: Target, parent: string): Row[] {
  const { base, limit } = target.guest.gdtr;
  const long = isLongMode(target.guest);
  const rows: Row[] = [];
  for (let offset = 8; offset + 7 <= limit && rows.length < MOST;) {
    const found = descriptorAt(target, base + BigInt(offset), long);
    if (found) rows.push(row(parent, offset, hex(offset), describe(found)));
    offset += found?.bytes ?? 8;
  }
  return rows;
}

function idtRows(target: Target, parent: string): Row[] {
  const { base, limit } = target.guest.idtr;
  if (!(target.guest.controlRegister(0) & 1n)) return ivtRows(target, parent, base, limit);
  const long = isLongMode(target.guest);
  const size = long ? 16 : 8;
  const rows: Row[] = [];
  for (let vector = 0; vector < 256 && (vector + 1) * size - 1 <= limit; vector++) {
    const found = descriptorAt(target, base + BigInt(vector * size), long);
    if (found) rows.push(row(parent, vector * size, vectorName(vector), describe(found)));
  }
  return rows;
}

/** Real mode: four bytes for each vector, offset and segment. */
function ivtRows(target: Target, parent: string, base: bigint, limit: number): Row[] {
  const rows: Row[] = [];
  for (let vector = 0; vector < 256 && vector * 4 + 3 <= limit; vector++) {
    const { data } = target.memory.read('gva', base + BigInt(vector * 4), 4);
    if (data.length < 4) break;
    const view = new DataView(data.buffer, data.byteOffset, 4);
    const [offset, segment] = [view.getUint16(0, true), view.getUint16(2, true)];
    if (offset === 0 && segment === 0) continue;
    rows.push(
      leaf(`${parent}/${String(vector)}`, vectorName(vector), `${hex(segment)}:${hex(offset)}`),
    );
  }
  return rows;
}

function row(parent: string, offset: number, label: string, description: string): Row {
  return { id: `${parent}/${String(offset)}`, label, description, children: 'collapsed' };
}

function vectorName(vector: number): string {
  const mnemonic = EXCEPTIONS[vector]?.mnemonic;
  return mnemonic ? `${String(vector)} ${mnemonic}` : hex(vector);
}

function describe(found: Descriptor): string {
  const type = l10n.t(found.typeName);
  const ring = l10n.t('ring {0}', found.dpl);
  const absent = found.present ? '' : l10n.t('not present');
  if (found.kind === 'gate')
    return clauses(`${type} → ${hex(found.selector)}:${hex(found.offset)}`, ring, absent);
  const extent = l10n.t('base {0}, limit {1}', hex(found.base), hex(found.limit));
  return clauses(type, ring, extent, absent);
}

function partRows(target: Target, parent: string, table: string, offset: number): Row[] {
  const { base } = table === 'gdtr' ? target.guest.gdtr : target.guest.idtr;
  const found = descriptorAt(target, base + BigInt(offset), isLongMode(target.guest));
  return (found?.parts ?? []).map(({ field, value, meaning }) =>
    leaf(
      `${parent}/${field.id}`,
      field.name,
      meaning === undefined ? hex(value) : `${hex(value)} · ${l10n.t(meaning)}`,
      {
        tooltip: l10n.t(field.gloss),
      },
    ),
  );
}
