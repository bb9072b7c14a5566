import * as l10n from '@vscode/l10n';
import { Gpr } from '../../isa/registers/general';
import { endOfPieces, type Piece } from './boot-image';
import { Reader, Writer } from './bytes';
import { isElf, loadElfKernel } from './elf';
import { protectedModeStart, type Prepared } from './flat-start';
import { CONVENTIONAL_END, memoryMap } from './memory-map';
import { cString, type BootOptions } from './options';
import { requireMemory, UnbootableImage } from './unbootable';

/** Multiboot Specification 0.6.96: kernels that a loader finds by their header. */

const HEADER_MAGIC = 0x1bad_b002;
const LOADER_MAGIC = 0x2bad_b002;
/** The header lies in the first 8192 bytes, at a multiple of 4. */
const SEARCHED = 8192;
const HeaderFlags = { ADDRESSES: 1 << 16, REQUIRED: 0xffff, KNOWN_REQUIRED: 7 } as const;
const InfoFlags = {
  MEMORY: 1,
  BOOT_DEVICE: 2,
  COMMAND_LINE: 4,
  MODULES: 8,
  MEMORY_MAP: 0x40,
  LOADER_NAME: 0x200,
} as const;
/** First hard disk, no partition. */
const BOOT_DEVICE = 0x80ff_ffff;
const INFO = 0x9000;
const INFO_SIZE = 120;
const PAGE = 0x1000;
const [CODE, DATA] = [0x08, 0x10];

interface Header {
  readonly offset: number;
  readonly flags: number;
}

/** The header's place in the file. */
export function multibootHeader(bytes: Uint8Array): Header | undefined {
  const file = new Reader(bytes);
  for (let offset = 0; offset + 12 <= Math.min(SEARCHED, bytes.length); offset += 4) {
    if (file.u32(offset) !== HEADER_MAGIC) continue;
    const flags = file.u32(offset + 4) ?? 0;
    const checksum = file.u32(offset + 8) ?? 0;
    if ((HEADER_MAGIC + flags + checksum) >>> 0 === 0) return { offset, flags };
  }
  return undefined;
}

interface Kernel {
  readonly pieces: readonly Piece[];
  readonly entry: number;
}

/** @throws UnbootableImage when the header asks for what cannot be had */
export function loadMultiboot(bytes: Uint8Array, header: Header, options: BootOptions): Prepared {
  const unknown = header.flags & HeaderFlags.REQUIRED & ~HeaderFlags.KNOWN_REQUIRED;
  if (unknown !== 0) {
    const bits = `0x${unknown.toString(16)}`;
    throw new UnbootableImage(
      l10n.t('its Multiboot header requires what no loader knows (flags {0})', bits),
    );
  }
  const kernel =
    header.flags & HeaderFlags.ADDRESSES
      ? byAddresses(bytes, header.offset, options.memory)
      : bySegments(bytes, options.memory);
  const info = information(options, endOfPieces(kernel.pieces));
  const registers = { [Gpr.RAX]: LOADER_MAGIC, [Gpr.RBX]: INFO };
  const { start, pieces } = protectedModeStart({
    entry: kernel.entry,
    registers,
    code: CODE,
    data: DATA,
  });
  return { start, pieces: [...kernel.pieces, ...info, ...pieces] };
}

function bySegments(bytes: Uint8Array, memory: number): Kernel {
  if (!isElf(bytes)) {
    throw new UnbootableImage(
      l10n.t('its Multiboot header gives no addresses, and it is no ELF image'),
    );
  }
  return loadElfKernel(bytes, memory);
}

/** The "a.out kludge": the header itself tells where the file belongs (3.1.3). */
function byAddresses(bytes: Uint8Array, offset: number, memory: number): Kernel {
  const file = new Reader(bytes);
  const field = (n: number): number => file.u32(offset + n) ?? 0;
  const [header, load, loadEnd, bssEnd, entry] = [12, 16, 20, 24, 28].map(field) as Five;
  const first = offset - (header - load);
  const length = loadEnd === 0 ? bytes.length - first : loadEnd - load;
  const size = Math.max(length, bssEnd === 0 ? 0 : bssEnd - load);
  if (header < load || first < 0 || length < 0 || first + length > bytes.length) {
    throw new UnbootableImage(
      l10n.t(
        'the addresses of its Multiboot header do not fit the file of {0} bytes',
        bytes.length,
      ),
    );
  }
  requireMemory(load + size, memory);
  const out = new Uint8Array(size);
  out.set(bytes.subarray(first, first + length));
  return { pieces: [{ address: load, bytes: out }], entry };
}

type Five = [number, number, number, number, number];

/** The information structure (3.3) with all that it points to, and the modules behind the kernel. */
function information(options: BootOptions, kernelEnd: number): Piece[] {
  const modules = placeModules(options, kernelEnd);
  const map = new Writer();
  for (const { base, length, kind } of memoryMap(options.memory)) {
    map.u32(20).u64(base, length).u32(kind);
  }
  const tail = new Writer();
  const at = (bytes: Iterable<number>): number => {
    const address = INFO + INFO_SIZE + tail.align(4).length;
    tail.append(bytes);
    return address;
  };
  const mapAddress = at(map.bytes);
  const commandLine = at(cString(`${options.name} ${options.append ?? ''}`.trimEnd()));
  const loaderName = at(cString('Ringside'));
  const list = new Writer();
  for (const { address, bytes, name } of modules) {
    list.u32(address, address + bytes.length, at(cString(name)), 0);
  }
  const moduleList = at(list.bytes);
  const info = new Writer().u32(
    Object.values(InfoFlags).reduce((all, flag) => all | flag, 0),
    CONVENTIONAL_END / 1024,
    options.memory / 1024 - 1024,
    BOOT_DEVICE,
    commandLine,
    modules.length,
    moduleList,
    ...[0, 0, 0, 0], // symbols: none
    map.length,
    mapAddress,
    ...[0, 0, 0], // drives, configuration table
    loaderName,
  );
  while (info.length < INFO_SIZE) info.u8(0);
  return [{ address: INFO, bytes: info.append(tail.bytes).bytes }, ...modules];
}

interface Module extends Piece {
  readonly name: string;
}

/** Modules lie page-aligned behind the kernel. */
export function placeModules({ initrd, memory }: BootOptions, kernelEnd: number): Module[] {
  if (!initrd) return [];
  const { name, bytes } = initrd;
  const address = Math.ceil(kernelEnd / PAGE) * PAGE;
  if (address + bytes.length > memory) {
    throw new UnbootableImage(
      l10n.t('{0}: {1} bytes do not fit into memory behind the kernel', name, bytes.length),
    );
  }
  return [{ address, bytes, name }];
}
