import * as l10n from '@vscode/l10n';
import type { Abbreviations } from './abbreviations';
import { AbbreviationTables } from './abbreviations';
import { Cursor } from './cursor';
import { Attribute } from './dwarf-names';
import type { ElfSections } from './elf-sections';
import { readForm, type Encoding, type FormValue } from './forms';

/** An entry of `.debug_info`: what it is, and what is said of it. */
export interface Entry {
  /** In the section. */
  readonly offset: number;
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Where the next one begins: its first child, where it has children. */
  readonly next: number;
  readonly attributes: ReadonlyMap<number, FormValue>;
}

const INFO = '.debug_info';
const UnitType = { TYPE: 2, SKELETON: 4, SPLIT_COMPILE: 5, SPLIT_TYPE: 6 } as const;
const OLDEST = 2;
const NEWEST = 5;

/** What all units of a file share. */
export class DebugFile {
  private readonly abbreviations: AbbreviationTables;
  private readonly texts = new Map<string, string>();

  /** @throws DebugInfoError */
  constructor(readonly sections: ElfSections) {
    this.abbreviations = new AbbreviationTables(sections.get('.debug_abbrev'));
  }

  abbreviationsAt(offset: number): Abbreviations {
    return this.abbreviations.at(offset);
  }

  cursor(section: string, offset = 0): Cursor {
    return new Cursor(this.sections.get(section), offset);
  }

  /** A text at an offset in a section, kept: names come again and again. */
  text(section: string, offset: number): string {
    const key = `${section}:${String(offset)}`;
    let text = this.texts.get(key);
    if (text === undefined) this.texts.set(key, (text = this.cursor(section, offset).text()));
    return text;
  }

  /** The units of `.debug_info`, in their order. @throws DebugInfoError at the first that is damaged */
  *units(): Generator<Unit> {
    const cursor = this.cursor(INFO);
    while (!cursor.isAtEnd) {
      const unit = new Unit(this, cursor);
      cursor.offset = unit.end;
      yield unit;
    }
  }
}

/** A unit of `.debug_info` (DWARF 5, 7.5.1): what was compiled together. */
export class Unit implements Encoding {
  readonly version: number;
  readonly is64: boolean;
  readonly addressSize: number;
  readonly unitAt: number;
  readonly end: number;
  /** It holds a type, and no code. */
  readonly isType: boolean;
  private readonly firstEntryAt: number;
  private readonly abbreviationsAt: number;
  private readRoot: Entry | undefined;

  constructor(
    readonly file: DebugFile,
    cursor: Cursor,
  ) {
    this.unitAt = cursor.offset;
    const { is64, end } = cursor.unitLength();
    this.is64 = is64;
    this.end = end;
    this.version = cursor.u16();
    if (this.version < OLDEST || this.version > NEWEST) {
      cursor.fail(l10n.t('version {0} of DWARF is not known', this.version), this.unitAt);
    }
    let type = 0;
    if (this.version === NEWEST) {
      type = cursor.u8();
      this.addressSize = cursor.u8();
      this.abbreviationsAt = cursor.word(is64);
    } else {
      this.abbreviationsAt = cursor.word(is64);
      this.addressSize = cursor.u8();
    }
    if (this.addressSize !== 4 && this.addressSize !== 8) {
      cursor.fail(l10n.t('addresses of {0} bytes are not known', this.addressSize), this.unitAt);
    }
    this.isType = type === UnitType.TYPE || type === UnitType.SPLIT_TYPE;
    if (this.isType) cursor.skip(8 + (is64 ? 8 : 4));
    else if (type === UnitType.SKELETON || type === UnitType.SPLIT_COMPILE) cursor.skip(8);
    this.firstEntryAt = cursor.offset;
  }

  /** What is said of the unit as a whole. */
  get root(): Entry {
    if (this.readRoot) return this.readRoot;
    const root = this.entryAt(this.firstEntryAt);
    if (!root) return this.cursor(this.firstEntryAt).fail(l10n.t('the unit has no entry'));
    return (this.readRoot = root);
  }

  /** Entries that stand below one, or below one of those, and how deep. @throws DebugInfoError */
  *below(entry: Entry): Generator<{ readonly entry: Entry; readonly depth: number }> {
    if (!entry.hasChildren) return;
    let depth = 1;
    let at = entry.next;
    while (depth > 0) {
      const next = this.entryAt(at);
      if (!next) {
        depth--;
        at++;
        continue;
      }
      yield { entry: next, depth };
      at = next.next;
      if (next.hasChildren) depth++;
    }
  }

  /** A block of an attribute, to be read. */
  block(entry: Entry, name: number): Cursor | undefined {
    const value = entry.attributes.get(name);
    if (value?.kind !== 'block') return undefined;
    const { offset, length } = value;
    return new Cursor(this.file.sections.get(INFO), offset, offset + length);
  }

  private cursor(offset: number): Cursor {
    return new Cursor(this.file.sections.get(INFO), offset, this.end);
  }

  /** The entry at an offset in the section; undefined for what ends a list of siblings. */
  entryAt(offset: number): Entry | undefined {
    const cursor = this.cursor(offset);
    const code = cursor.uleb();
    if (code === 0) return undefined;
    const shape = this.file.abbreviationsAt(this.abbreviationsAt).get(code);
    if (!shape) return cursor.fail(l10n.t('there is no abbreviation {0}', code), offset);
    const attributes = new Map<number, FormValue>();
    for (const { name, form, implicit } of shape.attributes) {
      attributes.set(name, readForm(cursor, form, this, implicit));
    }
    const { tag, hasChildren } = shape;
    return { offset, tag, hasChildren, next: cursor.offset, attributes };
  }

  /** The text of an attribute. */
  text(entry: Entry, name: number): string | undefined {
    const value = entry.attributes.get(name);
    if (value?.kind === 'text') return this.file.text(value.section, value.value);
    if (value?.kind !== 'text-index') return undefined;
    const size = this.is64 ? 8 : 4;
    const base = this.baseOf(Attribute.STR_OFFSETS_BASE, 2 * size);
    const at = this.file.cursor('.debug_str_offsets', base + value.value * size);
    return this.file.text('.debug_str', at.word(this.is64));
  }

  /** The number of an attribute, where it is one. */
  number(entry: Entry, name: number): bigint | undefined {
    const value = entry.attributes.get(name);
    return value?.kind === 'constant' ? value.value : undefined;
  }

  /** An offset in another section. In DWARF 2 and 3 it looks like a number. */
  offset(entry: Entry, name: number): number | undefined {
    const value = entry.attributes.get(name);
    if (value?.kind === 'offset') return value.value;
    return value?.kind === 'constant' ? Number(value.value) : undefined;
  }

  /** The address of an attribute. */
  address(entry: Entry, name: number): bigint | undefined {
    const value = entry.attributes.get(name);
    if (value?.kind === 'address') return value.value;
    return value?.kind === 'address-index' ? this.indexedAddress(value.value) : undefined;
  }

  /** An address of the unit's part of `.debug_addr`. */
  indexedAddress(index: number): bigint {
    const base = this.baseOf(Attribute.ADDR_BASE, 8);
    return this.file
      .cursor('.debug_addr', base + index * this.addressSize)
      .unsigned(this.addressSize);
  }

  /** Where the unit's part of a table begins; without a word about it, behind the table's header. */
  baseOf(name: number, header: number): number {
    return this.offset(this.root, name) ?? header;
  }

  /** From where relative addresses of the unit count. */
  get base(): bigint {
    return this.address(this.root, Attribute.LOW_PC) ?? 0n;
  }
}
