import * as l10n from '@vscode/l10n';
import { setBits } from '../../isa/bits';
import { PAGE_FAULT_ERROR } from '../../isa/paging';
import type { PageFault } from '../../processor/paging/walk';

const CAUSES: Readonly<Record<PageFault['cause'], () => string>> = {
  'not present': () => l10n.t('not present'),
  'reserved bit': () => l10n.t('a reserved bit is set'),
  'user/supervisor': () => l10n.t('only for the supervisor'),
  'read/write': () => l10n.t('read-only'),
  'execute-disable': () => l10n.t('execution is disabled'),
  'access-disable': () => l10n.t('PKRU forbids the access'),
  'write-disable': () => l10n.t('PKRU forbids the write'),
  SMEP: () => l10n.t('SMEP forbids the fetch'),
  SMAP: () => l10n.t('SMAP forbids the access'),
};

/** What was wrong with the paging-structure entry at which a walk ended. */
export const faultCause = ({ cause }: PageFault): string => CAUSES[cause]();

/** '0x7 US WR P' */
export function errorCodeText({ errorCode }: PageFault): string {
  const names = setBits(PAGE_FAULT_ERROR, errorCode).join(' ');
  return `0x${errorCode.toString(16)}${names ? ` ${names}` : ''}`;
}
