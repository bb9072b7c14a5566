import * as l10n from '@vscode/l10n';
import { Cursor } from '../reading/cursor';
import type { ElfSections } from '../reading/elf-sections';
import type { Range } from '../reading/ranges';

/** `.debug_frame` and `.eh_frame` (DWARF 5, 6.4.1; the Linux Standard Base, 10.6): how functions make their frames. */

/** What functions have in common. */
export interface CommonFrame {
  readonly codeFactor: bigint;
  readonly dataFactor: bigint;
  readonly returnRegister: number;
  readonly pointerEncoding: number;
  readonly hasAugmentation: boolean;
  readonly addressSize: number;
  /** Its instructions, as those of every function that refers to it begin. */
  readonly program: Cursor;
}

/** One function's. */
export interface FunctionFrame extends Range {
  readonly common: CommonFrame;
  readonly program: Cursor;
}

type SectionName = '.debug_frame' | '.eh_frame';

/** All functions of a section. @throws DebugInfoError */
export function readFrames(
  sections: ElfSections,
  name: SectionName,
  onFrame: (frame: FunctionFrame) => void,
): void {
  new FrameSection(sections, name).read(onFrame);
}

const Encoding = { ABSOLUTE: 0, OMITTED: 0xff, FORMAT: 0x0f, RELATION: 0x70, PC_RELATIVE: 0x10 };

class FrameSection {
  private readonly isExceptions: boolean;
  private readonly address: bigint;
  private readonly commons = new Map<number, CommonFrame>();

  constructor(
    private readonly sections: ElfSections,
    private readonly name: SectionName,
  ) {
    this.isExceptions = name === '.eh_frame';
    this.address = sections.placeOf(name)?.address ?? 0n;
  }

  read(onFrame: (frame: FunctionFrame) => void): void {
    const cursor = new Cursor(this.sections.get(this.name));
    while (!cursor.isAtEnd) {
      const entry = this.entry(cursor);
      cursor.offset = entry.end;
      const { common } = entry;
      if (common === undefined) continue;
      const frame = this.frame(entry.at, this.common(common));
      if (frame) onFrame(frame);
    }
  }

  /** An entry with what it refers to; undefined for what functions have in common. */
  private entry(cursor: Cursor) {
    const { is64, end } = cursor.unitLength();
    if (end === cursor.offset) return { end, at: cursor, common: undefined };
    const idAt = cursor.offset;
    const id = this.isExceptions ? cursor.u32() : cursor.unsigned(is64 ? 8 : 4);
    const at = new Cursor(cursor.section, cursor.offset, end);
    if (this.isExceptions) {
      if (Number(id) > idAt) at.fail(l10n.t('the frame of a function is damaged'), idAt);
      return { end, at, common: id === 0 ? undefined : idAt - Number(id) };
    }
    const isCommon = id === (is64 ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn);
    return { end, at, common: isCommon ? undefined : Number(id) };
  }

  private common(offset: number): CommonFrame {
    const known = this.commons.get(offset);
    if (known) return known;
    const cursor = new Cursor(this.sections.get(this.name), offset);
    const entry = this.entry(cursor);
    if (entry.common !== undefined) cursor.fail(l10n.t('the frame of a function is damaged'));
    const common = this.readCommon(entry.at);
    this.commons.set(offset, common);
    return common;
  }

  private readCommon(at: Cursor): CommonFrame {
    const version = at.u8();
    if (![1, 3, 4].includes(version)) at.fail(l10n.t('version {0} of DWARF is not known', version));
    const augmentation = at.text();
    let addressSize = this.sections.is64 ? 8 : 4;
    if (version === 4) {
      addressSize = at.u8();
      at.u8();
    }
    const codeFactor = at.uleb64();
    const dataFactor = at.sleb64();
    const returnRegister = version === 1 ? at.u8() : at.uleb();
    const hasAugmentation = augmentation.startsWith('z');
    let pointerEncoding = Encoding.ABSOLUTE;
    if (hasAugmentation) {
      const data = at.part(at.uleb());
      pointerEncoding = this.pointerEncoding(augmentation, data);
    } else if (augmentation !== '') {
      at.fail(l10n.t('the frame of a function is damaged'));
    }
    const rest = { codeFactor, dataFactor, returnRegister, pointerEncoding };
    return { ...rest, hasAugmentation, addressSize, program: at };
  }

  private pointerEncoding(augmentation: string, data: Cursor): number {
    for (const letter of augmentation.slice(1)) {
      if (letter === 'R') return data.u8();
      if (letter === 'L') data.u8();
      else if (letter === 'P') this.pointer(data, data.u8(), this.sections.is64 ? 8 : 4);
      else if (letter !== 'S' && letter !== 'B') break;
    }
    return Encoding.ABSOLUTE;
  }

  private frame(at: Cursor, common: CommonFrame): FunctionFrame | undefined {
    const { pointerEncoding, addressSize } = common;
    const from = this.pointer(at, pointerEncoding, addressSize);
    const size = this.pointer(at, pointerEncoding & Encoding.FORMAT, addressSize);
    if (common.hasAugmentation) at.skip(at.uleb());
    if (from === undefined || size === undefined || size <= 0n) return undefined;
    return { from, to: from + size, common, program: at };
  }

  private pointer(at: Cursor, encoding: number, addressSize: number): bigint | undefined {
    if (encoding === Encoding.OMITTED) return undefined;
    const place = this.address + BigInt(at.offset);
    const value = plainPointer(at, encoding & Encoding.FORMAT, addressSize);
    const isRelative = (encoding & Encoding.RELATION) === Encoding.PC_RELATIVE;
    return BigInt.asUintN(8 * addressSize, isRelative ? place + value : value);
  }
}

function plainPointer(at: Cursor, format: number, addressSize: number): bigint {
  switch (format) {
    case 0x0:
      return at.unsigned(addressSize);
    case 0x1:
      return at.uleb64();
    case 0x2:
      return at.unsigned(2);
    case 0x3:
      return at.unsigned(4);
    case 0x4:
    case 0xc:
      return at.unsigned(8);
    case 0x9:
      return at.sleb64();
    case 0xa:
      return BigInt.asIntN(16, at.unsigned(2));
    case 0xb:
      return BigInt.asIntN(32, at.unsigned(4));
    default:
      return at.fail(l10n.t('the frame of a function is damaged'));
  }
}
