import * as l10n from '@vscode/l10n';
import { Gpr } from '../../isa/registers/general';
import { endOfPieces, type Piece } from './boot-image';
import { Reader, Writer } from './bytes';
import { isElf, loadElfKernel } from './elf';
import { protectedModeStart, type Prepared } from './flat-start';
import { CONVENTIONAL_END, memoryMap } from './memory-map';
import { placeModules } from './multiboot';
import { cString, type KernelOptions } from './options';
import { requireMemory, UnbootableImage } from './unbootable';

/** Multiboot2 Specification 2.0: a header of tags, an information structure of tags. */

const HEADER_MAGIC = 0xe852_50d6;
const LOADER_MAGIC = 0x36d7_6289;
const I386 = 0;
/** The header lies in the first 32768 bytes, at a multiple of 8. */
const SEARCHED = 32_768;
const OPTIONAL = 1;
const INFO = 0x9000;
const [CODE, DATA] = [0x08, 0x10];

/** Tags of the header (3.1.3 and after). */
const HeaderTag = {
  END: 0,
  INFORMATION_REQUEST: 1,
  ADDRESS: 2,
  ENTRY_ADDRESS: 3,
  CONSOLE: 4,
  FRAMEBUFFER: 5,
  MODULE_ALIGNMENT: 6,
  EFI_BOOT_SERVICES: 7,
  EFI_I386_ENTRY: 8,
  EFI_AMD64_ENTRY: 9,
  RELOCATABLE: 10,
} as const;

/** Tags of the information (3.6). */
const InfoTag = {
  END: 0,
  COMMAND_LINE: 1,
  LOADER_NAME: 2,
  MODULE: 3,
  MEMORY: 4,
  MEMORY_MAP: 6,
  FRAMEBUFFER: 8,
  ACPI_1: 14,
} as const;
/** What is never told, or only by other firmware. */
const TOLD: ReadonlySet<number> = new Set(Object.values(InfoTag));

interface Header {
  readonly offset: number;
  readonly length: number;
}

export function multiboot2Header(bytes: Uint8Array): Header | undefined {
  const file = new Reader(bytes);
  for (let offset = 0; offset + 16 <= Math.min(SEARCHED, bytes.length); offset += 8) {
    if (file.u32(offset) !== HEADER_MAGIC) continue;
    const [machine, length, checksum] = [4, 8, 12].map((n) => file.u32(offset + n) ?? 0) as Three;
    if ((HEADER_MAGIC + machine + length + checksum) >>> 0 === 0) return { offset, length };
  }
  return undefined;
}

type Three = [number, number, number];

interface Tag {
  readonly type: number;
  readonly optional: boolean;
  /** Where its contents begin in the file. */
  readonly at: number;
  readonly size: number;
}

function tagsOf(file: Reader, { offset, length }: Header): Tag[] {
  const tags: Tag[] = [];
  let at = offset + 16;
  while (at + 8 <= Math.min(offset + length, file.bytes.length)) {
    const type = file.u16(at) ?? 0;
    const size = file.u32(at + 4) ?? 0;
    if (type === HeaderTag.END || size < 8) break;
    tags.push({ type, optional: ((file.u16(at + 2) ?? 0) & OPTIONAL) !== 0, at: at + 8, size });
    at += Math.ceil(size / 8) * 8;
  }
  return tags;
}

/** @throws UnbootableImage when the header asks for what cannot be had */
export function loadMultiboot2(
  bytes: Uint8Array,
  header: Header,
  options: KernelOptions,
): Prepared {
  const file = new Reader(bytes);
  if (file.u32(header.offset + 4) !== I386) {
    throw new UnbootableImage(l10n.t('its Multiboot2 header is for another architecture'));
  }
  const tags = tagsOf(file, header);
  for (const tag of tags) refuseTheImpossible(file, tag);
  const find = (type: number): Tag | undefined => tags.find((tag) => tag.type === type);
  const addresses = find(HeaderTag.ADDRESS);
  const { memory } = options;
  const kernel = addresses
    ? byAddresses(file, header, addresses, memory)
    : bySegments(bytes, memory);
  const entryTag = find(HeaderTag.ENTRY_ADDRESS);
  const entry = entryTag ? (file.u32(entryTag.at) ?? 0) : kernel.entry;
  const modules = placeModules(options, endOfPieces(kernel.pieces));
  const info = { address: INFO, bytes: information(options, modules) };
  const registers = { [Gpr.RAX]: LOADER_MAGIC, [Gpr.RBX]: INFO };
  const { start, pieces } = protectedModeStart({ entry, registers, code: CODE, data: DATA });
  return { start, pieces: [...kernel.pieces, ...modules, info, ...pieces] };
}

