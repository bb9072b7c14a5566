import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WideCr0, WideCr4 } from '../isa/registers/control';
import { WideRflags } from '../isa/registers/flags';
import { NO_PLACES, techniqueOf } from '../debugger/techniques';
import { assembleText, flatImage } from './boot/flat';
import { ATTACKS, attacker } from './escapes.testing';
import { Machine } from './machine';
import { kernelProgram } from './random-programs.testing';
import { MachineRun } from './run';
import { WAYS, type Way } from './ways';

/**
 * Guests on one computer do not know of each other: each ends as it does alone, whatever the others do.
 * `ISOLATION_PROGRAMS=1000` makes more random ones, `SEED=n` the same ones again.
 */

const PROGRAMS = Number(process.env['ISOLATION_PROGRAMS'] ?? 3);
const SEED = Number(process.env['SEED'] ?? 20_261_127);
const MEMORY = 1 << 20;
/** RAM up to what belongs to the video card. */
const PROGRAM_RAM = 0xa0000;
const LIMIT = 2_000_000;
/** So short that guests of a few hundred instructions have many turns. */
const SLICE = 64;
const MSRS = [0xc0000081, 0xc0000082, 0xc0000083, 0xc0000102];
const HELD_BY_VMX: Readonly<Record<number, bigint>> = { 0: WideCr0.NE, 4: WideCr4.VMXE };

const monitored = WAYS.filter(({ monitor }) => monitor !== 'none');

/** What a guest leaves behind that it could have looked at itself. */
interface Ending {
  readonly end: string | undefined;
  readonly output: string;
  readonly registers: readonly bigint[];
  readonly units: Readonly<Record<string, bigint>>;
  readonly memory: Uint8Array;
}

/** Whether a guest has come to a hole in virtualization: it has seen where the monitor's tables lie. */
let sawHost = false;

/** How guests end that are on one computer. */
async function endings(sources: readonly string[], way: Way, limit = LIMIT): Promise<Ending[]> {
  const outputs = sources.map(() => '');
  const images = await Promise.all(
    sources.map(async (text) => flatImage(await assembleText(text))),
  );
  const guests = images.map((image, n) => ({
    image,
    memory: MEMORY,
    output: { serial: (byte: number) => void (outputs[n] += String.fromCharCode(byte)) },
  }));
  const [first, ...others] = guests;
  assert.ok(first);
  const { monitor, paging = 'ept' } = way;
  const options = { monitor, paging, memory: MEMORY, others, slice: SLICE };
  const machine = new Machine(first.image, options, first.output);
  const run = new MachineRun(machine);
  sawHost = false;
  run.onHole = () => {
    sawHost = true;
    return false;
  };
  const { processor } = machine.computer;
  while (processor.work < limit) {
    const stop = run.turn(60_000, limit);
    if (stop.kind === 'end' || stop.kind === 'waiting') break;
    assert.ok(['spent', 'guest-ended'].includes(stop.kind), stop.kind);
  }
  return guests.map((_, n) => endingOf(machine, n, outputs[n] ?? ''));
}

function endingOf(machine: Machine, number: number, output: string): Ending {
  const { guest } = techniqueOf(machine, NO_PLACES, number);
  const control = [0, 2, 3, 4].map((n) => guest.controlRegister(n) & ~(HELD_BY_VMX[n] ?? 0n));
  const general = Array.from({ length: 16 }, (_, index) => guest.gpr(index));
  const selectors = [0, 1, 2, 3, 4, 5].map((index) => BigInt(guest.segment(index).selector));
  const debug = [0, 1, 2, 3, 7].map((index) => guest.debugRegister(index));
  const msrs = MSRS.map((each) => guest.msr(each) ?? -1n);
  const flags = guest.rflags & ~WideRflags.RF;
  const { units } = guest;
  return {
    end: machine.endOf(number)?.kind,
    output,
    registers: [...general, ...control, ...selectors, ...debug, ...msrs, flags],
    units: Object.fromEntries(units.inUse().map((each) => [each.name, units.read(each)])),
    memory: machine.vms?.all[number]?.guestMemory.readBytes(0n, PROGRAM_RAM) ?? new Uint8Array(),
  };
}

/** Fills all that a VM exit leaves in the processor with a number of its own, and looks at it again and again. */
const occupant = (n: number): string => `
bits 16
org 0x7c00
        xor ax, ax
        mov ds, ax
        mov eax, cr4
        or eax, 0x600
        mov cr4, eax
        mov eax, ${String(0x1110 * n)}
        mov dr0, eax
        mov dr3, eax
        mov cr2, eax
        movd xmm0, eax
        movd xmm7, eax
        fninit
        mov [0x600], eax
        fild dword [0x600]
        mov ecx, 0xc0000102
        xor edx, edx
        wrmsr
        mov ecx, 0xc0000082
        wrmsr
        mov si, 300
again:  mov ebx, ${String(0x1110 * n)}
        mov eax, dr0
        cmp eax, ebx
        jne wrong
        mov eax, dr3
        cmp eax, ebx
        jne wrong
        mov eax, cr2
        cmp eax, ebx
        jne wrong
        movd eax, xmm0
        cmp eax, ebx
        jne wrong
        movd eax, xmm7
        cmp eax, ebx
        jne wrong
        fist dword [0x604]
        mov eax, [0x604]
        cmp eax, ebx
        jne wrong
        mov ecx, 0xc0000102
        rdmsr
        cmp eax, ebx
        jne wrong
        mov ecx, 0xc0000082
        rdmsr
        cmp eax, ebx
        jne wrong
        dec si
        jnz again
        xor al, al
        out 0xf4, al
wrong:  mov al, 1
        out 0xf4, al
`;

describe(`guests on one computer (seed ${String(SEED)})`, function () {
  this.timeout(Math.max(300_000, PROGRAMS * 4000));

  for (const way of monitored) {
    it(`keep what the processor has of them: ${way.name}`, async () => {
      const sources = [occupant(1), occupant(2), occupant(3)];
      for (const [n, ending] of (await endings(sources, way)).entries()) {
        assert.deepEqual(ending, (await endings([occupant(n + 1)], way))[0], String(n));
        assert.equal(ending.end, 'exit-device');
      }
    });

    it(`end as they do alone: ${way.name}`, async () => {
      const property = fc.asyncProperty(kernelProgram, kernelProgram, async (one, two) => {
        const [first, second] = await endings([one, two], way);
        if (sawHost) return;
        assert.deepEqual(first, (await endings([one], way))[0], 'the first');
        assert.deepEqual(second, (await endings([two], way))[0], 'the second');
      });
      await fc.assert(property, { numRuns: PROGRAMS, seed: SEED });
    });

    it(`are not reached by a hostile one: ${way.name}`, async () => {
      const attacks = ATTACKS.flatMap(({ code }) => [code(1), code(40)]);
      for (let n = 0; n < attacks.length; n += 14) {
        const hostile = attacker(attacks.slice(n, n + 14));
        const [, victim] = await endings([hostile, occupant(5)], way);
        assert.deepEqual(victim, (await endings([occupant(5)], way))[0], String(n));
        assert.equal(victim?.end, 'exit-device');
      }
    });

    it(`get the processor beside one that wants to keep it: ${way.name}`, async () => {
      const [hostile, victim] = await endings([attacker([], true), occupant(7)], way, 400_000);
      assert.equal(hostile?.end, undefined);
      assert.equal(victim?.end, 'exit-device');
    });
  }
});
