import * as l10n from '@vscode/l10n';
import type { Refusal, RefusalKind } from '../../../vmm';

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

const KINDS: Readonly<Record<RefusalKind, () => string>> = {
  'foreign-frame': () => l10n.t('the frame is not the guest’s'),
  'writable-table': () => l10n.t('a page table could be written to'),
  'used-frame': () => l10n.t('the frame is mapped writable, or a table of another level'),
  'monitors-entry': () => l10n.t('the entry leads to the monitor'),
  'large-page': () => l10n.t('the page is larger than 4 KBytes'),
  'no-table': () => l10n.t('no page table is there'),
  unasked: () => l10n.t('a page table is written without a hypercall'),
};

/** What a guest with direct paging wanted, and why it did not get it. */
export const refusalText = ({ kind, address, value }: Refusal): string =>
  l10n.t('Refused: {0} at {1}: {2}', hex(value), hex(address), KINDS[kind]());
