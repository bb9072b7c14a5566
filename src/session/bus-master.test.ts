import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootProgram } from './boot/boot';
import { assembleText } from './boot/flat';
import { Machine, type MonitorName } from './machine';
import { MachineRun } from './run';

const PROGRAM = readFileSync(join(__dirname, 'testdata', 'busmaster.asm'), 'utf8');
const MEMORY = 4 << 20;
/** The code before and after it was replaced; what was written; the error register; how many interrupts came. */
const PRINTED = `abw${String.fromCharCode(0x41 + 0x14)}4`;

for (const monitor of ['none', 'vtx', 'svm'] satisfies MonitorName[]) {
  it(`a disk's sectors come and go by DMA under ${monitor}, and code that came is executed`, async () => {
    const options = { name: 'busmaster', memory: MEMORY };
    const image = await bootProgram(await assembleText(PROGRAM), options);
    let text = '';
    const serial = (byte: number): void => void (text += String.fromCharCode(byte));
    const machine = new Machine(image, { monitor, memory: MEMORY }, { serial });
    const stop = new MachineRun(machine).turn(20_000, 5_000_000);
    assert.equal(text, PRINTED);
    assert.deepEqual(stop, { kind: 'end', end: { kind: 'power-off' } });
    const [disk] = machine.platform.disks;
    assert.deepEqual(
      disk?.changes.map(([sector, bytes]) => [sector, bytes[0]]),
      [[2, 0x77]],
    );
  });
}
