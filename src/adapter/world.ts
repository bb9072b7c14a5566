import * as l10n from '@vscode/l10n';
import { exitTitle } from '../debugger/exit-text';
import { modeOf, type Mode } from '../debugger/registers';
import type { SessionContext } from './context';
import type { WorldResponse } from './protocol';

/** Where the processor is, for the status bar. */
export function worldHere(context: SessionContext): WorldResponse {
  const { target } = context.debuggee;
  const mode = modeOf(target.guest);
  const ring = l10n.t('ring {0}', mode.ring);
  const { last } = target.trace;
  switch (target.side) {
    case 'bare':
      return {
        side: 'host',
        text: [l10n.t('host'), ring, modeName(mode)].join(' · '),
        tooltip: l10n.t('The program has the bare computer; there is no monitor.'),
      };
    case 'guest':
      return {
        side: 'guest',
        text: [l10n.t('guest'), ring, modeName(mode), l10n.t('VMX non-root')].join(' · '),
        tooltip: last
          ? l10n.t('The guest runs. The last time it left: {0}', exitTitle(last))
          : l10n.t('The guest runs; it has not exited yet.'),
      };
    case 'monitor': {
      const doing = last ? l10n.t('handling {0}', exitTitle(last)) : l10n.t('preparing the guest');
      return {
        side: 'monitor',
        text: [l10n.t('VMM'), l10n.t('VMX root'), doing].join(' · '),
        tooltip: l10n.t('The guest was in {0}, {1}, when it left.', ring, modeName(mode)),
      };
    }
  }
}

function modeName({ name, bits }: Mode): string {
  if (name === 'real') return l10n.t('real mode');
  if (name === 'virtual-8086') return l10n.t('virtual-8086 mode');
  if (name === '64-bit') return l10n.t('64-bit');
  return name === 'compatibility'
    ? l10n.t('compatibility, {0}-bit', bits)
    : l10n.t('protected, {0}-bit', bits);
}
