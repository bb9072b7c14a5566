import assert from 'node:assert/strict';
import { DEFAULT_PROFILE } from '../processor/profile/default';
import { longMode } from '../processor/modes.testing';
import { cpuid } from '../processor/system/cpuid';
import { loadFirmware } from './firmware';

/** Tables in the BIOS that operating systems look for. */

const BIOS = 0xf0000;

async function bios(): Promise<DataView> {
  const rom = (await loadFirmware()).roms.find(({ name }) => name === 'bios');
  assert.ok(rom);
  return new DataView(rom.bytes.buffer, rom.bytes.byteOffset, rom.bytes.length);
}

const text = (view: DataView, at: number, length: number): string =>
  String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length));

/** Where a signature is, at a multiple of 16. */
function find(view: DataView, signature: string): number {
  for (let at = 0; at < view.byteLength; at += 16) {
    if (text(view, at, signature.length) === signature) return at;
  }
  assert.fail(`no ${signature}`);
}

function assertSum(view: DataView, at: number, length: number): void {
  let sum = 0;
  for (let n = 0; n < length; n++) sum += view.getUint8(at + n);
  assert.equal(sum & 0xff, 0, `checksum of ${text(view, at, 4)}`);
}

/** Entries of the MP table by their kinds (Intel MultiProcessor Specification 1.4, table 4-3). */
const MP_LENGTHS = [20, 8, 8, 8, 8];

function mpEntries(view: DataView): number[] {
  const pointer = find(view, '_MP_');
  const table = view.getUint32(pointer + 4, true) - BIOS;
  let at = table + 44;
  const entries = Array.from({ length: view.getUint16(table + 34, true) }, () => {
    const entry = at;
    at += MP_LENGTHS[view.getUint8(entry)] ?? 0;
    return entry;
  });
  assert.equal(at - table, view.getUint16(table + 4, true));
  return entries;
}

describe('MP table', () => {
  it('is found by its signature, and has checksums', async () => {
    const view = await bios();
    const pointer = find(view, '_MP_');
    assertSum(view, pointer, 16);
    const table = view.getUint32(pointer + 4, true) - BIOS;
    assert.equal(text(view, table, 4), 'PCMP');
    assertSum(view, table, view.getUint16(table + 4, true));
  });

  it('tells of the processor what CPUID tells', async () => {
    const view = await bios();
    const processors = mpEntries(view).filter((at) => view.getUint8(at) === 0);
    assert.equal(processors.length, 1);
    const at = processors[0] ?? 0;
    const { state } = longMode();
    assert.equal(state.profile, DEFAULT_PROFILE);
    const { eax, edx } = cpuid(state, 1, 0);
    assert.equal(view.getUint32(at + 4, true).toString(16), eax.toString(16));
    assert.equal(view.getUint32(at + 8, true).toString(16), edx.toString(16));
  });

  it('brings every interrupt of the ISA bus to an input of its own', async () => {
    const view = await bios();
    const interrupts = mpEntries(view).filter((at) => view.getUint8(at) === 3);
    const inputs = interrupts.map((at) => [view.getUint8(at + 5), view.getUint8(at + 7)]);
    const expected = [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    assert.deepEqual(
      inputs,
      expected.map((irq) => [irq, irq === 0 ? 2 : irq]),
    );
  });
});
