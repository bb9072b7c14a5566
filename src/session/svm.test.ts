import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineKind } from '../processor/execution/engine';
import { assembleText, flatImage } from './boot/flat';
import { Machine } from './machine';
import { MachineRun } from './run';

const PROGRAM = readFileSync(join(__dirname, 'testdata', 'svm.asm'), 'utf8');
const END = { kind: 'end', end: { kind: 'exit-device', value: 0 } };

async function machineOf(engine: EngineKind) {
  const image = flatImage(await assembleText(PROGRAM));
  const output = { text: '' };
  const serial = (byte: number): void => void (output.text += String.fromCharCode(byte));
  const options = { monitor: 'none', cpu: 'amd', memory: 4 << 20, engine } as const;
  return { machine: new Machine(image, options, { serial }), output };
}

describe('a hypervisor of one’s own that uses SVM', () => {
  for (const engine of ['interpreter', 'reference'] as const) {
    it(`runs a guest with nested paging, and handles its exits (${engine})`, async () => {
      const { machine, output } = await machineOf(engine);
      const stop = new MachineRun(machine).turn(100_000, 500_000);
      assert.deepEqual(stop, END);
      assert.equal(output.text, 'CFMH\n');
    });
  }

  it('goes on from any moment at which it was saved', async () => {
    const whole = await machineOf('interpreter');
    assert.deepEqual(new MachineRun(whole.machine).turn(100_000, 500_000), END);
    const { stateHash, computer } = whole.machine;
    const moments = 10;
    const part = Math.ceil(computer.processor.work / moments);
    const first = await machineOf('interpreter');
    const run = new MachineRun(first.machine);
    for (let n = 1; n < moments; n++) {
      run.turn(part, part);
      const { machine } = await machineOf('interpreter');
      machine.restore(first.machine.save());
      assert.equal(machine.stateHash, first.machine.stateHash);
      assert.deepEqual(new MachineRun(machine).turn(100_000, 500_000), END);
      assert.equal(machine.stateHash, stateHash);
    }
  });
});
