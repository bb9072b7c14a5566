import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleText, flatImage } from './boot/flat';
import { Machine } from './machine';
import { MachineRun } from './run';
import { WAYS } from './ways';

/**
 * One program of task switches by JMP, CALL, IRET and task gates, with faults in the new task. The second
 * values of the last line are where #TS says that it was raised: at the new task's first instruction
 * (SDM 3A 6.15), where QEMU tells the instruction that switched. All else is as on QEMU.
 */
const PROGRAM = readFileSync(join(__dirname, 'testdata', 'tasks.asm'), 'utf8');
const PRINTED = `
11 11 11 11 01 19 00
89 8B 00 18 11 11 11 11 10 19 00
89 8B 11 11 11 11 77 19 00
00 28 00 00 00 30 00 00 00 00 r00 00 00 00
00 00 00 18
00 18 00 00 00 38 00 00 00 00 00 00 00 38
00 18 00 00 00 20 00 00 00 00 00 00 00 20
`;

for (const { name, monitor, paging = 'ept' } of WAYS) {
  it(`tasks are switched under ${name}`, async () => {
    const image = flatImage(await assembleText(PROGRAM));
    let text = '';
    const serial = (byte: number): void => void (text += String.fromCharCode(byte));
    const machine = new Machine(image, { monitor, paging, memory: 1 << 20 }, { serial });
    const stop = new MachineRun(machine).turn(10_000, 200_000);
    assert.deepEqual(stop, { kind: 'end', end: { kind: 'exit-device', value: 1 } });
    const words = (all: string): string[] => all.split(/\s+/).filter(Boolean);
    assert.deepEqual(words(text), words(PRINTED));
  });
}
