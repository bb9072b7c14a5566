import * as l10n from '@vscode/l10n';
import { unzlibSync } from 'fflate';
import { Cursor, type Section } from './cursor';
import { DebugInfoError } from './debug-info-error';

/** Sections of ELF files by their names (System V ABI, chapter 4); compressed ones are uncompressed when asked for. */

const SHF_COMPRESSED = 0x800;
const SHT_NOBITS = 8;
const ELFCOMPRESS_ZLIB = 1;
/** What the number of a section is where the real one stands in section 0. */
const SHN_XINDEX = 0xffff;
/** Deflate makes nothing smaller than this part of it. */
const MOST_RATIO = 1040;
const FILE = 'ELF';

interface Header {
  readonly nameAt: number;
  readonly type: number;
  readonly flags: number;
  readonly address: bigint;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

export class ElfSections {
  private readonly headers = new Map<string, Header>();
  private readonly sections = new Map<string, Section>();
  readonly is64: boolean;

  /** @throws DebugInfoError where the file is damaged */
  constructor(private readonly bytes: Uint8Array) {
    const file = { name: FILE, bytes };
    this.is64 = bytes[4] === 2;
    const wide = this.is64;
    const tableAt = new Cursor(file, wide ? 40 : 32).word(wide);
    if (tableAt === 0) return;
    const counts = new Cursor(file, wide ? 58 : 46);
    const [size, count, names] = [counts.u16(), counts.u16(), counts.u16()];
    if (size < (wide ? 64 : 40)) counts.fail(l10n.t('the headers of sections are too short'));
    const header = (n: number): Header => this.header(new Cursor(file, tableAt + n * size));
    const first = header(0);
    const strings = header(names === SHN_XINDEX ? first.link : names);
    const total = count === 0 ? first.size : count;
    for (let n = 1; n < total; n++) {
      const each = header(n);
      const name = new Cursor(file, strings.offset + each.nameAt).text();
      if (!this.headers.has(name)) this.headers.set(name, each);
    }
  }

  private header(at: Cursor): Header {
    const wide = this.is64;
    return {
      nameAt: at.u32(),
      type: at.u32(),
      flags: at.word(wide),
      address: at.unsigned(wide ? 8 : 4),
      offset: at.word(wide),
      size: at.word(wide),
      link: at.u32(),
    };
  }

  /** Where a section lies: in memory when it is loaded, and in the file. */
  placeOf(name: string): { address: bigint; offset: number; size: number } | undefined {
    return this.headers.get(name);
  }

  has(name: string): boolean {
    return this.headers.has(name) || this.headers.has(oldName(name));
  }

  /** A section, empty where there is none. @throws DebugInfoError where it is damaged */
  get(name: string): Section {
    const known = this.sections.get(name);
    if (known) return known;
    const section = { name, bytes: this.contents(name) };
    this.sections.set(name, section);
    return section;
  }

  private contents(name: string): Uint8Array {
    const header = this.headers.get(name);
    if (header) return this.uncompressed(name, this.raw(name, header), header.flags);
    const old = this.headers.get(oldName(name));
    return old ? this.ofOldFormat(name, this.raw(name, old)) : new Uint8Array();
  }

  private raw(name: string, { type, offset, size }: Header): Uint8Array {
    if (type === SHT_NOBITS) return new Uint8Array();
    if (offset + size > this.bytes.length) {
      throw new DebugInfoError(name, 0, l10n.t('the file ends before its section does'));
    }
    return this.bytes.subarray(offset, offset + size);
  }

  private uncompressed(name: string, raw: Uint8Array, flags: number): Uint8Array {
    if (!(flags & SHF_COMPRESSED)) return raw;
    const at = new Cursor({ name, bytes: raw });
    const kind = at.u32();
    if (this.is64) at.skip(4);
    const size = at.word(this.is64);
    at.skip(this.is64 ? 8 : 4);
    if (kind !== ELFCOMPRESS_ZLIB) {
      at.fail(l10n.t('it is compressed in a way that is not known (number {0})', kind), 0);
    }
    return inflated(name, raw.subarray(at.offset), size);
  }

  /** `.zdebug_info`: "ZLIB", the size with its highest byte first, and the data. */
  private ofOldFormat(name: string, raw: Uint8Array): Uint8Array {
    const at = new Cursor({ name, bytes: raw });
    at.skip(4);
    const size = Array.from({ length: 8 }, () => at.u8()).reduce((sum, byte) => sum * 256 + byte);
    return inflated(name, raw.subarray(at.offset), size);
  }
}

const oldName = (name: string): string => name.replace(/^\./, '.z');

function inflated(name: string, data: Uint8Array, size: number): Uint8Array {
  const damaged = (): never => {
    throw new DebugInfoError(name, 0, l10n.t('its compressed data is damaged'));
  };
  if (size > data.length * MOST_RATIO) damaged();
  try {
    const out = unzlibSync(data, { out: new Uint8Array(size) });
    return out.length === size ? out : damaged();
  } catch {
    return damaged();
  }
}
