import { readFileSync, writeFileSync } from 'node:fs';
import { Emulation, isoImage } from '../../src/session/boot/iso.testing';
import type { Program } from './programs';

/** The arguments that put a program, and whatever it wants, into the drives. */
export interface Media {
  readonly qemu: readonly string[];
  readonly ours: readonly string[];
}

/** @param image the program as the first sectors of a disk, or as a kernel */
export function mediaFor({ kernel, medium }: Program, image: string): Media {
  if (kernel) return { qemu: ['-kernel', image], ours: [image] };
  const hard = { qemu: ['-drive', `file=${image},format=raw`], ours: [image] };
  const file = `${image}.medium`;
  switch (medium) {
    case 'floppy':
      writeFileSync(file, numbered(2880));
      return {
        qemu: [...hard.qemu, '-drive', `if=floppy,file=${file},format=raw`],
        ours: [...hard.ours, '--floppy', file],
      };
    case 'cdrom':
      writeFileSync(file, isoImage({ image: numbered(16) }));
      return {
        qemu: [...hard.qemu, '-cdrom', file],
        ours: [...hard.ours, '--cdrom', file],
      };
    case 'booted-cd': {
      const floppy = new Uint8Array(readFileSync(image));
      writeFileSync(file, isoImage({ image: floppy, emulation: Emulation.FLOPPY_1440 }));
      return { qemu: ['-cdrom', file], ours: ['--cdrom', file] };
    }
    default:
      return hard;
  }
}

/** Sectors that hold their own number. */
const numbered = (sectors: number): Uint8Array =>
  Uint8Array.from({ length: sectors * 512 }, (_, at) => (at % 2 === 0 ? at >> 9 : at >> 17) & 0xff);
