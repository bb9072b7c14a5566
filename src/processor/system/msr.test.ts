import assert from 'node:assert/strict';
import { FS } from '../state/layout';
import { execute, longMode, protectedMode, raised, setRing } from '../modes.testing';
import type { Processor } from '../processor';
import { cpuid } from './cpuid';
import { readMsr, writeMsr } from './msr';

/** RDMSR and WRMSR (SDM 2B RDMSR, 2D WRMSR; the registers: SDM 4). */

const [FEATURE_CONTROL, EFER, FS_BASE, PAT] = [0x3a, 0xc0000080, 0xc0000100, 0x277];

describe('WRMSR', () => {
  type Case = readonly [string, () => Processor, number, bigint, bigint | string];
  const cases: readonly Case[] = [
    // what, processor, MSR, value, what it then holds or the exception
    ['no such MSR', longMode, 0x12345, 0n, '#GP(0)'],
    ['IA32_VMX_BASIC, read-only', longMode, 0x480, 0n, '#GP(0)'],
    ['IA32_SYSENTER_EIP', longMode, 0x176, 0xffff800000000000n, 0xffff800000000000n],
    ['IA32_SYSENTER_EIP, not canonical', longMode, 0x176, 0x800000000000n, '#GP(0)'],
    ['IA32_FS_BASE', longMode, FS_BASE, 0xffff800000001000n, 0xffff800000001000n],
    ['IA32_FS_BASE, not canonical', longMode, FS_BASE, 0x8000000000000000n, '#GP(0)'],
    ['IA32_PAT', longMode, PAT, 0x0007040600070405n, 0x0007040600070405n],
    ['IA32_PAT, reserved type 2', longMode, PAT, 0x0007040600070402n, '#GP(0)'],
    ['IA32_PAT, reserved type 8', longMode, PAT, 0x0807040600070406n, '#GP(0)'],
    ['IA32_EFER: LMA cannot be cleared', longMode, EFER, 0x901n, 0xd01n],
    ['IA32_EFER: LMA cannot be set', protectedMode, EFER, 0x500n, 0x100n],
    ['IA32_EFER: LME with paging', longMode, EFER, 0xc01n, '#GP(0)'],
    ['IA32_EFER: reserved', longMode, EFER, 0x1d01n, '#GP(0)'],
    ['IA32_APIC_BASE: disable', longMode, 0x1b, 0xfee00100n, 0xfee00100n],
    ['IA32_APIC_BASE: x2APIC mode', longMode, 0x1b, 0xfee00d00n, 0xfee00d00n],
    ['IA32_APIC_BASE: EXTD without EN', longMode, 0x1b, 0xfee00500n, '#GP(0)'],
    ['IA32_APIC_BASE: another page', longMode, 0x1b, 0x7f_1234_5900n, 0x7f_1234_5900n],
    ['IA32_APIC_BASE: reserved bit 9', longMode, 0x1b, 0xfee00b00n, '#GP(0)'],
    ['IA32_APIC_BASE beyond MAXPHYADDR', longMode, 0x1b, 0x100_0000_0900n, '#GP(0)'],
    ['IA32_FEATURE_CONTROL', longMode, FEATURE_CONTROL, 5n, 5n],
    ['IA32_FEATURE_CONTROL: VMX in SMX, without SMX', longMode, FEATURE_CONTROL, 3n, '#GP(0)'],
    ['IA32_FEATURE_CONTROL: SENTER, without SMX', longMode, FEATURE_CONTROL, 0x8001n, '#GP(0)'],
    ['IA32_FEATURE_CONTROL: SGX, without SGX', longMode, FEATURE_CONTROL, 0x40001n, '#GP(0)'],
    ['IA32_FEATURE_CONTROL: reserved bit 3', longMode, FEATURE_CONTROL, 9n, '#GP(0)'],
    ['IA32_DEBUGCTL: LBR and BTF', longMode, 0x1d9, 3n, 3n],
    ['IA32_DEBUGCTL: BTS, without a debug store', longMode, 0x1d9, 0x80n, '#GP(0)'],
    ['IA32_DEBUGCTL: RTM, without RTM', longMode, 0x1d9, 0x8000n, '#GP(0)'],
    ['IA32_DEBUGCTL: reserved bit 3', longMode, 0x1d9, 8n, '#GP(0)'],
    ['IA32_MISC_ENABLE: what is read-only stays', longMode, 0x1a0, 0x40001n, 0x41801n],
    ['IA32_MISC_ENABLE: it cannot be set either', longMode, 0x1a0, 0x41881n, 0x41801n],
    ['IA32_MISC_ENABLE: thermal control and SpeedStep', longMode, 0x1a0, 0x51809n, 0x51809n],
    ['IA32_MISC_ENABLE: xTPR messages', longMode, 0x1a0, 0x841801n, '#GP(0)'],
    ['IA32_MISC_ENABLE: reserved bit 1', longMode, 0x1a0, 0x41803n, '#GP(0)'],
    ['IA32_MTRR_DEF_TYPE', longMode, 0x2ff, 0xc06n, 0xc06n],
    ['IA32_MTRR_DEF_TYPE, reserved type', longMode, 0x2ff, 0xc02n, '#GP(0)'],
    ['IA32_MTRR_PHYSBASE0 beyond MAXPHYADDR', longMode, 0x200, 0x10000000006n, '#GP(0)'],
  ];
  for (const [what, processor, number, value, expected] of cases) {
    it(`${what}: ${typeof expected === 'string' ? expected : 'allowed'}`, () => {
      const cpu = processor();
      const exception = raised(() => {
        writeMsr(cpu, number, value);
      });
      assert.equal(exception, typeof expected === 'string' ? expected : 'nothing');
      if (typeof expected === 'bigint') assert.equal(readMsr(cpu, number), expected);
    });
  }

  it('IA32_FEATURE_CONTROL, locked: #GP(0) (SDM 3C 24.7)', () => {
    const cpu = longMode();
    writeMsr(cpu, FEATURE_CONTROL, 1n);
    assert.equal(
      raised(() => {
        writeMsr(cpu, FEATURE_CONTROL, 5n);
      }),
      '#GP(0)',
    );
  });

  it('IA32_MISC_ENABLE takes the execute-disable bit away', () => {
    const cpu = protectedMode();
    const shown = (): boolean => ((cpuid(cpu.state, 0x80000001, 0).edx >>> 20) & 1) === 1;
    assert.ok(shown());
    writeMsr(cpu, 0x1a0, readMsr(cpu, 0x1a0) | (1n << 34n));
    assert.ok(!shown());
    assert.equal(
      raised(() => {
        writeMsr(cpu, EFER, 0x800n);
      }),
      '#GP(0)',
    );
    writeMsr(cpu, 0x1a0, readMsr(cpu, 0x1a0) & ~(1n << 34n));
    writeMsr(cpu, EFER, 0x800n);
    assert.ok(shown());
  });

  it('IA32_MISC_ENABLE limits what CPUID tells', () => {
    const cpu = longMode();
    writeMsr(cpu, 0x1a0, readMsr(cpu, 0x1a0) | (1n << 22n));
    assert.equal(cpuid(cpu.state, 0, 0).eax, 2);
  });

  it('IA32_FS_BASE is the base of FS', () => {
    const cpu = longMode();
    writeMsr(cpu, FS_BASE, 0x1234n);
    assert.equal(cpu.state.segment(FS).base, 0x1234n);
  });

  it('IA32_TIME_STAMP_COUNTER goes on counting from there', () => {
    const cpu = longMode();
    cpu.rest(100);
    writeMsr(cpu, 0x10, 5000n);
    assert.equal(readMsr(cpu, 0x10), 5000n);
    cpu.rest(7);
    assert.equal(readMsr(cpu, 0x10), 5007n);
  });

  it('IA32_TSC_ADJUST and the counter change by the same (SDM 3B 18.17.3)', () => {
    const cpu = longMode();
    cpu.rest(100);
    writeMsr(cpu, 0x10, 5000n);
    assert.equal(readMsr(cpu, 0x3b), 4900n);
    writeMsr(cpu, 0x3b, BigInt.asUintN(64, -60n));
    assert.equal(readMsr(cpu, 0x10), 40n);
    assert.equal(readMsr(cpu, 0x3b), BigInt.asUintN(64, -60n));
  });
});

