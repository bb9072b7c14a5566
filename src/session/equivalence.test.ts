import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { WideCr0, WideCr4 } from '../isa/registers/control';
import { WideRflags } from '../isa/registers/flags';
import { NO_PLACES, techniqueOf } from '../debugger/techniques';
import { assembleText, flatImage } from './boot/flat';
import type { Hole, HostingOptions, Paging } from '../vmm';
import { Machine, type MonitorName } from './machine';
import { kernelProgram, timelessFreshProgram, timelessProgram } from './random-programs.testing';
import { MachineRun } from './run';
import { SCARCE } from './ways.testing';

/** `EQUIVALENCE_PROGRAMS=5000` runs more, `SEED=n` the same ones again. */
const PROGRAMS = Number(process.env['EQUIVALENCE_PROGRAMS'] ?? 40);
const SEED = Number(process.env['SEED'] ?? 20_261_127);
const MEMORY = 1 << 20;
/** RAM up to what belongs to the video card. */
const PROGRAM_RAM = 0xa0000;
const LIMIT = 2_000_000;
const LSTAR = 0xc0000082;
const HELD_BY_VMX: Readonly<Record<number, bigint>> = { 0: WideCr0.NE, 4: WideCr4.VMXE };

/** What a guest leaves behind that it could have looked at itself. */
interface Ending {
  readonly end: unknown;
  readonly output: string;
  readonly registers: readonly bigint[];
  readonly selectors: readonly number[];
  readonly memory: Uint8Array;
  /** Where it stopped, and after how many instructions; a VM exit ends a guest in the middle of one. */
  readonly at: readonly [rip: bigint, instructions: number];
}

/** The holes in virtualization that the guest came to. */
let holes: Hole[] = [];

async function ending(
  source: string,
  monitor: MonitorName,
  paging: Paging = 'ept',
  hosting?: HostingOptions,
): Promise<Ending> {
  let output = '';
  const print = (byte: number): void => void (output += String.fromCharCode(byte));
  const image = flatImage(await assembleText(source));
  const options = { monitor, paging, hosting, memory: MEMORY };
  const machine = new Machine(image, options, { serial: print });
  const run = new MachineRun(machine);
  holes = [];
  run.onHole = (hole) => {
    holes.push(hole);
    return false;
  };
  let stop = run.turn(60_000, LIMIT);
  if (stop.kind === 'shutdown') stop = run.turn(1);
  const { guest } = techniqueOf(machine, NO_PLACES);
  const { vm, computer } = machine;
  // VMX operation keeps NE and VMXE set; a guest reads other bits in their place.
  const control = [0, 2, 3, 4].map((n) => guest.controlRegister(n) & ~(HELD_BY_VMX[n] ?? 0n));
  const general = Array.from({ length: 16 }, (_, index) => guest.gpr(index));
  return {
    end: stop,
    output,
    // RF is over after one instruction; no guest can see whether it still stands there.
    registers: [...general, ...control, guest.rflags & ~WideRflags.RF, guest.msr(LSTAR) ?? 0n],
    selectors: [0, 1, 2, 3, 4, 5].map((index) => guest.segment(index).selector),
    memory: vm
      ? vm.guestMemory.readBytes(0n, PROGRAM_RAM)
      : computer.memory.readBytes(0, PROGRAM_RAM),
    at: [guest.rip, computer.processor.retired],
  };
}

/** Ways in which a kernel is in ring 0, as it believes, whatever it looks at. */
const EQUIVALENT: readonly { readonly monitor: MonitorName; readonly paging?: Paging }[] = [
  { monitor: 'emulate' },
  { monitor: 'translate' },
  { monitor: 'vtx' },
  { monitor: 'vtx', paging: 'shadow' },
  { monitor: 'svm' },
  { monitor: 'svm', paging: 'shadow' },
];

const withoutPlace = ({ at: _at, ...rest }: Ending) => rest;

