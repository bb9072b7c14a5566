import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootImageFrom } from './boot/boot';
import { assembleText } from './boot/flat';
import { Machine, type MonitorName } from './machine';
import { MachineRun } from './run';

/** Where Debian's package `seabios` puts its images: 128 and 256 KBytes. */
const FOLDER = '/usr/share/seabios';
/** Reads and writes by DMA, with interrupts, by the registers that the PCI BIOS tells: see bus-master.test.ts. */
const PROGRAM = readFileSync(join(__dirname, 'testdata', 'busmaster.asm'), 'utf8');
const PRINTED = `abw${String.fromCharCode(0x41 + 0x14)}4`;
const MEMORY = 32 << 20;
const PATIENCE = 20_000_000;

describe('SeaBIOS', function () {
  this.timeout(200_000);

  const cases: readonly (readonly [string, MonitorName])[] = [
    ['bios.bin', 'none'],
    ['bios-256k.bin', 'none'],
    ['bios-256k.bin', 'vtx'],
  ];
  for (const [name, monitor] of cases) {
    it(`${name} boots a disk under ${monitor}`, async function () {
      const file = join(FOLDER, name);
      if (!existsSync(file)) {
        process.stdout.write(`${file} is not there: Debian's package seabios has it\n`);
        this.skip();
      }
      const { image: disk } = await assembleText(PROGRAM);
      const bios = { name, bytes: readFileSync(file) };
      const image = await bootImageFrom(disk, { name: 'disk', memory: MEMORY, bios });
      let text = '';
      const serial = (byte: number): void => void (text += String.fromCharCode(byte));
      const machine = new Machine(image, { monitor, memory: MEMORY }, { serial });
      const stop = new MachineRun(machine).turn(150_000, PATIENCE);
      assert.deepEqual(stop, { kind: 'end', end: { kind: 'power-off' } });
      assert.equal(text, PRINTED);
    });
  }
});
