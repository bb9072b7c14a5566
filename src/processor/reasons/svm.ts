import * as l10n from '@vscode/l10n';
import { hex, reason, type Reason } from './reason';

/** Where the instructions of SVM exist, and what they want (APM 2 15.4, 15.5, 15.13.2). */

export const svmNotEnabled = (): Reason =>
  reason('efer-svme', 'APM 2 15.4', () => l10n.t('EFER.SVME is 0.'));

export const vmcbAddress = (found: bigint, width: number): Reason =>
  reason('vmcb-address', 'APM 2 15.5.1', () =>
    l10n.t(
      'rAX must hold the physical address of a VMCB, 4-KByte aligned and below bit {0}: {1}.',
      width,
      hex(found),
    ),
  );

export const vmmcallNotIntercepted = (): Reason =>
  reason('vmmcall', 'APM 2 15.13.2', () =>
    l10n.t('VMMCALL exists only in a guest whose VMM intercepts it.'),
  );
