import * as l10n from '@vscode/l10n';
import { BuiltInDeprivilege } from '../deprivilege/built-in';
import type { Drawn } from '../drawn';

/** A paravirtual guest: one in an outer ring, which may ask its monitor. */
export class BuiltInParavirt extends BuiltInDeprivilege {
  override readonly name: string = 'paravirt';

  override get drawn(): Drawn {
    const { host } = this.vm;
    const shared = host.paravirt?.sharedPage;
    const station = {
      id: 'hypercalls',
      stands: 'between',
      name: l10n.t('Hypercalls'),
      facts: [
        l10n.t('VMCALL: {0} so far', host.tally.hypercalls),
        shared === undefined
          ? l10n.t('no shared page yet')
          : l10n.t('shared page at {0}', `GPA 0x${shared.toString(16)}`),
        this.directTables ? l10n.t('direct paging') : '',
      ],
      opens: 'exits',
    } as const;
    return {
      ...super.drawn,
      gist: l10n.t(
        'Paravirtualization: the guest’s kernel knows that it is one, in an outer ring. It asks the VMM by hypercalls, and finds answers in a page that both share.',
      ),
      stations: [station],
    };
  }
}
