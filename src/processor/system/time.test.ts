import assert from 'node:assert/strict';
import { Msr } from '../../isa/registers/msr';
import { execute, longMode, protectedMode, realMode, setRing } from '../modes.testing';

/** RDTSC, RDTSCP, RDPMC (SDM 2B). */

const RDTSC = [0x0f, 0x31];
const RDTSCP = [0x0f, 0x01, 0xf9];
const RDPMC = [0x0f, 0x33];
const TSD = 4n;

describe('the time-stamp counter', () => {
  it('counts retired instructions from what was written to it, and clears bits 63:32', () => {
    const cpu = longMode();
    cpu.state.setMsr(Msr.TSC, 0x1_ffff_ffffn);
    cpu.state.setGpr(0, -1n & 0xffff_ffff_ffff_ffffn);
    execute(cpu, 0x90);
    assert.equal(execute(cpu, ...RDTSC), 'nothing');
    assert.deepEqual([cpu.state.gpr(2), cpu.state.gpr(0)], [2n, 1n]); // NOP, and itself
  });

  it('comes with IA32_TSC_AUX by RDTSCP', () => {
    const cpu = longMode();
    cpu.state.setMsr(Msr.TSC_AUX, 0x77n);
    execute(cpu, ...RDTSCP);
    assert.equal(cpu.state.gpr(1), 0x77n);
  });

  it('has its IA32_TSC_AUX read by RDPID, too, in any ring', () => {
    const cpu = longMode();
    setRing(cpu, 3);
    cpu.state.setMsr(Msr.TSC_AUX, 0x1_0000_0077n);
    cpu.state.setGpr(0, -1n & 0xffff_ffff_ffff_ffffn);
    assert.equal(execute(cpu, 0xf3, 0x0f, 0xc7, 0xf8), 'nothing');
    assert.equal(cpu.state.gpr(0), 0x77n);
  });

  it('is ring 0’s alone with CR4.TSD, except in real mode', () => {
    for (const [mode, ring, expected] of [
      [protectedMode, 3, '#GP(0)'],
      [protectedMode, 0, 'nothing'],
      [realMode, undefined, 'nothing'],
    ] as const) {
      const cpu = mode();
      if (ring !== undefined) setRing(cpu, ring);
      cpu.state.cr4 |= TSD;
      if (ring !== undefined) assert.equal(execute(cpu, ...RDTSC), expected);
    }
  });
});

it('RDPMC is #GP(0): no counter is there', () => {
  assert.equal(execute(longMode(), ...RDPMC), '#GP(0)');
});
