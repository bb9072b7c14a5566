import type { Piece } from './boot-image';

/**
 * An option ROM that takes over booting from the disks, as network cards and virtual machines' kernel
 * loaders do (BIOS Boot Specification 1.01, 3.3): firmware calls it after its own tests, it puts itself
 * into the vector of INT 19h, and comes to the place of the boot sector when it is its turn.
 */

const ADDRESS = 0xd_0000;
const SIZE = 512;

export function kernelRom(): Piece {
  const bytes = new Uint8Array(SIZE);
  bytes.set([
    ...[0x55, 0xaa, SIZE / 512], // signature and size
    ...[0x1e], //                   push ds
    ...[0x6a, 0x00, 0x1f], //       push 0 / pop ds
    ...[0xc7, 0x06, 0x64, 0x00, 0x16, 0x00], // mov word [4 * 0x19], 0x16
    ...[0x8c, 0x0e, 0x66, 0x00], // mov [4 * 0x19 + 2], cs
    ...[0x1f, 0xcb], //             pop ds / retf
    ...[0x90, 0x90, 0x90], //
    ...[0xea, 0x00, 0x7c, 0x00, 0x00], // 0x16: jmp 0:0x7c00
  ]);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes[SIZE - 1] = -sum & 0xff;
  return { address: ADDRESS, bytes };
}
