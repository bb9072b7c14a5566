import assert from 'node:assert/strict';
import { Msr } from '../../isa/registers/msr';
import { cpuid } from './cpuid';
import { CODE, execute, longMode, protectedMode, setRing } from '../modes.testing';
import { endWait } from './monitor-wait';
import type { Processor } from '../processor';

/** MONITOR and MWAIT (SDM 2B; 3A 9.10.4). */

const MONITOR = [0x0f, 0x01, 0xc8];
const MWAIT = [0x0f, 0x01, 0xc9];
const LINE = 0x9000;

/** MONITOR has been executed at RAX; interrupts are on. */
function armed(address = LINE): Processor {
  const cpu = longMode();
  cpu.state.systemFlags |= 0x200n;
  cpu.state.setGpr(0, BigInt(address));
  assert.equal(execute(cpu, ...MONITOR), 'nothing');
  return cpu;
}

describe('MONITOR and MWAIT', () => {
  it('wait as HLT does, with RIP behind the instruction', () => {
    const cpu = armed();
    assert.equal(execute(cpu, ...MWAIT), 'halt');
    assert.equal(cpu.state.activity, 'mwait');
    assert.equal(cpu.state.rip, BigInt(CODE + 3));
  });

  it('do not wait after a store to the line', () => {
    const cpu = armed();
    cpu.physical.write8(LINE + 63, 1);
    assert.equal(execute(cpu, ...MWAIT), 'nothing');
    const beyond = armed();
    beyond.physical.write8(LINE + 64, 1);
    assert.equal(execute(beyond, ...MWAIT), 'halt');
  });

  it('do not wait where nothing is watched, after an event, or with interrupts off', () => {
    assert.equal(execute(longMode(), ...MWAIT), 'nothing');
    const interrupted = armed();
    interrupted.state.idtr = { base: 0x2000n, limit: 0xfff };
    interrupted.physical.write64(0x2000 + 16 * 0x40, 0x00008e0000288000n);
    interrupted.deliver({ kind: 'external-interrupt', vector: 0x40, returnRip: BigInt(CODE) });
    interrupted.state.systemFlags |= 0x200n;
    assert.equal(execute(interrupted, ...MWAIT), 'nothing');
    const off = armed();
    off.state.systemFlags &= ~0x200n;
    assert.equal(execute(off, ...MWAIT), 'nothing');
  });

  it('wait once for each MONITOR', () => {
    const cpu = armed();
    execute(cpu, ...MWAIT);
    endWait(cpu.state);
    assert.equal(execute(cpu, ...MWAIT), 'nothing');
  });

  it('wait until another processor stores to the line', () => {
    const cpu = armed();
    assert.equal(execute(cpu, ...MWAIT), 'halt');
    assert.equal(cpu.isAwake, false);
    const { address = 0 } = cpu.state.monitored ?? {};
    cpu.physical.write8(address + 63, 1);
    assert.equal(cpu.isAwake, true);
    cpu.run(0);
    assert.equal(cpu.state.activity, 'active');
  });

  it('MONITOR faults as a load of a byte does', () => {
    const cpu = longMode();
    cpu.state.setGpr(0, 0x200000n);
    assert.equal(execute(cpu, ...MONITOR), '#PF(0)');
    const narrow = protectedMode();
    narrow.state.setSegment(3, { ...narrow.state.segment(3), limit: 0xfff });
    narrow.updateDerivedState();
    narrow.state.setGpr(0, 0x1000n);
    assert.equal(execute(narrow, ...MONITOR), '#GP(0)');
    assert.equal(execute(narrow, 0x2e, ...MONITOR), 'nothing'); // CS:EAX
    narrow.state.setGpr(0, 0x10ffen);
    assert.equal(execute(narrow, 0x67, ...MONITOR), 'nothing'); // DS:AX
  });

  it('exist in ring 0, without extensions, while IA32_MISC_ENABLE has them', () => {
    for (const code of [MONITOR, MWAIT]) {
      const user = longMode();
      setRing(user, 3);
      assert.equal(execute(user, ...code), '#UD');
      const extended = longMode();
      extended.state.setGpr(1, 1n);
      assert.equal(execute(extended, ...code), '#GP(0)');
      const without = longMode();
      without.state.setMsr(Msr.MISC_ENABLE, 1n);
      assert.equal(execute(without, ...code), '#UD');
      assert.equal(cpuid(without.state, 1, 0).ecx & 8, 0);
    }
  });

  it('are told of by CPUID.05H', () => {
    const { state } = longMode();
    assert.equal(cpuid(state, 1, 0).ecx & 8, 8);
    assert.deepEqual(cpuid(state, 5, 0), { eax: 64, ebx: 64, ecx: 0, edx: 0 });
  });
});
