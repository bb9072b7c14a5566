import assert from 'node:assert/strict';
import { FEATURES } from '../../isa/cpuid';
import { Vector } from '../../isa/exceptions';
import { WideCr4, WideEfer } from '../../isa/registers/control';
import { Msr, MSRS } from '../../isa/registers/msr';
import { Fault } from '../faults';
import { createProcessor } from '../create-processor';
import { PhysicalMemory } from '../physical-memory';
import type { Processor } from '../processor';
import { TR } from '../state/layout';
import { isApicRegister } from '../system/apic-msr';
import { writeControlRegister } from '../system/control-registers';
import { cpuid } from '../system/cpuid';
import { readMsr, writeMsr } from '../system/msr';
import { AMD_PROFILE } from './amd';

const BUS = {
  readPort: () => 0,
  writePort: () => undefined,
  interruptRequested: () => false,
  acknowledgeInterrupt: () => 0,
};
const CODE = 0x4000;

/** Ring 0 with the first 2 MBytes mapped; 64-bit code, or what `bits` says, in long mode or not. */
function processor(bits: 64 | 32 = 64, long = true): Processor {
  const cpu = createProcessor(new PhysicalMemory(0x200000), BUS, 'reference', AMD_PROFILE);
  const { physical, state } = cpu;
  physical.write64(0x1000, 0x2007n);
  physical.write64(0x2000, 0x3007n);
  physical.write64(0x3000, 0x87n);
  if (long) {
    state.cr3 = 0x1000n;
    state.cr4 = WideCr4.PAE;
    state.efer = WideEfer.LME | WideEfer.LMA | WideEfer.SCE;
    state.cr0 = 0x80000031n;
  } else {
    state.efer = WideEfer.SCE;
    state.cr0 = 0x31n;
  }
  for (let index = 0; index < 6; index++) {
    const accessRights = index === 1 ? (bits === 64 ? 0xa09b : 0xc09b) : 0xc093;
    state.setSegment(index, { selector: 8, base: 0n, limit: 0xffffffff, accessRights });
  }
  cpu.updateDerivedState();
  return cpu;
}

function run(cpu: Processor, ...code: number[]): number | undefined {
  const seen: number[] = [];
  cpu.observer = { raising: ({ vector }) => (seen.push(vector), true) };
  cpu.physical.writeBytes(CODE, Uint8Array.from(code));
  cpu.state.rip = BigInt(CODE);
  cpu.run(1);
  return seen[0];
}

describe('the AMD processor', () => {
  it('tells its maker and its features by CPUID', () => {
    const { state } = processor();
    state.cr4 |= WideCr4.OSXSAVE | WideCr4.PKE;
    assert.deepEqual(cpuid(state, 0, 0), {
      eax: 0xd,
      ebx: 0x68747541,
      ecx: 0x444d4163,
      edx: 0x69746e65,
    });
    assert.deepEqual(cpuid(state, 0x80000000, 0), { ...cpuid(state, 0, 0), eax: 0x8000000a });
    for (const { name, cpuid: at } of FEATURES) {
      if (at.leaf === 0x80000001 && at.register === 'edx' && at.bit < 25) continue;
      const answer = cpuid(state, at.leaf, at.subleaf)[at.register];
      assert.equal(((answer >>> at.bit) & 1) === 1, AMD_PROFILE.has(name), name);
    }
  });

  it('tells features of leaf 1 once more in 80000001H (APM 3 E.4.2)', () => {
    const { state } = processor();
    const [first, again] = [cpuid(state, 1, 0).edx, cpuid(state, 0x80000001, 0).edx];
    assert.equal(again & 0x183f3ff, first & 0x183f3ff);
    assert.equal(cpuid(state, 0x80000001, 0).eax, cpuid(state, 1, 0).eax);
  });

  it('tells of SVM, and of nothing that it does not do (APM 2 15.4)', () => {
    const { eax, ebx, ecx, edx } = cpuid(processor().state, 0x8000000a, 0);
    assert.deepEqual([eax, ebx, ecx], [1, 0x8000, 0]);
    assert.equal(
      edx,
      0x1 |
        0x2 |
        0x4 |
        0x8 |
        0x10 |
        0x20 |
        0x40 |
        0x80 |
        0x400 |
        0x1000 |
        0x8000 |
        0x10000 |
        0x2000000,
    );
  });

  it('gives zeros for leaves that it does not have', () => {
    const { state } = processor();
    const nothing = { eax: 0, ebx: 0, ecx: 0, edx: 0 };
    for (const leaf of [2, 4, 0xe, 0x1000, 0x8000000b, 0xffffffff]) {
      assert.deepEqual(cpuid(state, leaf, 0), nothing, leaf.toString(16));
    }
  });

  it('has the MSRs of AMD, and none of Intel’s own', () => {
    const cpu = processor();
    for (const { number, name, only } of MSRS) {
      if (isApicRegister(number)) continue;
      const refused = (): boolean => {
        try {
          readMsr(cpu, number);
          return false;
        } catch (thrown) {
          return thrown instanceof Fault;
        }
      };
      assert.equal(!refused(), AMD_PROFILE.msrs.has(number) && only !== 'WRMSR', name);
    }
    for (const absent of [Msr.MISC_ENABLE, Msr.FEATURE_CONTROL, Msr.VMX_BASIC]) {
      assert.equal(AMD_PROFILE.msrs.has(absent), false);
    }
    assert.equal(readMsr(cpu, Msr.HWCR), 1n << 24n);
    assert.throws(() => {
      writeMsr(cpu, Msr.HWCR, 1n << 40n);
    }, Fault);
  });

  it('has EFER.SVME, and no CR4.VMXE', () => {
    const cpu = processor();
    writeMsr(cpu, Msr.EFER, cpu.state.efer | WideEfer.SVME);
    assert.throws(() => {
      writeControlRegister(cpu, 4, WideCr4.PAE | WideCr4.VMXE);
    }, Fault);
  });

  it('begins long mode with a 16-bit TSS, too (APM 2 14.6.2)', () => {
    const cpu = processor(32, false);
    cpu.state.cr4 = WideCr4.PAE;
    cpu.state.efer = WideEfer.LME;
    cpu.state.setSegment(TR, { ...cpu.state.segment(TR), accessRights: 0x83 });
    writeControlRegister(cpu, 0, 0x80000031n);
    assert.equal(cpu.state.efer, WideEfer.LME | WideEfer.LMA);
  });

  it('has MONITOR without IA32_MISC_ENABLE', () => {
    assert.equal(run(processor(), 0x0f, 0x01, 0xc8), undefined);
  });
});

