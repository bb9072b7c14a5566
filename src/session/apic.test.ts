import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleText, flatImage } from './boot/flat';
import { Machine, type MonitorName } from './machine';
import { MachineRun } from './run';

/** Interrupts through the APICs; QEMU prints the same, but that there the PIT has already run when it is programmed. */
const PROGRAM = readFileSync(join(__dirname, 'testdata', 'apic.asm'), 'utf8');
/** Version and SVR; then, for each way, the last vector and how many interrupts came. */
const PRINTED = `
00 05 00 14 00 00 01 FF
40 01
41 03
00 00
42 01
43 01
50 01`;

for (const monitor of ['none', 'vtx', 'svm'] satisfies MonitorName[]) {
  it(`interrupts come through the APICs under ${monitor}`, async () => {
    const image = flatImage(await assembleText(PROGRAM));
    let text = '';
    const serial = (byte: number): void => void (text += String.fromCharCode(byte));
    const machine = new Machine(image, { monitor, memory: 1 << 20 }, { serial });
    const stop = new MachineRun(machine).turn(10_000, 500_000);
    assert.deepEqual(stop, { kind: 'end', end: { kind: 'exit-device', value: 1 } });
    const words = (all: string): string[] => all.split(/\s+/).filter(Boolean);
    assert.deepEqual(words(text), words(PRINTED));
  });
}
