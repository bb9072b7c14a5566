import * as l10n from '@vscode/l10n';
import { Gpr } from '../../isa/registers/general';
import type { Piece } from './boot-image';
import { Reader, Writer } from './bytes';
import { realModeStart } from '../../processor/state/start-state';
import { CS, LDTR, TR } from '../../processor/state/layout';
import { longModeStart, type Prepared } from './flat-start';
import { memoryMap } from './memory-map';
import { cString, type BootOptions, type KernelOptions } from './options';
import { UnbootableImage } from './unbootable';

/**
 * Linux bzImages (Documentation/arch/x86/boot.rst): by the 64-bit boot protocol, or, for kernels that
 * do not have it, by their setup code in real mode, which asks the BIOS.
 */

/** Offsets in the setup header, which boot_params shares with the file's first sectors. */
const Setup = {
  SECTORS: 0x1f1,
  BOOT_FLAG: 0x1fe,
  JUMP: 0x200,
  MAGIC: 0x202,
  VERSION: 0x206,
  TYPE_OF_LOADER: 0x210,
  LOADFLAGS: 0x211,
  CODE32_START: 0x214,
  RAMDISK_IMAGE: 0x218,
  RAMDISK_SIZE: 0x21c,
  HEAP_END: 0x224,
  COMMAND_LINE: 0x228,
  INITRD_ADDR_MAX: 0x22c,
  XLOADFLAGS: 0x236,
  CMDLINE_SIZE: 0x238,
  PREF_ADDRESS: 0x258,
  INIT_SIZE: 0x260,
} as const;
/** Other places in boot_params ("zero page"). */
const Params = {
  ACPI_RSDP_ADDR: 0x70,
  E820_ENTRIES: 0x1e8,
  E820_TABLE: 0x2d0,
  SIZE: 0x1000,
} as const;

const LOADED_HIGH = 1;
const CAN_USE_HEAP = 0x80;
const KERNEL_64 = 1;
const SECTOR = 512;
const OLDEST = 0x0202;
const UNDEFINED_LOADER = 0xff;
const HIGH = 0x10_0000;
const SETUP = 0x1_0000;
/** In the setup code's segment. */
const HEAP_END = 0xe000;
const ENTRY_64 = 0x200;
const BOOT_PARAMS = 0x9_0000;
const COMMAND_LINE = 0x9_9000;
const PAGE = 0x1000;
/** __BOOT_CS and __BOOT_DS. */
const [CODE, DATA] = [0x10, 0x18];

export const isLinux = (bytes: Uint8Array): boolean =>
  new Reader(bytes).hasText(Setup.MAGIC, 'HdrS');

/** @throws UnbootableImage for kernels that are too old or cut off, and what does not fit */
export function loadLinux(bytes: Uint8Array, options: KernelOptions): Prepared {
  const file = new Reader(bytes);
  const version = file.u16(Setup.VERSION) ?? 0;
  if (version < OLDEST || !((file.u8(Setup.LOADFLAGS) ?? 0) & LOADED_HIGH)) {
    const number = `${String(version >> 8)}.${String(version & 0xff).padStart(2, '0')}`;
    throw new UnbootableImage(
      l10n.t(
        'a Linux kernel of boot protocol {0}: only bzImages from 2.02 on can be loaded',
        number,
      ),
    );
  }
  const setupEnd = ((file.u8(Setup.SECTORS) || 4) + 1) * SECTOR;
  if (setupEnd >= bytes.length) {
    throw new UnbootableImage(l10n.t('a bzImage that is cut off: it has no kernel'));
  }
  const wide = version >= 0x020c && ((file.u16(Setup.XLOADFLAGS) ?? 0) & KERNEL_64) !== 0;
  const kernel = bytes.subarray(setupEnd);
  const initSize = version >= 0x020a ? (file.u32(Setup.INIT_SIZE) ?? 0) : 0;
  const needed = HIGH + Math.max(kernel.length, initSize);
  if (needed > options.memory) {
    const megabytes = Math.ceil(needed / 2 ** 20);
    throw new UnbootableImage(l10n.t('this kernel needs {0} MBytes of memory', megabytes));
  }
  const ramDisk = placeRamDisk(file, options, needed);
  const loaded: Piece[] = [
    { address: HIGH, bytes: kernel },
    { address: COMMAND_LINE, bytes: commandLine(file, options) },
    ...(ramDisk ? [ramDisk] : []),
  ];
  const { start, pieces } = wide
    ? byLongMode(file, options, ramDisk)
    : bySetupCode(bytes.subarray(0, setupEnd), ramDisk);
  return { start, pieces: [...loaded, ...pieces] };
}

