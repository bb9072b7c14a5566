import assert from 'node:assert/strict';
import { assembleText, flatImage, Machine, MachineRun, WAYS, type Way } from '../session';
import { boot, COUNTING } from '../machine/several-processors.testing';
import { callStack } from './places/stack';
import { Target } from './target';
import type { ViewName } from './views/row';
import { Views } from './views/views';

/** Looking at guests that do not have the processor changes nothing either. */

const VIEWS: readonly ViewName[] = [
  'registers',
  'vmcs',
  'translation',
  'tlb',
  'translationCache',
  'exits',
  'machines',
];
const PROGRAM = `
        org 0x7c00
        bits 16
        mov cx, 60
again:  mov eax, 0x1234
        mov dr0, eax
        mov cr2, eax
        cpuid
        add ebx, eax
        mov si, 40
work:   dec si
        jnz work
        loop again
        mov al, bl
        out 0xf4, al`;
const PIECE = 150;
const LIMIT = 100_000;

async function machineOf({ monitor, paging = 'ept' }: Way) {
  const program = await assembleText(PROGRAM);
  const image = flatImage(program);
  const memory = 1 << 20;
  const others = [{ image, memory }];
  const machine = new Machine(image, { monitor, paging, memory, others, slice: 320 });
  const targets = [0, 1].map((n) => new Target(machine, [program], [], n));
  return { machine, targets };
}

/** Goes on by a piece, or to the next handler's operation. @returns whether it goes on */
function goOn(run: MachineRun): boolean {
  const stop = run.inMonitor ? run.operate() : run.execute(PIECE);
  return stop?.kind !== 'end';
}

function look(targets: readonly Target[]): void {
  for (const target of targets) {
    const views = new Views(target, () => 0x7c00n, { targets, names: ['a', 'b'] });
    for (const view of VIEWS) {
      for (const focus of ['guest', 'host'] as const) {
        for (const { id } of views.rows({ view, focus }).rows) {
          views.rows({ view, focus, node: id });
        }
      }
    }
    callStack(target);
    target.memory.read('gva', 0x7c00n, 64);
    target.hostMemory.read('gva', 0x7c00n, 64);
  }
}

describe('looking at several guests', function () {
  this.timeout(120_000);

  for (const way of WAYS.filter(({ monitor }) => monitor !== 'none')) {
    it(`changes nothing: ${way.name}`, async () => {
      const [seen, unseen] = [await machineOf(way), await machineOf(way)];
      const runs = [new MachineRun(seen.machine), new MachineRun(unseen.machine)] as const;
      const { processor } = seen.machine.computer;
      let present = 0;
      for (let n = 0; processor.work < LIMIT; n++) {
        if (seen.machine.present !== 0) present++;
        if (n % 1301 === 300) look(seen.targets);
        const [goes] = runs.map(goOn);
        if (!goes) break;
      }
      assert.ok(present > 100, 'the second one had the processor, too');
      assert.equal(seen.machine.stateHash, unseen.machine.stateHash);
    });
  }
});

describe('looking at the virtual processors of a guest', function () {
  this.timeout(120_000);

  for (const monitor of ['vtx', 'svm'] as const) {
    it(`changes nothing: ${monitor}`, async () => {
      const program = await assembleText(COUNTING);
      const options = { monitor, cpus: 3, slice: 320 };
      const [seen, unseen] = [await boot(COUNTING, options), await boot(COUNTING, options)];
      const targets = [0, 1, 2].map((n) => new Target(seen.machine, [program], [], n));
      const present = new Set<number>();
      for (let n = 0; n < 6000; n++) {
        present.add(seen.machine.present);
        if (n % 1301 === 300) look(targets);
        for (const { run } of [seen, unseen]) goOn(run);
      }
      assert.deepEqual([...present].sort(), [0, 1, 2]);
      assert.equal(seen.machine.stateHash, unseen.machine.stateHash);
    });
  }
});
