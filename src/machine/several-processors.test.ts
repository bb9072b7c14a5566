import assert from 'node:assert/strict';
import type { Machine } from '../session';
import {
  boot,
  BY_IPI,
  COUNTING,
  EXIT,
  NMIS,
  program,
  result,
  STALE,
  STARTED_ANEW,
  WRITTEN_CODE,
} from './several-processors.testing';

/**
 * Programs on a computer with several processors: one starts the others by INIT and start-up IPIs (SDM 3A 9.4), and
 * each is told from the others by its local APIC. Guests with several virtual ones do the same:
 * `vmm/signals/several-vcpus.test.ts`.
 */

describe('a computer with several processors', () => {
  for (const engine of ['interpreter', 'reference'] as const) {
    it(`starts them, and they share memory (${engine})`, async () => {
      const { text, value } = await result(COUNTING, { cpus: 4, engine });
      assert.equal(value, 3); // 3 × 256
      assert.deepEqual([...text].sort(), ['1', '2', '3']);
    });
  }

  it('is told by CPUID how many there are', async () => {
    for (const cpu of ['intel', 'amd'] as const) {
      const ask = `mov eax, 1
        cpuid
        shr ebx, 16
        mov al, bl
        add al, '0'
        out 0xe9, al
        mov eax, 0xb
        mov ecx, 1
        cpuid
        add bl, '0'
        mov al, bl
        out 0xe9, al`;
      const told = program(ask, EXIT('mov al, 0'), '');
      assert.equal((await result(told, { cpus: 3, cpu })).text, '33');
    }
  });

  it('interrupts another one, which rests in HLT, by an IPI', async () => {
    const { text, value } = await result(BY_IPI, { cpus: 2 });
    assert.deepEqual([text, value], ['i', 7]);
  });

  it('interrupts another one, which has interrupts off, by NMIs', async () => {
    const { text, value } = await result(NMIS, { cpus: 2 });
    assert.deepEqual([text, value], ['nrnr', 9]);
  });

  it('starts one anew that has run already', async () => {
    const { value } = await result(STARTED_ANEW, { cpus: 2 });
    assert.equal(value, 2);
  });

  it('lets each have translations of its own: one is stale until its processor drops it', async () => {
    const { text } = await result(STALE, { cpus: 2 });
    assert.equal(text, 'oonon');
  });

  it('executes code that another one has just written', async () => {
    assert.equal((await result(WRITTEN_CODE, { cpus: 2 })).text, 'abcc');
  });

  it('comes to the same state however the run is cut, and from any moment that was saved', async () => {
    const whole = await boot(COUNTING, { cpus: 3 });
    whole.run.turn(60_000, 12_000);
    const expected = whole.machine.stateHash;
    const { machine, run } = await boot(COUNTING, { cpus: 3 });
    const saved: ReturnType<Machine['save']>[] = [];
    for (let done = 0; done < 12_000;) {
      const before = machine.computer.processor.work;
      run.execute(Math.min(1 + ((done * 7919) % 613), 12_000 - done), true);
      done += machine.computer.processor.work - before;
      saved.push(machine.save());
    }
    assert.equal(machine.stateHash, expected);
    for (const moment of [saved[3], saved[11], saved[25]]) {
      if (!moment) continue;
      const again = await boot(COUNTING, { cpus: 3 });
      again.machine.restore(moment);
      again.run.turn(60_000, 12_000);
      assert.equal(again.machine.stateHash, expected);
    }
  });
});
