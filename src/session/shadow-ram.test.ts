import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BootImage } from './boot/boot-image';
import { bootProgram } from './boot/boot';
import { assembleText } from './boot/flat';
import { Machine, type MonitorName } from './machine';
import { MachineRun } from './run';

const PROGRAM = readFileSync(join(__dirname, 'testdata', 'shadow.asm'), 'utf8');
const MEMORY = 4 << 20;
const PRINTED = 'FCFC FCFC 22FC rs33FC 33FC sFCFC 33FC 55FC 55FC ';
/** Pieces of the run, so that every state of the bridge is met. */
const PIECE = 40;

let image: BootImage;
before(async () => {
  image = await bootProgram(await assembleText(PROGRAM), { name: 'shadow', memory: MEMORY });
});

for (const monitor of ['none', 'vtx', 'svm'] satisfies MonitorName[]) {
  const start = (said: (text: string) => void): Machine => {
    const serial = (byte: number): void => {
      said(String.fromCharCode(byte));
    };
    return new Machine(image, { monitor, memory: MEMORY }, { serial });
  };

  describe(`RAM over the BIOS under ${monitor}`, () => {
    it('is read and written as the host bridge says', () => {
      let text = '';
      const machine = start((more) => (text += more));
      const stop = new MachineRun(machine).turn(20_000, 5_000_000);
      assert.equal(text, PRINTED);
      assert.deepEqual(stop, { kind: 'end', end: { kind: 'power-off' } });
      const seen = machine.vm
        ? machine.vm.guestMemory.readBytes(0xf_fffen, 1)
        : machine.computer.memory.readBytes(0xf_fffe, 1);
      assert.deepEqual([...seen], [0x33], 'whoever looks sees what the processor sees');
    });

    it('goes on after it was saved and restored', () => {
      let text = '';
      let machine = start((more) => (text += more));
      for (let n = 0; n < 200 && machine.requestedEnd === undefined; n++) {
        const run = new MachineRun(machine);
        run.turn(20_000, machine.computer.processor.work + PIECE);
        while (run.inMonitor && machine.requestedEnd === undefined) run.operate();
        const next = start((more) => (text += more));
        next.restore(structuredClone(machine.save()));
        assert.equal(next.stateHash, machine.stateHash);
        machine = next;
      }
      assert.equal(text, PRINTED);
    });
  });
}
