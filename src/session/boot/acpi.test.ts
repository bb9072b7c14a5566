import assert from 'node:assert/strict';
import { loadFirmware } from '../../firmware/firmware';
import { acpiRootPointer } from './acpi';
import type { Piece } from './boot-image';
import { Reader } from './bytes';
import { loadLinux } from './linux';
import type { KernelOptions } from './options';
import { loadPvh } from './pvh';

/** How kernels come to know where ACPI's root pointer is. (Multiboot2's copy of it is in boot.test.ts.) */

const MEMORY = 8 << 20;

async function options(): Promise<KernelOptions> {
  const acpi = acpiRootPointer((await loadFirmware()).roms);
  assert.ok(acpi);
  return { name: 'kernel', memory: MEMORY, acpi };
}

function pieceAt(pieces: readonly Piece[], address: number): Reader {
  const found = pieces.find((piece) => piece.address === address);
  assert.ok(found);
  return new Reader(found.bytes);
}

/** A bzImage of nothing but its header. */
function linux(): Uint8Array {
  const bytes = new Uint8Array(0x800);
  const view = new DataView(bytes.buffer);
  view.setUint8(0x1f1, 1);
  view.setUint8(0x201, 0x66);
  bytes.set(new TextEncoder().encode('HdrS'), 0x202);
  view.setUint16(0x206, 0x020c, true);
  view.setUint8(0x211, 1); // loaded high
  view.setUint16(0x236, 1, true); // with a 64-bit entry
  return bytes;
}

describe("ACPI's root pointer", () => {
  it('is in the BIOS', async () => {
    const { acpi } = await options();
    assert.ok(acpi && acpi.address >= 0xf0000 && acpi.address % 16 === 0);
    assert.ok(new Reader(acpi.bytes).hasText(0, 'RSD PTR '));
    assert.equal(acpiRootPointer([{ address: 0xf0000, bytes: new Uint8Array(64) }]), undefined);
  });

  it('is in boot_params', async () => {
    const given = await options();
    const { pieces } = loadLinux(linux(), given);
    assert.equal(pieceAt(pieces, 0x9_0000).u64(0x70), BigInt(given.acpi?.address ?? 0));
  });

  it('is in the start info of PVH', async () => {
    const given = await options();
    const code = { address: 0x10_0000, bytes: new Uint8Array(4) };
    const { pieces } = loadPvh([code], code.address, given);
    assert.equal(pieceAt(pieces, 0x9000).u64(32), BigInt(given.acpi?.address ?? 0));
  });
});
