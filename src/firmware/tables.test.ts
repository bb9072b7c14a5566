import assert from 'node:assert/strict';
import { HPET } from '../isa/physical-addresses';
import { HPET_ID, SHORTEST_PERIOD } from '../machine/devices/hpet';
import { DEFAULT_PROFILE } from '../processor/profile/default';
import { longMode } from '../processor/modes.testing';
import { cpuid } from '../processor/system/cpuid';
import { MOST_PROCESSORS } from '../machine/processors';
import { loadFirmware } from './firmware';
import { forProcessors } from './processor-tables';

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

it('the BIOS32 service directory leads into the ROM', async () => {
  const view = await bios();
  const at = find(view, '_32_');
  assertSum(view, at, 16);
  assert.deepEqual([view.getUint8(at + 8), view.getUint8(at + 9)], [0, 1]);
  const entry = view.getUint32(at + 4, true);
  assert.ok(entry > BIOS && entry < BIOS + view.byteLength);
});

/** Where ACPI's tables are, by their signatures. */
function acpiTables(view: DataView): Map<string, number> {
  const root = view.getUint32(find(view, 'RSD PTR ') + 16, true) - BIOS;
  const count = (view.getUint32(root + 4, true) - 36) / 4;
  const pointers = Array.from({ length: count }, (_, n) => view.getUint32(root + 36 + 4 * n, true));
  const tables = [root, ...pointers.map((pointer) => pointer - BIOS)];
  const named = new Map(tables.map((at) => [text(view, at, 4), at]));
  named.set('DSDT', view.getUint32((named.get('FACP') ?? 0) + 40, true) - BIOS);
  return named;
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

describe('ACPI tables', () => {
  it('are found from the root pointer, and have checksums', async () => {
    const view = await bios();
    assertSum(view, find(view, 'RSD PTR '), 20);
    const tables = acpiTables(view);
    assert.deepEqual([...tables.keys()], ['RSDT', 'FACP', 'APIC', 'HPET', 'DSDT']);
    for (const [name, at] of tables) {
      assert.equal(text(view, at, 4), name);
      assertSum(view, at, view.getUint32(at + 4, true));
    }
  });

  it('have their lengths', async () => {
    const view = await bios();
    const tables = acpiTables(view);
    const facp = tables.get('FACP') ?? 0;
    assert.equal(view.getUint32(facp + 4, true), 244);
    const madt = tables.get('APIC') ?? 0;
    const end = madt + view.getUint32(madt + 4, true);
    let at = madt + 44;
    while (at < end) at += view.getUint8(at + 1);
    assert.equal(at, end);
  });

  it('tell of the event timer what it tells itself', async () => {
    const view = await bios();
    const at = acpiTables(view).get('HPET') ?? 0;
    assert.equal(view.getUint32(at + 4, true), 56);
    assert.equal(view.getUint32(at + 36, true), HPET_ID);
    assert.equal(view.getBigUint64(at + 44, true), BigInt(HPET));
    assert.equal(BigInt(view.getUint16(at + 53, true)), SHORTEST_PERIOD);
  });

  it('tell the ports that there are, and where the structure is that is written', async () => {
    const view = await bios();
    const facp = acpiTables(view).get('FACP') ?? 0;
    const ports = [56, 64, 76].map((at) => view.getUint32(facp + at, true));
    assert.deepEqual(ports, [0x600, 0x604, 0x608]);
    assert.equal(view.getUint16(facp + 46, true), 9); // the interrupt of ACPI's events
    assert.equal(view.getUint32(facp + 48, true), 0xb2);
    assert.deepEqual([view.getUint8(facp + 52), view.getUint8(facp + 53)], [0xf1, 0xf0]);
    const facs = view.getUint32(facp + 36, true);
    assert.equal(facs % 64, 0);
    assert.ok(facs >= 0x9fc00 && facs + 64 <= 0xa0000);
  });
});

describe('the tables of a board with several processors', () => {
  const withFour = async (): Promise<DataView> => {
    const { buffer, byteOffset, byteLength } = await bios();
    const rom = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
    return new DataView(forProcessors(rom, 4).buffer);
  };

  it('has an entry for each in the MADT, and all others as before', async () => {
    const view = await withFour();
    const at = acpiTables(view).get('APIC') ?? 0;
    const length = view.getUint32(at + 4, true);
    assertSum(view, at, length);
    const kinds: number[] = [];
    const processors: number[] = [];
    for (let entry = at + 44; entry < at + length; entry += view.getUint8(entry + 1)) {
      kinds.push(view.getUint8(entry));
      if (kinds.at(-1) !== 0) continue;
      assert.equal(view.getUint32(entry + 4, true), 1);
      processors.push(view.getUint8(entry + 3));
    }
    assert.deepEqual(processors, [0, 1, 2, 3]);
    assert.deepEqual(kinds, [0, 0, 0, 0, 1, 2, 2, 4]);
  });

  it('has an entry for each in the MP table; one is the bootstrap processor', async () => {
    const view = await withFour();
    const table = view.getUint32(find(view, '_MP_') + 4, true) - BIOS;
    assertSum(view, table, view.getUint16(table + 4, true));
    const entries = mpEntries(view);
    const kinds = entries.map((at) => view.getUint8(at));
    assert.deepEqual(kinds, [...kinds].sort());
    const processors = entries.filter((at) => view.getUint8(at) === 0);
    assert.deepEqual(
      processors.map((at) => [view.getUint8(at + 1), view.getUint8(at + 3)]),
      [
        [0, 3],
        [1, 1],
        [2, 1],
        [3, 1],
      ],
    );
  });

  it('is a whole ROM, for as many as there may be', async () => {
    const one = await bios();
    const rom = new Uint8Array(one.buffer as ArrayBuffer, one.byteOffset, one.byteLength);
    const most = new DataView(forProcessors(rom, MOST_PROCESSORS).buffer);
    assertSum(most, 0, most.byteLength);
    assert.equal(most.byteLength, rom.length);
    const behind = acpiTables(most).get('HPET') ?? 0;
    assertSum(most, behind, most.getUint32(behind + 4, true));
    assert.equal(mpEntries(most).length, mpEntries(one).length + MOST_PROCESSORS - 1);
  });
});
