import * as l10n from '@vscode/l10n';
import { describeVector } from '../../isa/exceptions';
import { clauses, withNote } from '../../isa/phrases';
import type { Target } from '../target';
import { channelOf, eventOf, modeOfCode, type EventFacts } from '../trace/chronicle/codes';
import type { ChronicleRow } from '../trace/chronicle/rows';
import type { Series } from '../trace/chronicle/series';
import { isException } from '../trace/event-log';
import { modeName } from './modes';

/** What the chronicle has, in words. */

/** What happens again and again, wherever it does: 'CPUID', 'interrupt 0x20', 'ring 3, 64-bit mode'. */
export function seriesName({ kind, code }: Series, { technique }: Target): string {
  switch (kind) {
    case 'exit':
      return technique.exits.name(code);
    case 'event':
      return eventName(eventOf(code));
    case 'mode': {
      const mode = modeOfCode(code);
      const name = clauses(l10n.t('ring {0}', mode.ring), modeName(mode));
      return mode.inGuest ? withNote(name, l10n.t('guest')) : name;
    }
    case 'output':
      return channelOf(code) === 'serial' ? l10n.t('serial port') : l10n.t('debug console');
  }
}

function eventName(event: EventFacts): string {
  if (isException(event)) return describeVector(event.vector);
  if (event.kind === 'NMI') return 'NMI';
  const vector = `0x${event.vector.toString(16)}`;
  return event.kind === 'software-interrupt' ? `INT ${vector}` : l10n.t('interrupt {0}', vector);
}

/** More than this of what was printed is not shown as one. */
export const LONGEST_OUTPUT = 80;

/**
 * An exit with what it was about, as far as that is still kept: 'CPUID (leaf 0x1)'.
 *
 * @param row of which each exit has its number
 */
export function exitText({ code }: Series, row: ChronicleRow, target: Target): string {
  const { exits } = target.technique;
  const record = target.trace.seen(row.datum);
  const name = exits.name(code);
  const isIt = record?.reason === code && record.instructions === row.at;
  return isIt ? withNote(name, exits.detail(record)) : name;
}

/** Bytes that were printed, as a text: what is no character shows as a dot. */
export const outputText = (bytes: readonly number[]): string =>
  bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
