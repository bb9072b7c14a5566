import assert from 'node:assert/strict';
import { WideCr4 } from '../../isa/registers/control';
import { execute, longMode } from '../modes.testing';
import type { Processor } from '../processor';
import { Units, vectorSlot, x87Slot } from '../state/layout';

/** FXSAVE, FXRSTOR, LDMXCSR and STMXCSR (SDM 2A, 2B); XGETBV and XSETBV (SDM 2D). */

const AREA = 0x9000;
const FXSAVE64 = [0x48, 0x0f, 0xae, 0x03];
const FXRSTOR64 = [0x48, 0x0f, 0xae, 0x0b];
const LDMXCSR = [0x0f, 0xae, 0x13];
const STMXCSR = [0x0f, 0xae, 0x1b];
const VLDMXCSR = [0xc5, 0xf8, 0xae, 0x13];
const XGETBV = [0x0f, 0x01, 0xd0];
const XSETBV = [0x0f, 0x01, 0xd1];

function ready(cr4 = WideCr4.OSFXSR): Processor {
  const cpu = longMode();
  cpu.state.cr4 |= cr4;
  cpu.state.setGpr(3, BigInt(AREA));
  return cpu;
}

describe('FXSAVE and FXRSTOR', () => {
  it('give back the x87 and XMM registers', () => {
    const cpu = ready();
    const { state } = cpu;
    for (let n = 0; n < 16; n++) state.setSlot(vectorSlot(n), BigInt(n + 1));
    state.setSlot(Units.X87_STATUS, 0x1800n);
    state.setSlot(x87Slot(3), 0x8000000000000000n);
    state.setSlot(Units.MXCSR, 0x9fc0n);
    const before = state.units.slice();
    assert.equal(execute(cpu, ...FXSAVE64), 'nothing');
    assert.equal(cpu.physical.read64(AREA + 32), 0x8000000000000000n);
    assert.equal(cpu.physical.read64(AREA + 160 + 15 * 16), 16n);
    state.units.fill(0, 0, Units.PKRU - Units.VECTOR);
    assert.equal(execute(cpu, ...FXRSTOR64), 'nothing');
    assert.deepEqual(state.units, before);
  });

  it('leave the upper halves of vector registers alone', () => {
    const cpu = ready();
    cpu.state.setSlot(vectorSlot(1) + 16, 7n);
    execute(cpu, ...FXRSTOR64);
    assert.equal(cpu.state.slot(vectorSlot(1) + 16), 7n);
  });

  it('leave XMM registers and MXCSR out while CR4.OSFXSR is 0', () => {
    const cpu = ready(0n);
    cpu.physical.write64(AREA + 24, 0xffffffffn);
    cpu.physical.write64(AREA + 160, 5n);
    execute(cpu, ...FXSAVE64);
    assert.equal(cpu.physical.read64(AREA + 160), 5n);
    assert.equal(execute(cpu, ...FXRSTOR64), 'nothing');
    assert.equal(cpu.state.slot(vectorSlot(0)), 0n);
  });

  it('need 16-byte alignment, CR0.EM = 0, CR0.TS = 0, and a valid MXCSR', () => {
    const misaligned = ready();
    misaligned.state.setGpr(3, BigInt(AREA + 8));
    assert.equal(execute(misaligned, ...FXSAVE64), '#GP(0)');
    for (const bit of [4n, 8n]) {
      const without = ready();
      without.state.cr0 |= bit;
      assert.equal(execute(without, ...FXRSTOR64), '#NM');
    }
    const reserved = ready();
    reserved.physical.write32(AREA + 24, 0x10000);
    assert.equal(execute(reserved, ...FXRSTOR64), '#GP(0)');
  });
});

describe('LDMXCSR and STMXCSR', () => {
  it('load and store MXCSR', () => {
    const cpu = ready();
    cpu.physical.write32(AREA, 0x5f80);
    execute(cpu, ...LDMXCSR);
    assert.equal(cpu.state.slot(Units.MXCSR), 0x5f80n);
    cpu.state.setGpr(3, BigInt(AREA + 8));
    execute(cpu, ...STMXCSR);
    assert.equal(cpu.physical.read32(AREA + 8), 0x5f80);
  });

  it('refuse reserved bits', () => {
    const cpu = ready();
    cpu.physical.write32(AREA, 0x10000);
    assert.equal(execute(cpu, ...LDMXCSR), '#GP(0)');
  });

  it('need CR4.OSFXSR, CR0.EM = 0, CR0.TS = 0', () => {
    assert.equal(execute(ready(0n), ...STMXCSR), '#UD');
    const emulated = ready();
    emulated.state.cr0 |= 4n;
    assert.equal(execute(emulated, ...STMXCSR), '#UD');
    const switched = ready();
    switched.state.cr0 |= 8n;
    assert.equal(execute(switched, ...STMXCSR), '#NM');
  });

  it('need CR4.OSXSAVE and AVX in XCR0 with a VEX prefix', () => {
    assert.equal(execute(ready(), ...VLDMXCSR), '#UD');
    const cpu = ready(WideCr4.OSXSAVE);
    assert.equal(execute(cpu, ...VLDMXCSR), '#UD');
    cpu.state.setSlot(Units.XCR0, 7n);
    cpu.physical.write32(AREA, 0x1f81);
    assert.equal(execute(cpu, ...VLDMXCSR), 'nothing');
    assert.equal(cpu.state.slot(Units.MXCSR), 0x1f81n);
  });
});

describe('XGETBV and XSETBV', () => {
  const setXcr0 = (value: bigint, number = 0n, ring0 = true): string => {
    const cpu = ready(WideCr4.OSXSAVE);
    cpu.state.setGpr(0, value & 0xffffffffn);
    cpu.state.setGpr(2, value >> 32n);
    cpu.state.setGpr(1, number);
    if (!ring0) cpu.state.setSegment(2, { ...cpu.state.segment(2), accessRights: 0xc0f3 });
    return execute(cpu, ...XSETBV);
  };

  it('take what the profile has, and never without x87 or AVX without SSE', () => {
    assert.equal(setXcr0(1n), 'nothing');
    assert.equal(setXcr0(0n), '#GP(0)');
    assert.equal(setXcr0(5n), '#GP(0)');
    assert.equal(setXcr0(1n | (1n << 32n)), '#GP(0)');
    assert.equal(setXcr0(1n, 1n), '#GP(0)');
    assert.equal(setXcr0(1n, 0n, false), '#GP(0)');
  });

  it('XGETBV reads XCR0, and with ECX = 1 what is in use', () => {
    const cpu = ready(WideCr4.OSXSAVE);
    const { state } = cpu;
    state.setSlot(Units.XCR0, 7n);
    state.setSlot(Units.X87_CONTROL, 0x37fn);
    state.setSlot(Units.X87_TAGS, 0n);
    state.setGpr(1, 0n);
    execute(cpu, ...XGETBV);
    assert.deepEqual([state.gpr(0), state.gpr(2)], [7n, 0n]);
    state.setGpr(1, 1n);
    execute(cpu, ...XGETBV);
    assert.equal(state.gpr(0), 0n);
    state.setSlot(Units.MXCSR, 0x1fa0n); // it counts for SSE here (as a real processor has it)
    execute(cpu, ...XGETBV);
    assert.equal(state.gpr(0), 2n);
    state.setGpr(1, 2n);
    assert.equal(execute(cpu, ...XGETBV), '#GP(0)');
  });

  it('need CR4.OSXSAVE', () => {
    assert.equal(execute(ready(0n), ...XGETBV), '#UD');
    assert.equal(execute(ready(0n), ...XSETBV), '#UD');
  });
});
