import * as l10n from '@vscode/l10n';
import { withNote } from '../../isa/phrases';
import type { Site } from '../../vmm';
import { leaf, type Row } from '../views/row';

/** Who wrote a field of a control structure. */
export type FieldWriter =
  /** An instruction of the user's program, by its linear address in the host. */
  | { readonly kind: 'program'; readonly address: bigint }
  /** An operation of the built-in monitor; without a place where it was not built for debugging. */
  | { readonly kind: 'monitor'; readonly site: Site | undefined }
  /** Somebody at the debugger. */
  | { readonly kind: 'person' };

/** Who wrote a field last, as far as that is known. */
export interface LastWrite {
  readonly writer: FieldWriter;
  /** Something else stands there now: a VM exit has saved it, or memory was written. */
  readonly isOver: boolean;
}

/** What a row needs to tell it. */
export interface WriterWords {
  /** `vmcs.asm:20`, or the symbol, of an instruction of the program that runs the guest. */
  placeName(address: bigint): string;
  /** What to say where it is not known. */
  readonly unknown: string;
}

/** The row below a field. */
export function writerRow(
  id: string,
  write: LastWrite | undefined,
  { placeName, unknown }: WriterWords,
): Row {
  const label = l10n.t('last written');
  if (!write) return leaf(id, label, unknown);
  const { writer, isOver } = write;
  const more = (text: string): string =>
    isOver ? withNote(text, l10n.t('something else has been there since')) : text;
  switch (writer.kind) {
    case 'person':
      return leaf(id, label, more(l10n.t('by you')));
    case 'program':
      return leaf(id, label, more(placeName(writer.address)), {
        place: { address: writer.address },
      });
    case 'monitor': {
      const { site } = writer;
      if (!site) return leaf(id, label, more(l10n.t('by the monitor')));
      const text = `${site.file.slice(site.file.lastIndexOf('/') + 1)}:${String(site.line)}`;
      return leaf(id, label, more(withNote(text, site.function)), { site });
    }
  }
}