describe(`one guest, several monitors (seed ${String(SEED)})`, function () {
  this.timeout(Math.max(300_000, PROGRAMS * 2000));

  it('ends under emulation as on the bare computer, stale translations and the count of instructions included', async () => {
    const same = fc.asyncProperty(timelessProgram, async (source) => {
      assert.deepEqual(await ending(source, 'emulate'), await ending(source, 'none'));
    });
    await fc.assert(same, { numRuns: PROGRAMS, seed: SEED });
  });

  it('ends under emulation, VT-x and SVM as on the bare computer', async () => {
    let ended = 0;
    const same = fc.asyncProperty(timelessFreshProgram, async (source) => {
      const bare = withoutPlace(await ending(source, 'none'));
      assert.deepEqual(withoutPlace(await ending(source, 'emulate')), bare, 'emulate');
      for (const monitor of ['vtx', 'svm'] as const) {
        assert.deepEqual(withoutPlace(await ending(source, monitor)), bare, monitor);
        const shadowed = withoutPlace(await ending(source, monitor, 'shadow'));
        assert.deepEqual(shadowed, bare, `${monitor} with shadow paging`);
      }
      if ((bare.end as { kind: string }).kind === 'end') ended++;
    });
    await fc.assert(same, { numRuns: PROGRAMS, seed: SEED });
    assert.equal(ended, PROGRAMS);
  });

  for (const monitor of ['deprivilege', 'paravirt'] as const) {
    it(`ends under ${monitor} as on the bare computer, unless it falls through a hole`, async () => {
      let fell = 0;
      const same = fc.asyncProperty(timelessFreshProgram, async (source) => {
        const bare = withoutPlace(await ending(source, 'none'));
        const deprivileged = withoutPlace(await ending(source, monitor));
        if (holes.length > 0) fell++;
        else assert.deepEqual(deprivileged, bare);
      });
      await fc.assert(same, { numRuns: PROGRAMS, seed: SEED });
      assert.ok(fell < PROGRAMS);
    });
  }

  it('ends as on the bare computer where it does what is sensitive or privileged', async () => {
    let ended = 0;
    let fell = 0;
    const same = fc.asyncProperty(kernelProgram, async (source) => {
      const bare = withoutPlace(await ending(source, 'none'));
      for (const { monitor, paging } of EQUIVALENT) {
        const found = withoutPlace(await ending(source, monitor, paging));
        assert.deepEqual(found, bare, `${monitor} ${paging ?? ''}`);
      }
      const deprivileged = withoutPlace(await ending(source, 'deprivilege'));
      if (holes.length > 0) fell++;
      else assert.deepEqual(deprivileged, bare, 'deprivilege, without a hole');
      if ((bare.end as { kind: string }).kind === 'end') ended++;
    });
    await fc.assert(same, { numRuns: PROGRAMS, seed: SEED });
    assert.equal(ended, PROGRAMS);
    assert.ok(fell > PROGRAMS / 4, 'most of them look where they are');
  });

  it('ends on a host that is short of memory as on the bare computer', async () => {
    const same = fc.asyncProperty(kernelProgram, async (source) => {
      const bare = withoutPlace(await ending(source, 'none'));
      for (const { monitor, paging } of EQUIVALENT) {
        const found = withoutPlace(await ending(source, monitor, paging, SCARCE));
        assert.deepEqual(found, bare, `${monitor} ${paging ?? ''}`);
      }
    });
    await fc.assert(same, { numRuns: PROGRAMS, seed: SEED });
  });

  it('ends by translation as on the bare computer, the count of instructions included', async () => {
    let fell = 0;
    const same = fc.asyncProperty(timelessFreshProgram, async (source) => {
      const bare = await ending(source, 'none');
      const translated = await ending(source, 'translate');
      // Users run directly: what they see of the processor is the processor's.
      if (holes.length > 0) fell++;
      else assert.deepEqual(translated, bare);
    });
    await fc.assert(same, { numRuns: PROGRAMS, seed: SEED });
    assert.ok(fell < PROGRAMS / 2);
  });

  it('sees the same processor under emulation as under VT-x', async () => {
    // Not 80000001H: whether it shows SYSCALL depends on the mode, and VT-x's monitor asks in its own.
    const leaves = [0, 1, 2, 5, 7, 0xb, 0xd, 0x16, 0x40000000, 0x80000000, 0x80000008];
    const source = `
        org 0x7c00
        bits 16
        mov di, 0x600
        ${leaves
          .map(
            (leaf) => `
        mov eax, ${String(leaf)}
        xor ecx, ecx
        cpuid
        mov [di], eax
        mov [di + 4], ebx
        mov [di + 8], ecx
        mov [di + 12], edx
        add di, 16`,
          )
          .join('')}
        mov al, 0
        out 0xf4, al`;
    const [emulated, virtual, bare] = await Promise.all(
      (['emulate', 'vtx', 'none'] as const).map((monitor) => ending(source, monitor)),
    );
    assert.deepEqual(emulated?.memory, virtual?.memory);
    assert.notDeepEqual(emulated?.memory, bare?.memory);
  });

  for (const name of ['rings', 'first-exits']) {
    it(`prints the same: ${name}`, async () => {
      const path = join(__dirname, '../../samples', name, 'kernel.asm');
      const source = readFileSync(path, 'utf8');
      const [emulated, virtual] = [await ending(source, 'emulate'), await ending(source, 'vtx')];
      assert.equal(emulated.output, virtual.output);
      assert.notEqual(emulated.output, '');
      assert.deepEqual(emulated.end, virtual.end);
      const shadowed = await ending(source, 'vtx', 'shadow');
      assert.equal(shadowed.output, virtual.output);
      assert.deepEqual(shadowed.end, virtual.end);
    });
  }
});
