import assert from 'node:assert/strict';
import { CODE, execute, longMode, PAGE_TABLES } from '../modes.testing';
import type { Processor } from '../processor';
import { PAGE_SIZE } from '../state/layout';
import type { MemoryWatch } from './watched-memory';

const PAGE_DIRECTORY = PAGE_TABLES + 0x2000;
const PAGE_TABLE = PAGE_TABLES + 0x3000;
/** A linear page and its frame, and another frame. */
const PAGE = 0x400000;
const FRAME = 0x21000;
const OTHER = 0x25000;

type Told = [address: number, bytes: number, rip: bigint];

/** RDI is in a page whose frame somebody watches. */
function watched(): { cpu: Processor; told: Told[]; watch: MemoryWatch } {
  const cpu = longMode('interpreter');
  cpu.physical.write64(PAGE_DIRECTORY + 16, BigInt(PAGE_TABLE | 7));
  cpu.physical.write64(PAGE_TABLE, BigInt(FRAME | 7));
  cpu.physical.write64(PAGE_TABLE + 8, BigInt(OTHER | 7));
  cpu.state.setGpr(7, BigInt(PAGE + 0x10));
  cpu.state.cr4 |= 0x200n; // OSFXSR
  cpu.updateDerivedState();
  const told: Told[] = [];
  execute(cpu, 0x88, 0x07); // mov [rdi], al: the translation is known from now on
  const watch: MemoryWatch = {
    watches: (frame) => frame === FRAME,
    stored: (address, bytes) => told.push([address, bytes, cpu.state.rip]),
  };
  cpu.mmu.watched.begin(watch);
  return { cpu, told, watch };
}

const RIP = BigInt(CODE);

describe('stores to a frame that somebody watches', () => {
  it('are told, however they are made', () => {
    const { cpu, told } = watched();
    const stores: readonly (readonly [what: string, code: readonly number[], bytes: number])[] = [
      ['mov [rdi], al', [0x88, 0x07], 1],
      ['mov [rdi], rax', [0x48, 0x89, 0x07], 8],
      ['add [rdi], eax', [0x01, 0x07], 4],
      ['stosw', [0x66, 0xab], 2],
      ['movups [rdi], xmm0', [0x0f, 0x11, 0x07], 16],
      ['sidt [rdi] in two', [0x0f, 0x01, 0x0f], 10],
    ];
    for (const [what, code, bytes] of stores) {
      told.length = 0;
      cpu.state.setGpr(7, BigInt(PAGE + 0x10));
      assert.equal(execute(cpu, ...code), 'nothing', what);
      const all = told.reduce((sum, [, length]) => sum + length, 0);
      assert.equal(all, bytes, what);
      assert.ok(
        told.every(([, , rip]) => rip === RIP),
        what,
      );
      assert.equal(Math.min(...told.map(([address]) => address)), FRAME + 0x10, what);
    }
  });

  it('are told across the edge of a page, and nothing of another frame is', () => {
    const { cpu, told } = watched();
    cpu.state.setGpr(7, BigInt(PAGE + PAGE_SIZE - 2));
    execute(cpu, 0x89, 0x07); // mov [rdi], eax
    assert.deepEqual(
      told.map(([address]) => address),
      [FRAME + PAGE_SIZE - 2, FRAME + PAGE_SIZE - 1],
    );
    cpu.state.setGpr(7, BigInt(PAGE + PAGE_SIZE));
    execute(cpu, 0x89, 0x07);
    assert.equal(told.length, 2);
  });

  it('go by the translation that the processor knows, though the page table has another by now', () => {
    for (const code of [
      [0x89, 0x07], // mov [rdi], eax
      [0x09, 0x07], // or [rdi], eax
      [0x0f, 0x11, 0x07], // movups [rdi], xmm0
    ]) {
      const { cpu, told } = watched();
      cpu.physical.write64(PAGE_TABLE, BigInt(OTHER | 7));
      cpu.state.setGpr(0, 0x12345678n);
      execute(cpu, ...code);
      assert.equal(told[0]?.[0], FRAME + 0x10);
      assert.equal(cpu.physical.read32(OTHER + 0x10), 0);
    }
  });

  it('are told where the translation becomes known later, and no more when nobody watches', () => {
    const { cpu, told, watch } = watched();
    cpu.flushTlb(false);
    for (let n = 0; n < 2; n++) execute(cpu, 0x89, 0x07);
    assert.equal(told.length, 2);
    const saved = cpu.save();
    cpu.restore(saved);
    execute(cpu, 0x89, 0x07);
    assert.equal(told.length, 3);
    cpu.mmu.watched.end(watch);
    assert.deepEqual(cpu.save().tlb, saved.tlb);
    execute(cpu, 0x89, 0x07);
    assert.equal(told.length, 3);
  });

  it('tell nothing of what is read, unless somebody asks', () => {
    const { cpu, told } = watched();
    execute(cpu, 0x8b, 0x07); // mov eax, [rdi]
    assert.deepEqual(told, []);
  });

  it('drop what was decoded from the bytes', () => {
    const { cpu } = watched();
    cpu.physical.writeBytes(FRAME, Uint8Array.of(0xb0, 1, 0xb0, 1)); // mov al, 1
    const run = (): number => {
      cpu.state.rip = BigInt(PAGE);
      cpu.run(1);
      return Number(cpu.state.gpr(0) & 0xffn);
    };
    assert.equal(run(), 1);
    cpu.state.setGpr(0, 7n);
    cpu.state.setGpr(7, BigInt(PAGE + 1));
    execute(cpu, 0x88, 0x07); // mov [rdi], al
    cpu.state.setGpr(0, 0n);
    assert.equal(run(), 7);
  });
});

