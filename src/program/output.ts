import * as l10n from '@vscode/l10n';
import type { Assembler } from './assembler';
import type { Run } from './assembler-types';
import type { LineEntry } from './assembly';
import { FatalError, SourceError, type Span } from './diagnostics';
import { MAX_IMAGE, SectionList, type Section } from './sections';
import { add, relative, scalar, type Value } from './value';

const DEFAULT_SECTION = '[section .text]';

/** Where bytes go: the sections, the place reached in them, and the line table of what was stored. */
export class Output {
  readonly sections = new SectionList();
  runs: Run[] = [];
  /** Undefined within `absolute` and `struc`, where nothing is stored. */
  section: Section | undefined;
  absolute: Value = scalar(0n);
  /** What `__SECT__` stands for: the directive that chose the section last, leaving out those in brackets. */
  named = DEFAULT_SECTION;
  /** The mode of the first instruction or datum. */
  firstBits: 16 | 32 | 64 | undefined;
  /** Within `align`, whose filling is not code to stop at. */
  padding = false;

  /** The place of the statement being assembled, of which few ask. */
  private readonly start: { section: Section | undefined; offset: number; absolute: Value } = {
    section: undefined,
    offset: 0,
    absolute: this.absolute,
  };

  constructor(private readonly assembler: Assembler) {
    this.section = this.sections.get('.text');
  }

  beginPass(): void {
    this.sections.reset();
    this.runs = [];
    this.firstBits = undefined;
    this.enter(this.sections.get('.text'));
    this.named = DEFAULT_SECTION;
  }

  enter(section: Section): void {
    this.section = section;
  }

  /** From here on `$` means this place. */
  beginStatement(): void {
    this.start.section = this.section;
    this.start.offset = this.section?.size ?? 0;
    this.start.absolute = this.absolute;
  }

  /** The address of the statement being assembled: `$`. */
  get statementStart(): Value {
    const { section, offset, absolute } = this.start;
    return section ? relative(section, BigInt(offset)) : absolute;
  }

  /** The current address, relative to its section. */
  get position(): Value {
    return this.section ? relative(this.section, BigInt(this.section.size)) : this.absolute;
  }

  /** Room for `count` bytes, to be filled by the caller; undefined while only the size matters. */
  room(count: number, kind: LineEntry['kind']): Uint8Array | undefined {
    const { section, assembler } = this;
    if (!section) {
      if (kind !== 'reserve')
        throw new SourceError(
          l10n.t('nothing can be stored here: in `absolute` and `struc`, use resb and its family'),
        );
      this.absolute = add(this.absolute, scalar(BigInt(count)));
      return undefined;
    }
    if (section.nobits && kind !== 'reserve') {
      assembler.warn(
        l10n.t('section `{0}` stores nothing: this is left out of the image', section.name),
        undefined,
      );
    }
    const offset = section.size;
    if (count > 0) this.note(kind, section, offset, count);
    if (!assembler.final) {
      section.skip(count);
      return undefined;
    }
    return section.reserve(count);
  }

  private note(kind: LineEntry['kind'], section: Section, offset: number, length: number): void {
    const { bits, final, messages } = this.assembler;
    this.firstBits ??= kind === 'reserve' ? undefined : bits;
    if (!final) return;
    const { chain } = messages;
    const last = this.runs[this.runs.length - 1];
    const joins =
      last?.chain === chain && last.kind === kind && last.section === section && kind !== 'code';
    if (joins && last.offset + last.length === offset) {
      last.length += length;
      return;
    }
    const shown = this.padding ? 'data' : kind;
    this.runs.push({ kind: shown, bits, section, offset, length, chain });
  }

  /** A count of things of `size` bytes as a number. Throws where it is negative or no image could hold them. */
  checkCount(count: bigint, size: number, span: Span | undefined): number {
    if (count < 0n) {
      throw new SourceError(l10n.t('the count is negative: {0}', String(count)), span);
    }
    if (count * BigInt(size) > BigInt(MAX_IMAGE) && !(this.section?.nobits ?? true)) {
      throw new FatalError(
        l10n.t(
          '{0} bytes are more than an image may have ({1} MB)',
          String(count * BigInt(size)),
          String(MAX_IMAGE / 1024 / 1024),
        ),
        span,
      );
    }
    return Number(count);
  }
}