/** A tag that is not optional must be understood, or the kernel must not be started. */
function refuseTheImpossible(file: Reader, tag: Tag): void {
  if (tag.optional) return;
  const known = Object.values(HeaderTag) as number[];
  if (!known.includes(tag.type)) {
    throw new UnbootableImage(
      l10n.t('its Multiboot2 header requires what no loader knows (tag {0})', tag.type),
    );
  }
  if (tag.type !== HeaderTag.INFORMATION_REQUEST) return;
  for (let at = tag.at; at + 4 <= tag.at - 8 + tag.size; at += 4) {
    const wanted = file.u32(at) ?? 0;
    if (!TOLD.has(wanted)) {
      throw new UnbootableImage(
        l10n.t(
          'its Multiboot2 header requires information that there is none of (tag {0})',
          wanted,
        ),
      );
    }
  }
}

function bySegments(
  bytes: Uint8Array,
  memory: number,
): { pieces: readonly Piece[]; entry: number } {
  if (!isElf(bytes)) {
    throw new UnbootableImage(
      l10n.t('its Multiboot2 header gives no addresses, and it is no ELF image'),
    );
  }
  return loadElfKernel(bytes, memory);
}

function byAddresses(
  file: Reader,
  header: Header,
  tag: Tag,
  memory: number,
): { pieces: readonly Piece[]; entry: number } {
  const field = (n: number): number => file.u32(tag.at + n) ?? 0;
  const [headerAddress, load, loadEnd, bssEnd] = [0, 4, 8, 12].map(field) as Four;
  const fileLength = file.bytes.length;
  const first = load === 0xffff_ffff ? 0 : header.offset - (headerAddress - load);
  const address = load === 0xffff_ffff ? headerAddress - header.offset : load;
  const length = loadEnd === 0 ? fileLength - first : loadEnd - address;
  const size = Math.max(length, bssEnd === 0 ? 0 : bssEnd - address);
  const fits = first >= 0 && length >= 0 && first + length <= fileLength;
  if (!fits || address < 0) {
    throw new UnbootableImage(
      l10n.t('the addresses of its Multiboot2 header do not fit the file of {0} bytes', fileLength),
    );
  }
  requireMemory(address + size, memory);
  const bytes = new Uint8Array(size);
  bytes.set(file.bytes.subarray(first, first + length));
  return { pieces: [{ address, bytes }], entry: address };
}

type Four = [number, number, number, number];

function information(options: KernelOptions, modules: ReturnType<typeof placeModules>): Uint8Array {
  const out = new Writer().u32(0, 0);
  const tag = (type: number, contents: Uint8Array): void => {
    out
      .u32(type, 8 + contents.length)
      .append(contents)
      .align(8);
  };
  tag(InfoTag.COMMAND_LINE, cString(`${options.name} ${options.append ?? ''}`.trimEnd()));
  tag(InfoTag.LOADER_NAME, cString('Ringside'));
  for (const { address, bytes, name } of modules) {
    const contents = new Writer().u32(address, address + bytes.length).append(cString(name));
    tag(InfoTag.MODULE, contents.bytes);
  }
  const memory = new Writer().u32(CONVENTIONAL_END / 1024, options.memory / 1024 - 1024);
  tag(InfoTag.MEMORY, memory.bytes);
  const map = new Writer().u32(24, 0);
  for (const { base, length, kind } of memoryMap(options.memory)) {
    map.u64(base, length).u32(kind, 0);
  }
  tag(InfoTag.MEMORY_MAP, map.bytes);
  tag(InfoTag.FRAMEBUFFER, textScreen());
  // A copy of the root pointer of ACPI 1.0 ("ACPI old RSDP").
  if (options.acpi) tag(InfoTag.ACPI_1, options.acpi.bytes);
  tag(InfoTag.END, new Uint8Array());
  const { bytes } = out;
  new DataView(bytes.buffer).setUint32(0, bytes.length, true);
  return bytes;
}

/** The screen is in text mode, whatever the header asks for (3.6.12). */
function textScreen(): Uint8Array {
  const EGA_TEXT = 2;
  return new Writer().u64(0xb_8000).u32(160, 80, 25).u8(16, EGA_TEXT, 0).bytes;
}
