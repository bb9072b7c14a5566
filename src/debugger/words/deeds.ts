import * as l10n from '@vscode/l10n';
import { labelled, listed } from '../../isa/phrases';
import type { Deed } from '../comparison/deed';
import { holeText, outcomeText } from './comparison';

/** What becomes of one instruction, in a few words each. */
export const deedTexts = ({ direct, inSoftware, exits, holes, outcome, names }: Deed): string[] =>
  [
    exits.length > 0 ? labelled(l10n.t('leaves the guest'), listed(exits)) : '',
    inSoftware ? l10n.t('done in software by the monitor') : '',
    direct && exits.length === 0 ? l10n.t('executed directly by the processor') : '',
    direct && exits.length > 0 ? l10n.t('executed by the processor after that') : '',
    ...holes.map(holeText),
    outcome ? labelled(l10n.t('the guest ends with it'), outcomeText(outcome, names)) : '',
  ].filter((text) => text !== '');
