import { Msr } from '../../isa/registers/msr';
import { Computer } from '../../machine/computer';
import { PAGE_SIZE } from '../../processor/state/layout';
import { startStateOf } from '../../processor/state/start-state';
import type { BootImage, Chip, Media, Piece } from './boot-image';
import { BOOT_ADDRESS, isBootSector } from './boot-sector';
import { cdEntry } from './iso9660';
import { kernelRom } from './kernel-rom';

/**
 * Firmware at work: a computer of its own is reset and executes the ROM until that hands over to what it
 * has loaded. What it leaves in memory, registers and devices is what the program starts with, so that
 * a program's instructions and exits are counted from its own first one.
 */

export interface PowerOnOptions {
  /** The chips of ROM. */
  readonly roms: readonly Chip[];
  /** Bytes of RAM that the program will have. */
  readonly memory: number;
  readonly media: Media;
  /** How many processors the program will have. Default: 1. */
  readonly cpus?: number | undefined;
  /** A kernel is loaded without a disk. */
  readonly kernel?: boolean;
}

/** Firmware reaches no memory above 1 MByte. */
const MEMORY = 0x11_0000;
const FIRST_ROM = 0xc_0000;
/** Instructions after which firmware that never hands over has had its chance. */
const PATIENCE = 20_000_000;

/** The state in which firmware hands over to the boot sector, or waits because there is none. */
export function powerOn(options: PowerOnOptions): BootImage {
  const { roms, memory, media, cpus: processors = 1, kernel = false } = options;
  const platform = { memory, ...media };
  const computer = new Computer({ memory: MEMORY, platform, processors });
  for (const { address, bytes } of [...roms, ...(kernel ? [kernelRom()] : [])]) {
    computer.installRom(address, bytes);
  }
  const { processor } = computer;
  const entry = kernel ? BOOT_ADDRESS : entryOf(media);
  processor.gateFrame = entry - (entry % PAGE_SIZE);
  while (processor.work < PATIENCE) {
    const stop = computer.run(PATIENCE - processor.work);
    if (stop.kind !== 'budget' && stop.kind !== 'requested') break;
  }
  computer.clock.advanceTo(processor.time);
  return {
    pieces: lowMemory(computer),
    start: startStateOf(processor.state),
    firmware: {
      roms,
      devices: computer.platform.save(),
      msrs: [[Msr.FEATURE_CONTROL, processor.state.msr(Msr.FEATURE_CONTROL)]],
    },
    media,
  };
}

/** Where firmware hands over to what it boots: the first medium that it can. */
function entryOf({ disks, floppies, cdrom, cdFirst }: Media): number {
  const isDisk = [disks[0], floppies[0]].some((bytes) => bytes && isBootSector(bytes));
  if (!cdrom || (isDisk && !cdFirst)) return BOOT_ADDRESS;
  return cdEntry(cdrom) ?? BOOT_ADDRESS;
}

/** What firmware has written: its vectors, its data areas, the boot sector, the screen. */
function lowMemory(computer: Computer): Piece[] {
  const { frames, bytes } = computer.memory.save();
  const pieces: Piece[] = [];
  frames.forEach((frame, n) => {
    const address = frame * PAGE_SIZE;
    if (address >= FIRST_ROM) return;
    pieces.push({ address, bytes: bytes.slice(n * PAGE_SIZE, (n + 1) * PAGE_SIZE) });
  });
  return pieces;
}
