import assert from 'node:assert/strict';
import { execute, longMode, PAGE_TABLES, setRing } from '../modes.testing';
import type { Processor } from '../processor';

const PTE = PAGE_TABLES + 0x3000;

/** A processor that has read 1 at RSI, whose page has been moved to where 2 stands; and how it reads there. */
function withStaleTranslation(flags = 7n): { cpu: Processor; read: () => bigint } {
  const cpu = longMode('interpreter');
  const { physical, state } = cpu;
  physical.write64(PAGE_TABLES + 0x2008, 0x13007n); // 0x200000: 4-KByte pages by a table at 0x13000
  physical.write64(PTE, 0x50000n | flags);
  physical.write32(0x50000, 1);
  physical.write32(0x51000, 2);
  state.cr4 |= 0x80n; // PGE
  state.setGpr(6, 0x200000n);
  const read = (): bigint => {
    assert.equal(execute(cpu, 0x8b, 0x06), 'nothing'); // mov eax, [rsi]
    return state.gpr(0);
  };
  assert.equal(read(), 1n);
  physical.write64(PTE, 0x51000n | flags);
  assert.equal(read(), 1n);
  return { cpu, read };
}

it('INVLPG ends a stale translation of its page, in ring 0 (SDM 2A INVLPG)', () => {
  const { cpu, read } = withStaleTranslation();
  setRing(cpu, 3);
  assert.equal(execute(cpu, 0x0f, 0x01, 0x3e), '#GP(0)'); // invlpg [rsi]
  setRing(cpu, 0);
  assert.equal(execute(cpu, 0x0f, 0x01, 0x3e), 'nothing');
  assert.equal(read(), 2n);
});

describe('INVPCID (SDM 2A INVPCID)', () => {
  const INVPCID = [0x66, 0x0f, 0x38, 0x82, 0x03]; // invpcid rax, [rbx]
  const DESCRIPTOR = 0x9000;

  function invpcid(cpu: Processor, type: bigint, pcid = 0n, linear = 0n): string {
    cpu.physical.write64(DESCRIPTOR, pcid);
    cpu.physical.write64(DESCRIPTOR + 8, linear);
    cpu.state.setGpr(0, type);
    cpu.state.setGpr(3, BigInt(DESCRIPTOR));
    return execute(cpu, ...INVPCID);
  }

  for (const [type, linear] of [
    [0n, 0x200000n],
    [1n, 0n],
    [2n, 0n],
    [3n, 0n],
  ] as const) {
    it(`of type ${String(type)} ends a stale translation`, () => {
      const { cpu, read } = withStaleTranslation();
      assert.equal(invpcid(cpu, type, 0n, linear), 'nothing');
      assert.equal(read(), 2n);
    });
  }

  it('of types 1 and 3 leaves global translations, of type 2 not', () => {
    const { cpu, read } = withStaleTranslation(0x107n);
    invpcid(cpu, 1n);
    invpcid(cpu, 3n);
    assert.equal(read(), 1n);
    invpcid(cpu, 2n);
    assert.equal(read(), 2n);
  });

  it('of type 0 is about one page', () => {
    const { cpu, read } = withStaleTranslation();
    invpcid(cpu, 0n, 0n, 0x201000n);
    assert.equal(read(), 1n);
  });

  it('raises #GP(0) for what the manual lists', () => {
    const { cpu } = withStaleTranslation();
    assert.equal(invpcid(cpu, 4n), '#GP(0)');
    assert.equal(invpcid(cpu, 2n, 0x1000n), '#GP(0)');
    assert.equal(invpcid(cpu, 0n, 1n), '#GP(0)');
    assert.equal(invpcid(cpu, 1n, 1n), '#GP(0)');
    assert.equal(invpcid(cpu, 2n, 1n), 'nothing');
    assert.equal(invpcid(cpu, 0n, 0n, 1n << 47n), '#GP(0)');
    assert.equal(invpcid(cpu, 3n, 0n, 1n << 47n), 'nothing');
    cpu.state.cr4 |= 1n << 17n; // PCIDE
    assert.equal(invpcid(cpu, 1n, 1n), 'nothing');
    setRing(cpu, 3);
    assert.equal(invpcid(cpu, 2n), '#GP(0)');
  });
});
