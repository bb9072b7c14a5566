import * as l10n from '@vscode/l10n';
import { decodeBits, setBits, type BitTable, type DecodedField } from '../../isa/bits';
import { labelled } from '../../isa/phrases';
import { hex, leaf, type Row } from './row';

/** Bits of registers and VMCS fields as rows, summaries and tooltips, from the tables of isa/. */

/** The names of the bits that are set, highest first. */
export function summary(table: BitTable, value: bigint): string {
  return setBits(table, value).join(' ');
}

/** A field's value, and what that means. */
export const meaning = ({ field, value, meaning: named }: DecodedField): string => {
  if (named !== undefined) return `${hex(value)} · ${l10n.t(named)}`;
  return field.width === 1 ? value.toString() : hex(value);
};

/** One row for each field of the table. */
export function bitRows(parent: string, table: BitTable, value: bigint, before?: bigint): Row[] {
  const old = before === undefined ? undefined : decodeBits(table, before);
  return decodeBits(table, value).map((decoded, n) => {
    const { field } = decoded;
    const [low, high] = [String(field.low), String(field.low + field.width - 1)];
    const bits = field.width === 1 ? `[${low}]` : `[${high}:${low}]`;
    const changed = old !== undefined && old[n]?.value !== decoded.value;
    const on = field.width === 1 && decoded.value === 1n;
    return leaf(`${parent}/${field.id}`, `${field.name} ${bits}`, meaning(decoded), {
      tooltip: `${l10n.t(field.gloss)}\n\n*${table.section}*`,
      ...(changed && { changed }),
      ...(!changed && { icon: on ? 'circle-filled' : 'circle-outline' }),
    });
  });
}

/** A Markdown list of the fields, for tooltips. */
export function bitTooltip(table: BitTable, value: bigint): string {
  const lines = decodeBits(table, value)
    .filter(({ value: found, field }) => found !== 0n || field.width > 1)
    .map(
      (decoded) =>
        `- ${labelled(`**${decoded.field.name}** ${meaning(decoded)}`, l10n.t(decoded.field.gloss))}`,
    );
  return [`**${table.name}** = ${hex(value)}`, '', ...lines, '', `*${table.section}*`].join('\n');
}
