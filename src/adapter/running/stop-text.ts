import * as l10n from '@vscode/l10n';
import type { StopReason } from '../../debugger/run/stop';
import { exceptionStopText } from '../../debugger/words/stops';
import type { Target } from '../../debugger/target';

/** A stop in the protocol's words. */
export interface StopText {
  /** A reason of the protocol. */
  readonly reason: string;
  /** For the call-stack view. */
  readonly description: string;
  /** More, for the editor. */
  readonly text?: string;
}

/** What to tell of a stop. */
export function stopText(reason: StopReason, target: Target): StopText {
  switch (reason.kind) {
    case 'entry':
      return { reason: 'entry', description: l10n.t('Paused on entry') };
    case 'step':
      return { reason: 'step', description: l10n.t('Paused on step') };
    case 'pause':
      return { reason: 'pause', description: l10n.t('Paused') };
    case 'goto':
      return { reason: 'goto', description: l10n.t('Paused after a jump') };
    case 'same-place':
      return { reason: 'step', description: l10n.t('Paused at the same place') };
    case 'writer':
      return { reason: 'goto', description: l10n.t('Paused at the last write') };
    case 'next-writer':
      return { reason: 'goto', description: l10n.t('Paused behind the next write') };
    case 'no-writer':
      return {
        reason: 'goto',
        description: l10n.t('Paused: no recorded instruction has written there'),
      };
    case 'no-moment':
      return { reason: 'goto', description: l10n.t('Paused: it held at no recorded moment') };
    case 'arrived':
      return { reason: 'goto', description: l10n.t('Paused at a moment of the recording') };
    case 'recorded':
      return { reason: 'goto', description: l10n.t('Moment of the recording') };
    case 'astray':
      return {
        reason: 'goto',
        description: l10n.t('Paused: the recording leads elsewhere on this computer'),
      };
    case 'beginning':
      return { reason: 'step', description: l10n.t('Paused where the recording begins') };
    case 'breakpoint':
      return { reason: 'breakpoint', description: l10n.t('Paused on breakpoint') };
    case 'data-breakpoint':
      return { reason: 'data breakpoint', description: l10n.t('Paused on data breakpoint') };
    default:
      return { reason: 'exception', ...exceptionStopText(reason, target) };
  }
}