describe('fast calls of AMD’s processors (APM 3)', () => {
  const SYSCALL = [0x0f, 0x05];
  const SYSRET = [0x0f, 0x07];

  it('SYSCALL in compatibility mode goes to CSTAR', () => {
    const cpu = processor(32);
    const { state } = cpu;
    state.setMsr(Msr.STAR, 0x0010n << 32n);
    state.setMsr(Msr.CSTAR, 0x5678n);
    assert.equal(run(cpu, ...SYSCALL), undefined);
    assert.deepEqual([state.rip, state.gpr(1), state.codeBits], [0x5678n, 0x4002n, 64]);
  });

  it('SYSCALL outside long mode goes to STAR, and keeps no flags', () => {
    const cpu = processor(32, false);
    const { state } = cpu;
    state.rflags = 0x202n;
    state.setGpr(11, 7n);
    state.setMsr(Msr.STAR, (0x0010n << 32n) | 0x5678n);
    assert.equal(run(cpu, ...SYSCALL), undefined);
    assert.deepEqual([state.rip, state.gpr(1), state.gpr(11)], [0x5678n, 0x4002n, 7n]);
    assert.deepEqual([state.selector(1), state.selector(2), state.rflags], [0x10, 0x18, 2n]);
  });

  it('SYSRET outside long mode turns interrupts on', () => {
    const cpu = processor(32, false);
    const { state } = cpu;
    state.setMsr(Msr.STAR, 0x0020n << 48n);
    state.setGpr(1, 0x5678n);
    assert.equal(run(cpu, ...SYSRET), undefined);
    assert.deepEqual([state.rip, state.selector(1), state.cpl], [0x5678n, 0x23, 3]);
    assert.equal(state.rflags, 0x202n);
  });

  it('SYSRET loads the selector of SS and its ring, and nothing else of it', () => {
    const cpu = processor();
    const { state } = cpu;
    state.setMsr(Msr.STAR, 0x0020n << 48n);
    state.setGpr(1, 0x5678n);
    state.setGpr(11, 2n);
    state.setSegment(2, { selector: 0, base: 0n, limit: 0x1234, accessRights: 0x10000 });
    assert.equal(run(cpu, 0x48, ...SYSRET), undefined);
    assert.deepEqual(state.segment(2), {
      selector: 0x2b,
      base: 0n,
      limit: 0x1234,
      accessRights: 0x10060,
    });
    assert.equal(state.cpl, 3);
  });

  it('SYSENTER and SYSEXIT do not exist in long mode', () => {
    for (const code of [
      [0x0f, 0x34],
      [0x0f, 0x35],
    ]) {
      for (const bits of [64, 32] as const) {
        const cpu = processor(bits);
        cpu.state.setMsr(Msr.SYSENTER_CS, 8n);
        assert.equal(run(cpu, ...code), Vector.UD);
      }
      const legacy = processor(32, false);
      legacy.state.setMsr(Msr.SYSENTER_CS, 8n);
      assert.equal(run(legacy, ...code), undefined);
    }
  });
});
