import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PAGE_SIZE, PHYSICAL_BASE } from '../processor/state/layout';
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
const MONITOR_END = MONITOR + (4 << 20);
const NOTHING = Buffer.alloc(PAGE_SIZE);
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

/** Looks at the frames of the monitor's memory in place: the page of its gates, and what begins at `MONITOR`. */
function forEachFrame({ computer }: Machine, look: (frame: number, bytes: Buffer) => void): void {
  const { buffer } = computer.memory.memory;
  const at = (address: number): void => {
    look(address / PAGE_SIZE, Buffer.from(buffer, PHYSICAL_BASE + address, PAGE_SIZE));
  };
  at(PAGE_SIZE);
  for (let address = MONITOR; address < MONITOR_END; address += PAGE_SIZE) at(address);
}

/** Copies of those that hold anything, by their numbers. */
function monitorFrames(machine: Machine): Map<number, Buffer> {
  const held = new Map<number, Buffer>();
  forEachFrame(machine, (frame, bytes) => {
    if (!bytes.equals(NOTHING)) held.set(frame, Buffer.from(bytes));
  });
  return held;
}

/** The numbers of the frames that are not as they were. */
function changes(machine: Machine, before: ReadonlyMap<number, Buffer>): Set<number> {
  const changed = new Set<number>();
  forEachFrame(machine, (frame, bytes) => {
    if (!bytes.equals(before.get(frame) ?? NOTHING)) changed.add(frame);
  });
  return changed;
}

/** Which of these frames hold translations: the monitor writes them as it needs them, and the guest meets a fault. */
function translations({ vm }: Machine): (frame: number) => boolean {
  const cache = vm?.translated?.translator.cache;
  if (!cache) return () => false;
  const first = cache.frame / PAGE_SIZE;
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
  const before = monitorFrames(machine);
  const stop = new MachineRun(machine).turn(60_000, LIMIT);
  return {
    machine,
    end: stop.kind === 'end' ? stop.end.kind : stop.kind,
    changed: changes(machine, before),
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
