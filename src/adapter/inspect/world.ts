import * as l10n from '@vscode/l10n';
import { modeOf } from '../../debugger/registers/registers';
import type { Target } from '../../debugger/target';
import { modeName, modeWords } from '../../debugger/words/modes';
import type { SessionContext } from '../context';
import type { WorldResponse } from '../protocol';

/** Where the processor is, for the status bar, and in what past. */
export function worldHere(context: SessionContext, target: Target): WorldResponse {
  const world = placeHere(context, target);
  const { recorder } = context.debuggee.run;
  if (!recorder?.isPast) return world;
  const count = recorder.lastInstructions - recorder.instructions;
  const past =
    count === 0 // what a monitor does for the guest is none of the processor's
      ? l10n.t('just before the present')
      : l10n.t('{0} instructions before the present', count.toLocaleString('en'));
  return { ...world, text: `${world.text} · ${past}` };
}

function placeHere({ debuggee }: SessionContext, target: Target): WorldResponse {
  const { exits, operation, prepared } = target.technique;
  const { last } = target.trace;
  const here = modeWords(target.code.registers);
  const name = debuggee.targets.length > 1 ? [debuggee.names[target.number] ?? ''] : [];
  const guest = modeOf(target.guest);
  const guestWas = l10n.t(
    'The guest was in {0}, {1}, when it left.',
    l10n.t('ring {0}', guest.ring),
    modeName(guest),
  );
  switch (target.side) {
    case 'bare':
      return {
        side: 'host',
        text: [...name, l10n.t('host'), ...here].join(' · '),
        tooltip: l10n.t('The program has the bare computer; there is no monitor.'),
      };
    case 'guest':
      return {
        side: 'guest',
        text: [...name, l10n.t('guest'), ...here, operation].join(' · '),
        tooltip: last
          ? l10n.t('The guest runs. The last time it left: {0}', exits.title(last))
          : l10n.t('The guest runs; it has not exited yet.'),
      };
    case 'hypervisor':
      return {
        side: 'host',
        text: [...name, l10n.t('hypervisor'), ...here, operation].join(' · '),
        tooltip: last
          ? `${l10n.t('The program’s own hypervisor runs. Its guest left last: {0}', exits.title(last))}\n\n${guestWas}`
          : (prepared ?? ''),
      };
    case 'monitor': {
      const handled = last
        ? l10n.t('handling {0}', exits.title(last))
        : l10n.t('preparing the guest');
      const doing = target.technique.occasion ?? handled;
      return {
        side: 'monitor',
        text: [...name, l10n.t('VMM'), operation, doing].join(' · '),
        tooltip: guestWas,
      };
    }
  }
}
