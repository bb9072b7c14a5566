import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleText, flatImage, Machine, MachineRun, type MachineOptions } from '../../session';
import { slowInstructions } from './slow-instructions';
import type { Tally } from './tally';

const START = { monitor: 'none', memory: 1 << 20 } as const;

/** Runs a program to its end. */
async function machineOf(source: string, options: Partial<MachineOptions> = {}): Promise<Machine> {
  const image = flatImage(await assembleText(source));
  const machine = new Machine(image, { ...START, ...options });
  assert.equal(new MachineRun(machine).turn(10_000).kind, 'end');
  return machine;
}

const tallyOf = ({ computer }: Machine): Tally => computer.processor.tally;

const REAL_MODE = `
        org 0x7c00
        bits 16`;
const END = `
        mov al, 0
        out 0xf4, al
        hlt`;

describe('what a processor counts', () => {
  it('is each instruction that a slow path completes, by its mnemonic', async () => {
    const source = `${REAL_MODE}
        cpuid
        rdtsc
        cpuid
        cli${END}`;
    const counts = slowInstructions(tallyOf(await machineOf(source)));
    assert.deepEqual(Object.fromEntries(counts), { CPUID: 2, RDTSC: 1, CLI: 1, OUT: 1 });
  });

  it('is no instruction that faults or leaves guest mode', async () => {
    const source = `${REAL_MODE}
        mov word [6 * 4], next
        mov word [6 * 4 + 2], 0
        ud2
next:   cpuid${END}`;
    const bare = tallyOf(await machineOf(source));
    assert.deepEqual(Object.fromEntries(slowInstructions(bare)), { CPUID: 1, OUT: 1 });
    assert.equal(bare.exceptions, 1);
    const guest = tallyOf(await machineOf(source, { monitor: 'vtx' }));
    assert.deepEqual(Object.fromEntries(slowInstructions(guest)), {});
    assert.equal(guest.exceptions, 1);
    assert.deepEqual([guest.exits, guest.entries], [2, 2]); // the last exit ends the guest
  });

  it('tells MOV to control registers apart, and software interrupts from exceptions', async () => {
    const source = `${REAL_MODE}
        mov word [0x40 * 4], handler
        mov word [0x40 * 4 + 2], 0
        mov eax, cr0
        mov cr0, eax
        mov eax, cr4
        int 0x40${END}
handler: iret`;
    const { controlReads, controlWrites, ...rest } = tallyOf(await machineOf(source));
    assert.deepEqual([controlReads[0], controlReads[4], controlWrites[0]], [1, 1, 1]);
    assert.deepEqual([rest.softwareInterrupts, rest.exceptions, rest.interrupts], [1, 0, 0]);
  });

  it('is nothing that a snapshot holds', async () => {
    const machine = await machineOf(`${REAL_MODE}\n cpuid${END}`);
    const before = machine.stateHash;
    machine.computer.processor.tally.tlbMisses += 5;
    machine.computer.processor.progress.executed += 5;
    assert.equal(machine.stateHash, before);
  });
});

describe('walks that a processor counts', () => {
  const SAMPLE = join(__dirname, '../../../samples/techniques/nano-benchmarks/kernel.asm');
  /** The sample up to long mode, with four levels of page tables, and then something else. */
  const inLongMode = (source: string): string => {
    const text = readFileSync(SAMPLE, 'utf8');
    const first = text.indexOf('input:');
    const rest = text.indexOf('        push USER_DATA              ; SS');
    return `${text.slice(0, first)}${source}${END}\n${text.slice(rest)}`;
  };
  const MISS = 'invlpg [abs EDITED]\n mov al, [abs EDITED]\n';

  /** The entries that one more miss reads. */
  async function referencesOfOne(options: Partial<MachineOptions>): Promise<number[]> {
    // INVLPG flushes the code's translations, too: once more without the access.
    const counts = await Promise.all(
      [MISS, 'invlpg [abs EDITED]\n nop\n'].map(async (source) => {
        const tally = tallyOf(await machineOf(inLongMode(source), options));
        return [tally.tlbMisses, tally.walkReferences, tally.secondLevelReferences];
      }),
    );
    const [one = [], none = []] = counts;
    return one.map((count, n) => count - (none[n] ?? 0));
  }

  it('read four entries of four levels', async () => {
    assert.deepEqual(await referencesOfOne({ memory: 2 << 20 }), [1, 4, 0]);
  });

  it('read 24 in two dimensions of four levels: nm + n + m', async () => {
    const options = { memory: 2 << 20, monitor: 'vtx', intercepts: [] } as const;
    assert.deepEqual(await referencesOfOne(options), [1, 4, 20]);
  });

  it('are those of the processor in shadow tables, too', async () => {
    const options = { memory: 2 << 20, monitor: 'vtx', paging: 'shadow' } as const;
    const [misses, own, second] = await referencesOfOne(options);
    assert.equal(second, 0);
    assert.equal(own, 4 * (misses ?? 0));
    assert.equal(misses, 2); // the entry is missing first, and then there
  });
});
