import * as l10n from '@vscode/l10n';
import { FatalError, SourceError, type Span } from './diagnostics';
import { layOut } from './section-layout';
import { once, type Base } from './value';

/** The largest image that is built, in bytes. */
export const MAX_IMAGE = 64 * 1024 * 1024;

/** The most that a section without contents may reserve: what a 48-bit address reaches. */
const MAX_RESERVED = 2 ** 47;

/** Attributes after the name of a section (NASM manual 8.1.3). Numbers are addresses or powers of two. */
export interface SectionAttributes {
  align?: bigint;
  start?: bigint;
  vstart?: bigint;
  valign?: bigint;
  follows?: string;
  vfollows?: string;
  nobits?: boolean;
}

/** A section of the flat image. `address` (from Base) is its virtual start. */
export class Section implements Base {
  address: bigint | undefined;
  readonly terms = once(this);
  /** Where it lies in memory once the image is loaded at its origin. */
  start = 0n;
  /** Bytes assembled so far in this pass. */
  size = 0;
  attributes: SectionAttributes = {};
  span: Span | undefined;
  private bytes = new Uint8Array(0);

  /** @param previous the section named before it, behind which it lies if nothing else is said */
  constructor(
    readonly name: string,
    readonly previous: Section | undefined,
  ) {
    if (name === '.bss') this.attributes.nobits = true;
  }

  get nobits(): boolean {
    return this.attributes.nobits ?? false;
  }

  reset(): void {
    this.size = 0;
  }

  /** Moves on by `count` bytes without storing anything. */
  skip(count: number): void {
    this.size += count;
    if (this.nobits && this.size > MAX_RESERVED)
      throw new FatalError(l10n.t('section `{0}` reserves more than 2^47 bytes', this.name));
    if (!this.nobits && this.size > MAX_IMAGE) {
      throw new FatalError(
        l10n.t('the image would be larger than {0} MB', String(MAX_IMAGE / 1024 / 1024)),
      );
    }
  }

  /** Room for `count` more bytes, which the caller fills; undefined in a section that stores nothing. */
  reserve(count: number): Uint8Array | undefined {
    const at = this.size;
    this.skip(count);
    if (this.nobits) return undefined;
    if (this.size > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.size, this.bytes.length * 2, 1024));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    return this.bytes.subarray(at, this.size);
  }

  /** Fills `count` times `length` bytes from `from` on with copies of the first `length`. */
  copy(from: number, length: number, count: number): void {
    const end = from + length * count;
    for (let done = length; from + done < end; done *= 2)
      this.bytes.copyWithin(from + done, from, Math.min(from + done, end - done));
  }

  /** What was stored, padded with zeros to the size. */
  content(): Uint8Array {
    const content = new Uint8Array(this.size);
    content.set(this.bytes.subarray(0, Math.min(this.size, this.bytes.length)));
    return content;
  }
}

/** A name such as `section.data.start` that stands for something about a section's place. */
export class SectionMark implements Base {
  address: bigint | undefined;
  readonly terms = once(this);

  constructor(
    readonly name: string,
    readonly section: string,
    readonly what: 'start' | 'vstart' | 'length',
  ) {}
}

/** The sections of a program in the order in which they were first named; `.text` is always there. */
export class SectionList {
  readonly all = new Map<string, Section>();
  private readonly marks = new Map<string, SectionMark>();
  private last: Section | undefined;

  constructor() {
    this.get('.text');
  }

  get(name: string): Section {
    let section = this.all.get(name);
    if (!section) {
      // `.bss` comes behind everything that is stored.
      section = new Section(name, name === '.bss' ? undefined : this.last);
      this.last = section;
      this.all.set(name, section);
    }
    return section;
  }

  /** The base behind a name like `section..data.start`, if it has that form. */
  mark(name: string): SectionMark | undefined {
    const match = /^(?:__\?)?section\.(.+)\.(start|vstart|length)$/.exec(name);
    const [, section = '', what] = match ?? [];
    if (!this.all.has(section) || what === undefined) return undefined;
    let mark = this.marks.get(name);
    if (!mark) {
      mark = new SectionMark(name, section, what as SectionMark['what']);
      this.marks.set(name, mark);
    }
    return mark;
  }

  reset(): void {
    for (const section of this.all.values()) section.reset();
  }

  /** Gives every section its place; the result is the address of the image's first byte. */
  layout(org: bigint | undefined): bigint {
    const origin = layOut([...this.all.values()], org);
    for (const mark of this.marks.values()) {
      const section = this.get(mark.section);
      mark.address =
        mark.what === 'start'
          ? section.start
          : mark.what === 'vstart'
            ? section.address
            : BigInt(section.size);
    }
    return origin;
  }

  /** The flat image: everything from the origin to the last byte stored, gaps filled with zeros. */
  image(origin: bigint): Uint8Array {
    const stored = [...this.all.values()].filter((s) => !s.nobits && s.size > 0);
    let end = origin;
    for (const section of stored) {
      if (section.start < origin) {
        throw new SourceError(
          l10n.t('section `{0}` would lie before the origin of the image', section.name),
          section.span,
        );
      }
      const last = section.start + BigInt(section.size);
      if (last > end) end = last;
    }
    if (end - origin > BigInt(MAX_IMAGE)) {
      throw new FatalError(
        l10n.t('the image would be larger than {0} MB', String(MAX_IMAGE / 1024 / 1024)),
      );
    }
    const image = new Uint8Array(Number(end - origin));
    const sorted = [...stored].sort((a, b) => (a.start < b.start ? -1 : 1));
    let previous: Section | undefined;
    for (const section of sorted) {
      if (previous && previous.start + BigInt(previous.size) > section.start) {
        throw new SourceError(
          l10n.t('the sections `{0}` and `{1}` overlap', previous.name, section.name),
          section.span,
        );
      }
      image.set(section.content(), Number(section.start - origin));
      previous = section;
    }
    return image;
  }
}
