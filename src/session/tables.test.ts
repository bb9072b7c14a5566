import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootProgram } from './boot/boot';
import { assembleText } from './boot/flat';
import { Machine, type MonitorName } from './machine';
import { MachineRun } from './run';

/** A kernel that looks for the tables of firmware and for the PCI bus; QEMU runs it to the end, too. */
const PROGRAM = readFileSync(join(__dirname, 'testdata', 'tables.asm'), 'utf8');
const MEMORY = 8 << 20;
/**
 * Tables with the sums of their bytes; how many entries of each kind the MP table has; whether the timer goes on; for each
 * function its address, vendor and device, class, command, the first base address register when its size is asked for.
 */
const PRINTED = `_MP_ 00
PCMP 00
01 02 01 0F 02 
RSD  00
RSDT 00
FACP 00
DSDT 00
FACS 
APIC 00
HPET 00
01
80000000 12378086 06000002 00000103 00000000
80000800 70008086 06010000 02000103 00000000
80000900 70108086 01018000 02800103 00000000
80000B00 71138086 06800003 02800103 00000000
80001000 11111234 03000002 00000103 FF800008
`;

for (const monitor of ['none', 'vtx', 'svm'] satisfies MonitorName[]) {
  it(`a kernel finds the firmware's tables and the PCI bus under ${monitor}`, async () => {
    const options = { name: 'tables', memory: MEMORY };
    const image = await bootProgram(await assembleText(PROGRAM), options);
    let text = '';
    const serial = (byte: number): void => void (text += String.fromCharCode(byte));
    const machine = new Machine(image, { monitor, memory: MEMORY }, { serial });
    const stop = new MachineRun(machine).turn(20_000, 5_000_000);
    assert.equal(text, PRINTED);
    assert.deepEqual(stop, { kind: 'end', end: { kind: 'power-off' } });
  });
}
