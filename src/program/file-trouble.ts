import * as l10n from '@vscode/l10n';
import { FileTrouble } from './source-files';

const MB = 2 ** 20;

/** The largest source: as text it takes many times its size. */
const MAX_SOURCE = 16 * MB;

/** What people are told. `name` is the file's, in quotes where the sentence needs them. */
export function fileTroubleText(name: string, { kind, detail }: FileTrouble): string {
  switch (kind) {
    case 'missing':
      return l10n.t('the file {0} was not found', name);
    case 'folder':
      return l10n.t('{0} is a folder, not a file', name);
    case 'device':
      return l10n.t('{0} is a device: only regular files are read', name);
    case 'pipe':
      return l10n.t('{0} is a pipe: only regular files are read', name);
    case 'socket':
      return l10n.t('{0} is a socket: only regular files are read', name);
    case 'link-loop':
      return l10n.t('{0} is a link that leads back to itself', name);
    case 'no-permission':
      return l10n.t('there is no permission to read {0}', name);
    case 'too-large':
      return l10n.t('{0} is too large: at most {1} MB are read', name, Number(detail) / MB);
    case 'binary':
      return l10n.t('{0} is a binary file, not assembly text; `incbin` stores such a file', name);
    case 'utf-16':
      return l10n.t('{0} is text in UTF-16: save it as UTF-8', name);
    case 'other':
      return l10n.t('{0} cannot be read ({1})', name, detail);
  }
}

/** Why bytes are not the text of a source; undefined where they may be. */
export function textTrouble(bytes: Uint8Array): FileTrouble | undefined {
  if (bytes.length > MAX_SOURCE) return new FileTrouble('too-large', MAX_SOURCE);
  if (!bytes.includes(0)) return undefined;
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  return new FileTrouble(mark === 0xfffe || mark === 0xfeff ? 'utf-16' : 'binary');
}
