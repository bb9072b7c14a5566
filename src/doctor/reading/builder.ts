import * as l10n from '@vscode/l10n';
import type { Damage, Dump, Format, FoundField, MsrEntry, Place, Remark, Vendor } from '../dump';

/** A word of a line, and where it stands. */
export interface Word {
  readonly text: string;
  readonly place: Place;
  /** The text ends behind it, without an end of the line: it may be cut. */
  readonly open?: boolean;
}

/** How many hexadecimal digits a printer gives a value, at least and at most. */
export interface Digits {
  readonly least: number;
  readonly most: number;
  /** Whoever wrote it may have padded it to any width. */
  readonly free?: boolean;
}

/** Reads what one dump says, line by line. */
export class DumpBuilder {
  format: Format;
  believedEfer: bigint | undefined;
  readonly entryMsrs: MsrEntry[] = [];
  readonly remarks: Remark[] = [];
  readonly damages: Damage[] = [];
  private readonly fields = new Map<string, FoundField>();
  /** Fields that the text gives two values: nobody can tell which is right. */
  private readonly contradicted = new Set<string>();

  constructor(
    readonly vendor: Vendor,
    format: Format,
    readonly place: Place,
  ) {
    this.format = format;
  }

  /** A hexadecimal value; undefined, and a damage, when it is none, or cut. */
  hexadecimal(word: Word, digits: Digits): bigint | undefined {
    const found = /^(?:0x)?([0-9a-f]+)$/i.exec(word.text)?.[1];
    if (found === undefined) {
      this.damage(word.place, l10n.t('no hexadecimal number: {0}', shown(word.text)));
      return undefined;
    }
    if (isCut(found, digits)) {
      const message = l10n.t(
        'cut: {0} has {1} of {2} digits',
        word.text,
        found.length,
        found.length < digits.least ? digits.least : digits.most,
      );
      this.damage(word.place, message);
      return undefined;
    }
    // As many digits as some printers give it may be the beginning of more.
    if (found.length < digits.most && this.mayBeCut(word)) return undefined;
    if (found.length > digits.most) {
      const message = l10n.t('{0} is wider than its field', word.text);
      this.damage(word.place, message);
      return undefined;
    }
    return BigInt(`0x${found}`);
  }

  /** Whether a word whose digits nobody can count may be cut; then there is a damage. */
  mayBeCut({ open, text, place }: Word): boolean {
    if (!open) return false;
    this.damage(place, l10n.t('the text ends in {0}: it may be cut', shown(text)));
    return true;
  }

  /** A decimal value; undefined, and a damage, when it is none. */
  decimal(word: Word): bigint | undefined {
    if (this.mayBeCut(word)) return undefined;
    if (/^\d{1,20}$/.test(word.text)) return BigInt(word.text);
    this.damage(word.place, l10n.t('no decimal number: {0}', shown(word.text)));
    return undefined;
  }

  set(id: string, value: bigint | undefined, place: Place): void {
    if (value === undefined || this.contradicted.has(id)) return;
    const known = this.fields.get(id);
    if (known && known.value !== value) {
      this.contradicted.add(id);
      this.fields.delete(id);
      const message = l10n.t('{0} has another value in line {1}', id, known.place.line);
      this.damage(place, message);
      return;
    }
    if (!known) this.fields.set(id, { value, place });
  }

  has(id: string): boolean {
    return this.fields.has(id);
  }

  valueOf(id: string): bigint | undefined {
    return this.fields.get(id)?.value;
  }

  drop(id: string): void {
    this.fields.delete(id);
  }

  damage(place: Place, message: string): void {
    this.damages.push({ place, message });
  }

  get size(): number {
    return this.fields.size;
  }

  build(): Dump {
    const { vendor, format, place, fields, believedEfer, entryMsrs, remarks, damages } = this;
    return { vendor, format, place, fields, believedEfer, entryMsrs, remarks, damages };
  }
}

/**
 * Whether digits are missing: printers pad a value to the least number or the most, and between the two
 * is only one that is too large for the least.
 */
function isCut(found: string, { least, most, free }: Digits): boolean {
  if (found.length < least) return true;
  if (free) return false;
  return found.length > least && found.length < most && found.startsWith('0');
}

/** A word as a message shows it. */
const shown = (text: string): string =>
  text === '' ? l10n.t('nothing') : text.length > 40 ? `${text.slice(0, 40)}…` : text;