describe('the instructions RDMSR and WRMSR', () => {
  it('take the value as EDX:EAX, and clear the upper halves', () => {
    const cpu = longMode();
    cpu.state.setGpr(1, 0xffffffff00000176n);
    cpu.state.setGpr(0, 0x5555555580001000n);
    cpu.state.setGpr(2, 0x55555555ffff8000n);
    assert.equal(execute(cpu, 0x0f, 0x30), 'nothing');
    assert.equal(readMsr(cpu, 0x176), 0xffff800080001000n);
    assert.equal(execute(cpu, 0x0f, 0x32), 'nothing');
    assert.deepEqual([cpu.state.gpr(0), cpu.state.gpr(2)], [0x80001000n, 0xffff8000n]);
  });

  it('raise #GP(0) in ring 3, and for an MSR that can only be written', () => {
    const cpu = longMode();
    cpu.state.setGpr(1, 0x79n); // IA32_BIOS_UPDT_TRIG
    assert.equal(execute(cpu, 0x0f, 0x32), '#GP(0)');
    cpu.state.setGpr(1, 0x176n);
    setRing(cpu, 3);
    assert.equal(execute(cpu, 0x0f, 0x32), '#GP(0)');
    assert.equal(execute(cpu, 0x0f, 0x30), '#GP(0)');
  });
});
