import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PAGE_SIZE } from '../processor/state/layout';
import { assembleText, flatImage } from './boot/flat';
import { ATTACKS, attacker, CAUGHT } from './escapes.testing';
import { Machine } from './machine';
import { MachineRun } from './run';
import { WAYS, type Way } from './ways';

/** `ESCAPES=1000` makes more random series of attacks, `SEED=n` the same ones again. */
const SERIES = Number(process.env['ESCAPES'] ?? 5);
const SEED = Number(process.env['SEED'] ?? 20_261_127);
const MEMORY = 1 << 20;
const LIMIT = 60_000;
/** The monitor's own structures lie from here on, and tables that are made of the guest's behind them. */
const MONITOR = 0x10_0000;
const MONITOR_END = MONITOR + (16 << 20);
/** The monitor's descriptors in the shadow GDT of a deprivileged guest: LDT, data, code, TSS. */
const OWN_DESCRIPTORS = [0xffd0, 0xffd8, 0xffe0, 0xffe8, 0xfff0, 0xfff8];

const monitored = WAYS.filter(({ monitor }) => monitor !== 'none');

interface Escape {
  readonly machine: Machine;
  readonly end: string;
  /** Frames of the monitor's that are not what they were. */
  readonly changed: ReadonlySet<number>;
  readonly descriptors: readonly bigint[];
}

/** The monitor's memory: the page of its gates, and what begins at `MONITOR`. */
function monitorMemory({ computer: { memory } }: Machine): Buffer {
  const gates = memory.readBytes(PAGE_SIZE, PAGE_SIZE);
  return Buffer.concat([gates, memory.readBytes(MONITOR, MONITOR_END - MONITOR)]);
}

/** The frames, by their number in it, that are not the same. */
function changes(before: Buffer, after: Buffer): Set<number> {
  const changed = new Set<number>();
  for (let at = 0; at < before.length; at += PAGE_SIZE) {
    const end = at + PAGE_SIZE;
    if (before.compare(after, at, end, at, end) !== 0) changed.add(at / PAGE_SIZE);
  }
  return changed;
}

/** Which of these frames hold translations: the monitor writes them as it needs them, and the guest meets a fault. */
function translations({ vm }: Machine): (frame: number) => boolean {
  const cache = vm?.translated?.translator.cache;
  if (!cache) return () => false;
  const first = (cache.frame - MONITOR) / PAGE_SIZE + 1;
  return (frame) => frame >= first && frame < first + cache.size / PAGE_SIZE;
}

function descriptors({ vm, computer }: Machine): bigint[] {
  const gdt = vm?.monitor.host.deprivileged?.tables.gdt;
  if (gdt === undefined) return [];
  return OWN_DESCRIPTORS.map((selector) => computer.memory.read64(gdt + selector));
}

async function run(source: string, { monitor, paging = 'ept' }: Way): Promise<Escape> {
  const image = flatImage(await assembleText(source));
  const machine = new Machine(image, { monitor, paging, memory: MEMORY });
  const before = monitorMemory(machine);
  const stop = new MachineRun(machine).turn(60_000, LIMIT);
  return {
    machine,
    end: stop.kind === 'end' ? stop.end.kind : stop.kind,
    changed: changes(before, monitorMemory(machine)),
    descriptors: descriptors(machine),
  };
}

/** What a kernel changes that does nothing wrong: registers in their areas, the VMCS, the stack, shadow descriptors. */
const HARMLESS = attacker([
  'mov rax, cr3\n mov cr3, rax',
  'cpuid\n ud2',
  'sti\n cli\n in al, 0x61',
  'mov qword [0x12010], 0x83\n mov rax, [0x6000]\n mov eax, 16\n mov es, eax\n mov fs, eax',
  'mov dword [gdt + 16 + 4], 0x00cf9300\n mov eax, 16\n mov es, eax',
  'mov ecx, 0xc0000082\n mov eax, 0x1000\n xor edx, edx\n wrmsr\n fninit\n mov eax, 1\n int 3',
]);

describe(`a hostile kernel (seed ${String(SEED)})`, function () {
  this.timeout(Math.max(120_000, SERIES * 4_000));

  for (const way of monitored) {
    describe(`under ${way.name}`, () => {
      let allowed: ReadonlySet<number> = new Set();
      let owned: readonly bigint[] = [];

      before(async () => {
        const harmless = await run(HARMLESS, way);
        assert.equal(harmless.end, 'exit-device');
        allowed = harmless.changed;
        owned = harmless.descriptors;
      });

      const assertContained = (escape: Escape, attacks: string): void => {
        const own = translations(escape.machine);
        const reached = [...escape.changed].filter((frame) => !allowed.has(frame) && !own(frame));
        assert.deepEqual(reached, [], attacks);
        // The LDT's descriptor and those that are made as they are needed lie beside them.
        assert.deepEqual(escape.descriptors, owned, attacks);
      };

      for (const { name, code, faults } of ATTACKS) {
        it(name, async () => {
          const attacks = [code(1), code(40)];
          const escape = await run(attacker(attacks), way);
          assertContained(escape, attacks.join('\n'));
          assert.notEqual(escape.end, 'spent');
          const caught = escape.machine.vm?.guestMemory.read(CAUGHT, 4);
          if (faults) assert.equal(caught, 2n);
        });
      }

      it('keeps the processor, and cannot', async () => {
        const escape = await run(attacker([], true), way);
        assert.equal(escape.end, 'spent');
        assertContained(escape, 'forever');
      });

      it('tries one thing after the other, in any order', async () => {
        const attack = fc.tuple(fc.constantFrom(...ATTACKS), fc.nat(4095));
        const series = fc.array(attack, { minLength: 3, maxLength: 12 });
        const property = fc.asyncProperty(series, async (chosen) => {
          const codes = chosen.map(([{ code }, n]) => code(n));
          assertContained(await run(attacker(codes), way), codes.join('\n'));
        });
        await fc.assert(property, { numRuns: SERIES, seed: SEED });
      });
    });
  }
});
