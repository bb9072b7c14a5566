import assert from 'node:assert/strict';
import { formTable } from '../../processor/decoder/forms';
import { slowPathsOf } from '../../processor/interpreter/slow-numbers';
import { COST_EVENTS, COST_PROFILES } from '../../vmm';
import { assembleText, flatImage } from '../boot/flat';
import { CountedRun } from '../counted-run';
import { Machine } from '../machine';
import { WAYS, type Way } from '../ways';
import { costOfInstruction, INSTRUCTION_COSTS } from './instruction-costs';
import { between, measure, modelledCycles, together, type Measurement } from './measurement';

const PROGRAM = `
        org 0x7c00
        bits 16
        mov cx, 50
        xor ax, ax
.sum:   add ax, cx
        loop .sum
        in al, 0x21
        cpuid
        mov al, 0
        out 0xf4, al
        hlt`;
/** Up to the one that ends the guest. */
const COMPLETED = 2 + 100 + 3;

async function measured(way: Way): Promise<Measurement> {
  const image = flatImage(await assembleText(PROGRAM));
  const machine = new Machine(image, { ...way, memory: 1 << 20 });
  const before = measure(machine);
  assert.equal(new CountedRun(machine).to(1000)?.kind, 'exit-device');
  return between(before, measure(machine));
}

describe('instructions that cost more than their cycle', () => {
  it('are done by slow paths, where they are counted', () => {
    const slow = formTable().forms.filter((form) => slowPathsOf(form).length > 0);
    const mnemonics = new Set(slow.map(({ mnemonic }) => mnemonic));
    const unknown = Object.keys(INSTRUCTION_COSTS).filter((name) => !mnemonics.has(name));
    assert.deepEqual(unknown, []);
  });

  it('are the same with a repeat prefix', () => {
    assert.equal(costOfInstruction('REP OUTSB'), 'PORT');
    assert.equal(costOfInstruction('REPNE INSB'), 'PORT');
    assert.equal(costOfInstruction('ADD'), undefined);
  });
});

describe('a measurement', () => {
  for (const way of WAYS) {
    it(`has all instructions, by whoever did them (${way.name})`, async () => {
      const { direct, inSoftware } = await measured(way);
      const end = direct + inSoftware - COMPLETED; // OUT ends the guest before it is completed, or after
      assert.ok(end === 0 || end === 1, String(end));
    });
  }

  it('tells what the processor does from what the monitor does', async () => {
    const bare = await measured({ name: 'none', monitor: 'none' });
    const { INSTRUCTION, PORT, CPUID, VM_EXIT } = bare.events;
    assert.deepEqual([INSTRUCTION, PORT, CPUID, VM_EXIT], [COMPLETED + 1, 2, 1, 0]);
    const guest = await measured({ name: 'vtx', monitor: 'vtx' });
    assert.equal(guest.events.VM_EXIT, 3);
    assert.equal(guest.events.VM_ENTRY, 2); // the first entry comes before the guest's first instruction
    assert.equal(guest.inSoftware, 2);
    const emulated = await measured({ name: 'emulate', monitor: 'emulate' });
    assert.deepEqual([emulated.direct, emulated.events.INSTRUCTION], [0, 0]);
    assert.equal(emulated.events.EMULATION, emulated.inSoftware);
  });

  it('of two stretches is their sum', async () => {
    const one = await measured({ name: 'none', monitor: 'none' });
    assert.deepEqual(between(one, together(one, one)), one);
  });
});

describe('modelled cycles', () => {
  it('are the sum of what each event costs', () => {
    const [profile] = COST_PROFILES;
    assert.ok(profile);
    const none = Object.fromEntries(
      COST_EVENTS.map((event) => [event, 0]),
    ) as Measurement['events'];
    assert.equal(modelledCycles(none, profile), 0);
    const { VM_EXIT, VMREAD } = profile.figures;
    const events = { ...none, VM_EXIT: 2, VMREAD: 3 };
    assert.equal(modelledCycles(events, profile), 2 * VM_EXIT.cycles + 3 * VMREAD.cycles);
  });
});
