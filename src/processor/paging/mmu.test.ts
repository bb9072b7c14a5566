import assert from 'node:assert/strict';
import { Fault } from '../faults';
import { DS, SS, segmentSlot } from '../state/layout';
import { longMode, PAGE_TABLES, protectedMode, raised, setRing } from '../modes.testing';
import type { Processor } from '../processor';
import { isCanonical } from './mmu';

const [DATA, STACK] = [segmentSlot(DS), segmentSlot(SS)];
const PAGE_DIRECTORY = PAGE_TABLES + 0x2000;
const PAGE_TABLE = PAGE_TABLES + 0x3000;
const NON_CANONICAL = 0x0000800000000000n;

/** Two pages at 0x400000: the first at 0x21000, the second at 0x25000 with the given flags. */
function twoPages(flags: bigint): Processor {
  const cpu = longMode();
  cpu.physical.write64(PAGE_DIRECTORY + 16, BigInt(PAGE_TABLE | 7));
  cpu.physical.write64(PAGE_TABLE, 0x21007n);
  cpu.physical.write64(PAGE_TABLE + 8, 0x25000n | flags);
  return cpu;
}

describe('canonical addresses (SDM 1 3.3.7.1)', () => {
  const cases = [
    // linear, with 48 bits, with 57 bits
    [0x00007fffffffffffn, true, true],
    [0x0000800000000000n, false, true],
    [0xffff7fffffffffffn, false, true],
    [0xffff800000000000n, true, true],
    [0x00ffffffffffffffn, false, true],
    [0x0100000000000000n, false, false],
  ] as const;
  for (const [linear, with48, with57] of cases) {
    it(`0x${linear.toString(16)}`, () => {
      assert.equal(isCanonical(linear, { cr4: 0n }), with48);
      assert.equal(isCanonical(linear, { cr4: 0x1000n }), with57);
    });
  }
});

describe('the memory management unit', () => {
  it('raises #GP(0), or #SS(0) for the stack, where an address is not canonical', () => {
    const { mmu } = longMode();
    assert.equal(
      raised(() => mmu.load(NON_CANONICAL, 1, DATA)),
      '#GP(0)',
    );
    assert.equal(
      raised(() => {
        mmu.store(NON_CANONICAL, 1, STACK, 0n);
      }),
      '#SS(0)',
    );
    assert.equal(
      raised(() => mmu.loadForUpdate(NON_CANONICAL - 1n, 2, DATA)),
      '#GP(0)',
    );
  });

  it('tells where and how it faulted', () => {
    const cpu = twoPages(0n);
    setRing(cpu, 3);
    assert.throws(
      () => {
        cpu.mmu.store(0x401234n, 4, DATA, 0n);
      },
      (fault) => fault instanceof Fault && fault.errorCode === 6 && fault.address === 0x401234n,
    );
  });

  it('crosses a page boundary, lowest byte first', () => {
    const cpu = twoPages(7n);
    cpu.mmu.store(0x400ffdn, 8, DATA, 0x8877665544332211n);
    assert.deepEqual([...cpu.physical.readBytes(0x21ffd, 3)], [0x11, 0x22, 0x33]);
    assert.deepEqual([...cpu.physical.readBytes(0x25000, 5)], [0x44, 0x55, 0x66, 0x77, 0x88]);
    assert.equal(cpu.mmu.load(0x400ffdn, 8, DATA), 0x8877665544332211n);
  });

  it('changes nothing when the second page faults, whose address it tells', () => {
    const cpu = twoPages(0n);
    assert.throws(
      () => {
        cpu.mmu.store(0x400fffn, 2, DATA, 0xffffn);
      },
      (fault) => fault instanceof Fault && fault.address === 0x401000n,
    );
    assert.equal(cpu.physical.read8(0x21fff), 0);
  });

  it('wraps at 4 GBytes outside 64-bit mode', () => {
    const cpu = protectedMode();
    cpu.physical.write8(0, 0xab);
    assert.equal(cpu.mmu.load(0xffffffffn, 2, DATA) >> 8n, 0xabn);
  });

  it('faults as a write when it reads what will be written back', () => {
    const cpu = twoPages(5n);
    setRing(cpu, 3);
    assert.equal(
      raised(() => cpu.mmu.load(0x401000n, 4, DATA)),
      'nothing',
    );
    assert.equal(
      raised(() => cpu.mmu.loadForUpdate(0x401000n, 4, DATA)),
      '#PF(7)',
    );
  });

  it('reads system structures as a supervisor whatever the CPL (SDM 3A 4.6)', () => {
    const cpu = twoPages(3n);
    setRing(cpu, 3);
    assert.equal(
      raised(() => cpu.mmu.load(0x401000n, 8, DATA)),
      '#PF(5)',
    );
    assert.equal(
      raised(() => cpu.mmu.loadSystem(0x401000n, 8)),
      'nothing',
    );
    cpu.state.cr4 |= 1n << 21n;
    assert.equal(
      raised(() => cpu.mmu.loadSystem(0x400000n, 8)),
      '#PF(1)',
    );
  });

  it('checks alignment in ring 3 with CR0.AM and RFLAGS.AC, after the page (SDM 3A 6.15, #AC)', () => {
    const cpu = twoPages(0n);
    cpu.state.cr0 |= 1n << 18n;
    cpu.state.rflags |= 1n << 18n;
    assert.equal(
      raised(() => cpu.mmu.load(0x400001n, 4, DATA)),
      'nothing',
    );
    setRing(cpu, 3);
    assert.equal(
      raised(() => cpu.mmu.load(0x400001n, 4, DATA)),
      '#AC(0)',
    );
    assert.equal(
      raised(() => cpu.mmu.load(0x400004n, 8, DATA)),
      '#AC(0)',
    );
    assert.equal(
      raised(() => cpu.mmu.load(0x400004n, 4, DATA)),
      'nothing',
    );
    assert.equal(
      raised(() => cpu.mmu.load(0x401001n, 4, DATA)),
      '#PF(4)',
    );
  });

  it('looks for a debugger without a trace', () => {
    const { mmu, physical } = twoPages(0n);
    assert.equal(mmu.probe(0x400123n).host, 0x21123);
    assert.equal(mmu.probe(0x401123n).result.fault?.cause, 'not present');
    assert.equal(physical.read64(PAGE_TABLE), 0x21007n);
  });
});