function byLongMode(file: Reader, options: KernelOptions, ramDisk: Piece | undefined): Prepared {
  const { start, pieces } = longModeStart({
    entry: HIGH + ENTRY_64,
    registers: { [Gpr.RSI]: BOOT_PARAMS, [Gpr.RSP]: BOOT_PARAMS },
    code: CODE,
    data: DATA,
  });
  const params = { address: BOOT_PARAMS, bytes: bootParams(file, options, ramDisk) };
  return { start, pieces: [params, ...pieces] };
}

/** The setup code lies at 64 KBytes, with its heap and stack behind it, and is entered at offset 0x200. */
function bySetupCode(setup: Uint8Array, ramDisk: Piece | undefined): Prepared {
  const bytes = setup.slice();
  const view = new DataView(bytes.buffer);
  view.setUint8(Setup.TYPE_OF_LOADER, UNDEFINED_LOADER);
  view.setUint8(Setup.LOADFLAGS, view.getUint8(Setup.LOADFLAGS) | CAN_USE_HEAP);
  view.setUint16(Setup.HEAP_END, HEAP_END - SECTOR, true);
  fillIn(view, ramDisk);
  const segment = (selector: number) => ({ selector, base: BigInt(selector) << 4n });
  const real = realModeStart(0);
  const data = SETUP >> 4;
  const segments = real.segments.map((register, index) => {
    if (index === LDTR || index === TR) return register;
    return { ...register, ...segment(index === CS ? data + SECTOR / 16 : data) };
  });
  const gprs = real.gprs.map((value, index) => (index === Gpr.RSP ? BigInt(HEAP_END) : value));
  return { start: { ...real, gprs, segments }, pieces: [{ address: SETUP, bytes }] };
}

/** What both protocols have in the same fields. */
function fillIn(view: DataView, ramDisk: Piece | undefined): void {
  view.setUint32(Setup.COMMAND_LINE, COMMAND_LINE, true);
  view.setUint32(Setup.RAMDISK_IMAGE, ramDisk?.address ?? 0, true);
  view.setUint32(Setup.RAMDISK_SIZE, ramDisk?.bytes.length ?? 0, true);
}

function commandLine(file: Reader, { append = '' }: BootOptions): Uint8Array {
  const line = cString(append);
  const most = (file.u32(Setup.CMDLINE_SIZE) ?? 0) || 255;
  if (line.length - 1 > most) {
    throw new UnbootableImage(
      l10n.t('the command line has {0} bytes, this kernel takes {1}', line.length - 1, most),
    );
  }
  return line;
}

/** As high as the kernel allows. */
function placeRamDisk(
  file: Reader,
  { initrd, memory }: BootOptions,
  kernelEnd: number,
): Piece | undefined {
  if (!initrd) return undefined;
  const highest = (file.u32(Setup.INITRD_ADDR_MAX) ?? 0) || 0x37ff_ffff;
  const top = Math.min(memory, highest + 1);
  const address = Math.floor((top - initrd.bytes.length) / PAGE) * PAGE;
  if (address < kernelEnd) {
    throw new UnbootableImage(
      l10n.t(
        '{0}: {1} bytes do not fit into memory behind the kernel',
        initrd.name,
        initrd.bytes.length,
      ),
    );
  }
  return { address, bytes: initrd.bytes };
}

function bootParams(file: Reader, options: KernelOptions, ramDisk: Piece | undefined): Uint8Array {
  const out = new Uint8Array(Params.SIZE);
  const view = new DataView(out.buffer);
  const headerEnd = Setup.MAGIC + (file.u8(Setup.JUMP + 1) ?? 0);
  out.set(file.bytes.subarray(Setup.SECTORS, headerEnd), Setup.SECTORS);
  out.set(textScreen());
  view.setUint8(Setup.TYPE_OF_LOADER, UNDEFINED_LOADER);
  view.setUint32(Setup.CODE32_START, HIGH, true);
  fillIn(view, ramDisk);
  view.setBigUint64(Params.ACPI_RSDP_ADDR, BigInt(options.acpi?.address ?? 0), true);
  const map = memoryMap(options.memory);
  view.setUint8(Params.E820_ENTRIES, map.length);
  const table = new Writer();
  for (const { base, length, kind } of map) table.u64(base, length).u32(kind);
  out.set(table.bytes, Params.E820_TABLE);
  return out;
}

/** screen_info: a VGA in text mode 3, 80 × 25. */
function textScreen(): Uint8Array {
  const [mode, columns, lines, isVga, points] = [3, 80, 25, 1, 16];
  return new Writer()
    .u8(0, 0) // where the cursor is
    .u16(0, 0)
    .u8(mode, columns)
    .u16(0, 0, 0)
    .u8(lines, isVga)
    .u16(points).bytes;
}
