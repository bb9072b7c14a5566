import * as l10n from '@vscode/l10n';
import { entryName } from '../../isa/paging';
import type { Access, PageFault } from '../paging/walk';
import { hex, reason, type Reason } from './reason';

/** Why a translation failed (SDM 3A 4.7). */

function accessWords({ write, execute }: Access): string {
  if (execute) return l10n.t('an instruction fetch');
  return write ? l10n.t('a write') : l10n.t('a read');
}

function ruleWords({ cause, level, key = 0 }: PageFault, access: Access): string {
  const entry = entryName(level);
  switch (cause) {
    case 'not present':
      return l10n.t('its {0} is not present (P = 0)', entry);
    case 'reserved bit':
      return l10n.t('a reserved bit of its {0} is set', entry);
    case 'user/supervisor':
      return l10n.t('the page belongs to the supervisor (U/S = 0), the access was made in ring 3');
    case 'read/write':
      return access.user
        ? l10n.t('the page is read-only (R/W = 0)')
        : l10n.t('the page is read-only (R/W = 0), also for the supervisor, since CR0.WP is 1');
    case 'execute-disable':
      return l10n.t('code in the page must not be executed (XD = 1)');
    case 'access-disable':
      return l10n.t('PKRU forbids every access to data with the protection key {0} (AD = 1)', key);
    case 'write-disable':
      return access.user
        ? l10n.t('PKRU forbids writes with the protection key {0} (WD = 1)', key)
        : l10n.t(
            'PKRU forbids writes with the protection key {0} (WD = 1), also to the supervisor, since CR0.WP is 1',
            key,
          );
    case 'SMEP':
      return l10n.t('with CR4.SMEP the supervisor must not execute code in a user page');
    case 'SMAP':
      return l10n.t('with CR4.SMAP and RFLAGS.AC = 0 the supervisor must not touch a user page');
  }
}

export const pageFaultReason = (fault: PageFault, linear: bigint, access: Access): Reason =>
  reason(`page-fault-${fault.cause.replace(/[^a-zA-Z]+/g, '-')}`, 'SDM 3A 4.7', () =>
    l10n.t(
      '{0} at {1} was not allowed: {2}.',
      capital(accessWords(access)),
      hex(linear),
      ruleWords(fault, access),
    ),
  );

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
