import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleText, flatImage } from './boot/flat';
import { Machine, type MonitorName } from './machine';
import { MachineRun } from './run';

/**
 * Breakpoints on execution, writes, ports and accesses; QEMU prints the same. Under the monitor, which does
 * the guest's port accesses itself, those at ports are not met.
 */
const PROGRAM = readFileSync(join(__dirname, 'testdata', 'debug-registers.asm'), 'utf8');
/** The low four bits of DR6, and where the program is then. */
const PRINTED = {
  none: '100 207 20C 413 415 81B 81F 22C 22C 833 838 \n',
  vtx: '100 207 20C 81B 81F 22C 22C 833 838 \n',
};

for (const monitor of ['none', 'vtx'] as const satisfies MonitorName[]) {
  it(`breakpoints of the debug registers are met under ${monitor}`, async () => {
    const image = flatImage(await assembleText(PROGRAM));
    let text = '';
    const serial = (byte: number): void => void (text += String.fromCharCode(byte));
    const machine = new Machine(image, { monitor, memory: 1 << 20 }, { serial });
    const stop = new MachineRun(machine).turn(10_000, 200_000);
    assert.deepEqual(stop, { kind: 'end', end: { kind: 'exit-device', value: 1 } });
    assert.equal(text, PRINTED[monitor]);
  });
}
