import * as l10n from '@vscode/l10n';
import { listed } from '../../isa/phrases';
import type { Dump } from '../dump';

/** What stands in fields: `GUEST_CR0 = 0x20`. */
export function foundIn({ fields }: Dump, ids: readonly string[]): string {
  return listed(
    ids.map((id) => {
      const found = fields.get(id);
      return found ? `${id} = 0x${found.value.toString(16)}` : l10n.t('{0} not printed', id);
    }),
  );
}
