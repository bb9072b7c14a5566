import assert from 'node:assert/strict';
import { WideCr0, WideCr4 } from '../../isa/registers/control';
import { cpuid } from './cpuid';
import { execute, longMode, PAGE_TABLES, protectedMode, setRing } from '../modes.testing';
import type { Processor } from '../processor';

/** RDPKRU and WRPKRU (SDM 2B, 2D), and protection keys with the TLB of the interpreter (SDM 3A 4.6.2). */

const RDPKRU = [0x0f, 0x01, 0xee];
const WRPKRU = [0x0f, 0x01, 0xef];
const LOAD = [0x8b, 0x06]; // mov eax, [rsi]
const STORE = [0x89, 0x06];
const PTE = PAGE_TABLES + 0x3000;

/** With CR4.PKE; ECX and EDX are 0. */
function ready(): Processor {
  const cpu = longMode('interpreter');
  const { physical, state } = cpu;
  physical.write64(PAGE_TABLES + 0x2008, 0x13007n);
  state.cr4 |= WideCr4.PKE;
  state.setGpr(2, 0n);
  state.setGpr(6, 0x200000n);
  return cpu;
}

function setPkru(cpu: Processor, value: bigint): void {
  cpu.state.setGpr(0, value);
  assert.equal(execute(cpu, ...WRPKRU), 'nothing');
}

describe('RDPKRU and WRPKRU', () => {
  it('read and write PKRU in any ring', () => {
    const cpu = ready();
    setRing(cpu, 3);
    setPkru(cpu, 0x1_5555_5550n);
    cpu.state.setGpr(0, 7n);
    execute(cpu, ...RDPKRU);
    assert.deepEqual([cpu.state.gpr(0), cpu.state.gpr(2)], [0x55555550n, 0n]);
  });

  it('need CR4.PKE, ECX = 0, and EDX = 0 for a write', () => {
    assert.equal(execute(longMode(), ...RDPKRU), '#UD');
    assert.equal(execute(protectedMode(), ...WRPKRU), '#UD');
    for (const [register, read] of [
      [1, '#GP(0)'],
      [2, 'nothing'],
    ] as const) {
      const cpu = ready();
      cpu.state.setGpr(register, 1n);
      assert.equal(execute(cpu, ...RDPKRU), read);
      cpu.state.setGpr(register, 1n);
      assert.equal(execute(cpu, ...WRPKRU), '#GP(0)');
    }
  });

  it('CPUID tells of CR4.PKE as OSPKE', () => {
    const { state } = longMode();
    assert.equal(cpuid(state, 7, 0).ecx & 0x18, 8);
    state.cr4 |= WideCr4.PKE;
    assert.equal(cpuid(state, 7, 0).ecx & 0x18, 0x18);
  });
});

describe('protection keys and the TLB', () => {
  it('obey PKRU at once, in both directions, where the page is known', () => {
    const cpu = ready();
    setRing(cpu, 3);
    cpu.physical.write64(PTE, (5n << 59n) | 0x50067n);
    for (const [pkru, load, store] of [
      [0n, 'nothing', 'nothing'],
      [2n << 10n, 'nothing', '#PF(27)'],
      [1n << 10n, '#PF(25)', '#PF(27)'],
      [0xfffff3ffn & ~3n, 'nothing', 'nothing'],
      [3n << 10n, '#PF(25)', '#PF(27)'],
      [0n, 'nothing', 'nothing'],
    ] as const) {
      setPkru(cpu, pkru);
      assert.equal(execute(cpu, ...LOAD), load);
      assert.equal(execute(cpu, ...STORE), store);
      assert.equal(execute(cpu, ...LOAD), load);
    }
  });

  it('bind the supervisor too, by WD with CR0.WP only', () => {
    const cpu = ready();
    cpu.physical.write64(PTE, (5n << 59n) | 0x50067n);
    setPkru(cpu, 2n << 10n);
    assert.equal(execute(cpu, ...LOAD), 'nothing');
    assert.equal(execute(cpu, ...STORE), 'nothing');
    cpu.state.setGpr(0, cpu.state.cr0 | WideCr0.WP);
    execute(cpu, 0x0f, 0x22, 0xc0); // mov cr0, rax
    assert.equal(execute(cpu, ...LOAD), 'nothing');
    assert.equal(execute(cpu, ...STORE), '#PF(23)');
    setPkru(cpu, 1n << 10n);
    assert.equal(execute(cpu, ...LOAD), '#PF(21)');
  });

  it('mean nothing for pages of the supervisor', () => {
    const cpu = ready();
    cpu.physical.write64(PTE, (5n << 59n) | 0x50063n);
    setPkru(cpu, 0xffffffffn & ~3n);
    assert.equal(execute(cpu, ...STORE), 'nothing');
  });

  it('leave stale translations of other keys as they are', () => {
    const cpu = ready();
    const { physical, state } = cpu;
    physical.write64(PTE, (5n << 59n) | 0x50067n);
    physical.write32(0x50000, 1);
    physical.write32(0x51000, 2);
    execute(cpu, ...LOAD);
    physical.write64(PTE, (5n << 59n) | 0x51067n);
    setPkru(cpu, 3n << 8n);
    execute(cpu, ...LOAD);
    assert.equal(state.gpr(0), 1n);
    setPkru(cpu, 2n << 10n);
    execute(cpu, ...LOAD);
    assert.equal(state.gpr(0), 2n);
  });
});
