import * as l10n from '@vscode/l10n';
import { labelled, withNote } from '../../isa/phrases';
import type { CountedHole, Outcome } from '../../session';
import type { Difference } from '../comparison/differences';
import type { Parting } from '../comparison/parting';
import type { Verdict } from '../comparison/comparison';
import { whereText } from '../places/where';
import type { ExitNames } from '../techniques';
import { endReason, troubleText } from './ends';

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

export function verdictText(verdict: Verdict): string {
  switch (verdict) {
    case 'reference':
      return l10n.t('reference');
    case 'equivalent':
      return l10n.t('equivalent');
    case 'differs':
      return l10n.t('differs');
    case 'undecided':
      return l10n.t('undecided');
  }
}

/** How a guest of a comparison has ended, in a few words. */
export function outcomeText(outcome: Outcome | undefined, exits: ExitNames): string {
  if (!outcome) return l10n.t('goes on at the limit');
  switch (outcome.kind) {
    case 'exit-device':
      return withNote(endReason(outcome, exits), hex(outcome.value));
    case 'asleep':
      return l10n.t('asleep for ever');
    case 'instruction-limit':
      return l10n.t('goes on at the limit');
    case 'not-implemented':
      return troubleText(outcome, exits) ?? '';
    default:
      return endReason(outcome, exits);
  }
}

export function differenceText(difference: Difference): string {
  const { bare, found } = toldValues(difference);
  return l10n.t('{0}: {1} instead of {2}', subjectText(difference), found, bare);
}

function subjectText(difference: Difference): string {
  switch (difference.kind) {
    case 'end':
      return l10n.t('end');
    case 'output':
      return l10n.t('output, byte {0}', difference.offset);
    case 'register':
      return difference.name.toUpperCase();
    case 'memory':
      return l10n.t('guest-physical address {0}', hex(difference.address));
  }
}

function toldValues(difference: Difference): { readonly bare: string; readonly found: string } {
  switch (difference.kind) {
    case 'end': {
      const { bare, found, names } = difference;
      return { bare: outcomeText(bare, names), found: outcomeText(found, names) };
    }
    case 'output':
      return { bare: printedText(difference.bare), found: printedText(difference.found) };
    default:
      return { bare: hex(difference.bare), found: hex(difference.found) };
  }
}

const printedText = (byte: number | undefined): string =>
  byte === undefined ? l10n.t('nothing') : hex(byte);

/** An instruction that has told the guest something else, or done it. */
export const holeText = ({ hole, count }: CountedHole): string =>
  l10n.t(
    '{0} at {1} does not trap: {2} instead of {3} (× {4})',
    hole.mnemonic,
    hex(hole.linear),
    hex(hole.found),
    hex(hole.right),
    count.toLocaleString('en'),
  );

/** The first instruction after which the guest is another. */
export function partingText({ instructions, place, register, bare, found }: Parting): string {
  return labelled(
    l10n.t('first after {0} instructions, at {1}', instructions, whereText(place)),
    l10n.t('{0}: {1} instead of {2}', register.toUpperCase(), hex(found), hex(bare)),
  );
}