describe('reads of a frame that somebody watches', () => {
  function reading(): { cpu: Processor; told: Told[]; watch: MemoryWatch } {
    const { cpu } = watched();
    const told: Told[] = [];
    execute(cpu, 0x8b, 0x07); // mov eax, [rdi]: the translation is known from now on
    const watch: MemoryWatch = {
      watches: () => false,
      watchesReads: (frame) => frame === FRAME,
      stored: () => assert.fail('nobody watches stores'),
      loaded: (address, bytes) => told.push([address, bytes, cpu.state.rip]),
    };
    cpu.mmu.watched.begin(watch);
    return { cpu, told, watch };
  }

  it('are told, however they are made', () => {
    const { cpu, told } = reading();
    const reads: readonly (readonly [what: string, code: readonly number[], bytes: number])[] = [
      ['mov al, [rdi]', [0x8a, 0x07], 1],
      ['mov rax, [rdi]', [0x48, 0x8b, 0x07], 8],
      ['cmp [rdi], eax', [0x39, 0x07], 4],
      ['add [rdi], eax', [0x01, 0x07], 4],
      ['xchg [rdi], ax', [0x66, 0x87, 0x07], 2],
      ['scasw', [0x66, 0xaf], 2],
      ['movups xmm0, [rdi]', [0x0f, 0x10, 0x07], 16],
      ['paddb xmm0, [rdi]', [0x66, 0x0f, 0xfc, 0x07], 16],
      ['fild dword [rdi]', [0xdb, 0x07], 4],
      ['lidt [rdi]', [0x0f, 0x01, 0x1f], 10],
    ];
    for (const [what, code, bytes] of reads) {
      told.length = 0;
      cpu.state.setGpr(7, BigInt(PAGE + 0x10));
      assert.equal(execute(cpu, ...code), 'nothing', what);
      const all = told.reduce((sum, [, length]) => sum + length, 0);
      assert.equal(all, bytes, what);
      assert.equal(Math.min(...told.map(([address]) => address)), FRAME + 0x10, what);
    }
  });

  it('are none of stores, of other frames, and of the processor’s own', () => {
    const { cpu, told } = reading();
    execute(cpu, 0x89, 0x07); // mov [rdi], eax
    cpu.state.setGpr(7, BigInt(PAGE + PAGE_SIZE));
    execute(cpu, 0x8b, 0x07); // mov eax, [rdi]
    assert.deepEqual(told, []);
  });

  it('go by the translation that the processor knows, and leave no trace', () => {
    for (const code of [
      [0x8b, 0x07], // mov eax, [rdi]
      [0x0f, 0x10, 0x07], // movups xmm0, [rdi]
    ]) {
      const { cpu, told, watch } = reading();
      cpu.mmu.watched.end(watch);
      const saved = cpu.save();
      cpu.mmu.watched.begin(watch);
      assert.deepEqual(cpu.save().tlb, saved.tlb);
      cpu.restore(saved);
      cpu.physical.write64(PAGE_TABLE, BigInt(OTHER | 1));
      execute(cpu, ...code);
      assert.equal(told[0]?.[0], FRAME + 0x10);
      assert.equal(cpu.physical.read64(PAGE_TABLE), BigInt(OTHER | 1));
      cpu.mmu.watched.end(watch);
      told.length = 0;
      execute(cpu, ...code);
      assert.deepEqual(told, []);
    }
  });
});
