import assert from 'node:assert/strict';
import { Code, CodeExt, CpuidFeature, Instruction } from 'iced-x86';
import { Vector } from '../../isa/exceptions';
import { FEATURES, featureByName } from '../../isa/cpuid';
import { WideCr4, WideEfer } from '../../isa/registers/control';
import { Msr, MSRS } from '../../isa/registers/msr';
import { SecondaryControl } from '../../isa/vmx/controls';
import { formTable } from '../decoder/forms';
import { Fault } from '../faults';
import { PhysicalMemory } from '../physical-memory';
import { createProcessor } from '../create-processor';
import type { Processor } from '../processor';
import { writeControlRegister } from '../system/control-registers';
import { cpuid } from '../system/cpuid';
import { isApicRegister } from '../system/apic-msr';
import { readMsr, writeMsr } from '../system/msr';
import { Units } from '../state/layout';
import { DEFAULT_PROFILE } from './default';
import { Profile } from './profile';

const bus = {
  readPort: () => 0,
  writePort: () => undefined,
  interruptRequested: () => false,
  acknowledgeInterrupt: () => 0,
};

const CODE = 0x4000;

/** Ring 0 of 64-bit mode with the first 2 MBytes mapped, and no IDT. */
function longMode(profile = DEFAULT_PROFILE): Processor {
  const cpu = createProcessor(new PhysicalMemory(0x200000), bus, 'reference', profile);
  const { physical, state } = cpu;
  physical.write64(0x1000, 0x2003n);
  physical.write64(0x2000, 0x3003n);
  physical.write64(0x3000, 0x83n);
  state.cr3 = 0x1000n;
  state.cr4 = WideCr4.PAE;
  state.efer = WideEfer.LME | WideEfer.LMA | (profile.efer & (WideEfer.SCE | WideEfer.NXE));
  state.cr0 = 0x80000031n;
  state.idtr = { base: 0n, limit: 0 };
  for (let index = 0; index < 6; index++) {
    const accessRights = index === 1 ? 0xa09b : 0xc093;
    state.setSegment(index, { selector: 8, base: 0n, limit: 0xffffffff, accessRights });
  }
  cpu.updateDerivedState();
  return cpu;
}

function raises(vector: number, action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch (thrown) {
    assert.ok(thrown instanceof Fault);
    assert.equal(thrown.vector, vector);
    return true;
  }
}

const refused = (action: () => unknown): boolean => raises(Vector.GP, action);

/** The bits of a register of 64 that `accepts`. */
function acceptedBits(accepts: (bit: bigint) => boolean): bigint {
  let accepted = 0n;
  for (let n = 0n; n < 64n; n++) if (accepts(1n << n)) accepted |= 1n << n;
  return accepted;
}

/** What iced-x86 says that an opcode needs. */
function featuresOf(code: Code): string[] {
  const instruction = new Instruction();
  instruction.code = code;
  const names = [...instruction.cpuidFeatures()].map((feature) => CpuidFeature[feature] ?? '');
  instruction.free();
  return names;
}

/** Whether the decoder gives this opcode without being told of other makes of processor. */
function isOrdinary(code: Code): boolean {
  const info = CodeExt.opCode(code);
  const ordinary = info.decoderOption === 0 && info.isInstruction;
  info.free();
  return ordinary;
}

/** Instructions that are there although their feature is not claimed, and why. */
const UNCLAIMED: Readonly<Record<string, string>> = {
  CET_IBT: 'ENDBR32 and ENDBR64 are NOPs on every processor',
  INTEL8086_ONLY: 'POP CS, which the decoder never gives',
  SVM: 'they raise #UD on every processor that does not claim it',
  SKINIT_or_SVM: 'the same',
  SMM: 'RSM raises #UD outside of system-management mode',
};

/** One instruction of each feature, in 64-bit code; RBX points to memory. */
const SAMPLES: Readonly<Record<string, readonly number[]>> = {
  FPU: [0xd9, 0xe8],
  FPU287: [0xdf, 0xe0],
  FPU387: [0xda, 0xe9],
  TSC: [0x0f, 0x31],
  MSR: [0x0f, 0x32],
  CX8: [0x0f, 0xc7, 0x0b],
  SEP: [0x0f, 0x34],
  CMOV: [0x0f, 0x44, 0xc3],
  VMX: [0xf3, 0x0f, 0xc7, 0x33],
  CMPXCHG16B: [0x48, 0x0f, 0xc7, 0x0b],
  MOVBE: [0x0f, 0x38, 0xf0, 0x03],
  POPCNT: [0xf3, 0x0f, 0xb8, 0xc3],
  FSGSBASE: [0xf3, 0x48, 0x0f, 0xae, 0xc0],
  BMI1: [0xc4, 0xe2, 0x60, 0xf2, 0xc3],
  BMI2: [0xc4, 0xe2, 0x60, 0xf5, 0xc3],
  ADX: [0x66, 0x0f, 0x38, 0xf6, 0xc3],
  SMAP: [0x0f, 0x01, 0xcb],
  LZCNT: [0xf3, 0x0f, 0xbd, 0xc3],
  PREFETCHW: [0x0f, 0x0d, 0x0b],
  FXSR: [0x0f, 0xae, 0x03],
  XSAVE: [0x0f, 0xae, 0x23],
  XSAVEOPT: [0x0f, 0xae, 0x33],
  XSAVEC: [0x0f, 0xc7, 0x23],
  XSAVES: [0x0f, 0xc7, 0x2b],
  SYSCALL: [0x0f, 0x05],
  RDTSCP: [0x0f, 0x01, 0xf9],
  CLFSH: [0x0f, 0xae, 0x3b],
  CLFLUSHOPT: [0x66, 0x0f, 0xae, 0x3b],
  CLWB: [0x66, 0x0f, 0xae, 0x33],
  CLDEMOTE: [0x0f, 0x1c, 0x03],
  MONITOR: [0x0f, 0x01, 0xc8],
  INVPCID: [0x66, 0x0f, 0x38, 0x82, 0x03],
  RDRAND: [0x0f, 0xc7, 0xf0],
  RDSEED: [0x0f, 0xc7, 0xf8],
  PKU: [0x0f, 0x01, 0xef],
  RDPID: [0xf3, 0x0f, 0xc7, 0xf8],
  SERIALIZE: [0x0f, 0x01, 0xe8],
  WBNOINVD: [0xf3, 0x0f, 0x09],
  MMX: [0x0f, 0xfc, 0xc1],
  SSE: [0x0f, 0x58, 0xc1],
  SSE2: [0x66, 0x0f, 0xfc, 0xc1],
  SSE3: [0xf2, 0x0f, 0x7c, 0xc1],
  SSSE3: [0x66, 0x0f, 0x38, 0x00, 0xc1],
  SSE4_1: [0x66, 0x0f, 0x38, 0x17, 0xc1],
  SSE4_2: [0x66, 0x0f, 0x38, 0x37, 0xc1],
  AES: [0x66, 0x0f, 0x38, 0xdc, 0xc1],
  PCLMULQDQ: [0x66, 0x0f, 0x3a, 0x44, 0xc1, 0x11],
  AVX: [0xc5, 0xf4, 0x58, 0xc2],
  AVX2: [0xc5, 0xf5, 0xfc, 0xc2],
  FMA: [0xc4, 0xe2, 0x75, 0x98, 0xc2],
  F16C: [0xc4, 0xe2, 0x7d, 0x13, 0xc1],
  VAES: [0xc4, 0xe2, 0x75, 0xdc, 0xc2],
  VPCLMULQDQ: [0xc4, 0xe3, 0x75, 0x44, 0xc2, 0x11],
  X64: [0x48, 0x01, 0xd8],
};
/** In EBX of leaf 1: 64 bytes, in units of 8. */
const CLFLUSH_LINE = 8 << 8;
/** What instructions want of CR4. */
const ENABLING =
  WideCr4.FSGSBASE |
  WideCr4.PKE |
  WideCr4.VMXE |
  WideCr4.OSFXSR |
  WideCr4.OSXMMEXCPT |
  WideCr4.OSXSAVE;
/** Those that another instruction of the same feature must come before. */
const AFTER_VMXON = ['INVEPT', 'INVVPID'];

describe('the processor’s profile', () => {
  it('is what CPUID answers', () => {
    const { state } = longMode();
    state.cr4 |= WideCr4.OSXSAVE | WideCr4.PKE;
    for (const { name, cpuid: at } of FEATURES) {
      const answer = cpuid(state, at.leaf, at.subleaf)[at.register];
      assert.equal(((answer >>> at.bit) & 1) === 1, DEFAULT_PROFILE.has(name), name);
    }
    for (const leaf of [1, 7, 0x80000001, 0x80000007]) {
      const { ecx, edx, ...rest } = cpuid(state, leaf, 0);
      const ebx = rest.ebx - (leaf === 1 ? CLFLUSH_LINE : 0);
      const known = (register: string) =>
        FEATURES.filter(({ cpuid: at }) => at.leaf === leaf && at.register === register);
      const mask = (register: string) =>
        known(register).reduce((bits, { cpuid: at }) => bits + 2 ** at.bit, 0);
      assert.deepEqual(
        [ebx & ~mask('ebx'), ecx & ~mask('ecx'), edx & ~mask('edx')],
        [0, 0, 0],
        leaf.toString(16),
      );
    }
    assert.equal(cpuid(state, 0x80000008, 0).eax, (48 << 8) | 40);
  });

  it('is what CR4 accepts', () => {
    const accepted = acceptedBits((bit) => {
      const cpu = longMode();
      return !refused(() => {
        writeControlRegister(cpu, 4, WideCr4.PAE | bit);
      });
    });
    assert.equal(accepted.toString(16), DEFAULT_PROFILE.cr4.toString(16));
  });

  it('is what IA32_EFER accepts', () => {
    const accepted = acceptedBits((bit) => {
      const cpu = createProcessor(new PhysicalMemory(0x10000), bus, 'reference');
      return !refused(() => {
        writeMsr(cpu, Msr.EFER, bit);
      });
    });
    assert.equal(accepted, DEFAULT_PROFILE.efer);
  });

  it('is which MSRs exist', () => {
    const cpu = longMode();
    for (const { number, name, only } of MSRS) {
      if (isApicRegister(number)) continue; // they depend on the mode: x2apic.test.ts
      const exists = DEFAULT_PROFILE.msrs.has(number);
      assert.equal(!refused(() => readMsr(cpu, number)), exists && only !== 'WRMSR', name);
      if (!exists || only === 'RDMSR')
        assert.ok(
          refused(() => {
            writeMsr(cpu, number, 0n);
          }),
          name,
        );
    }
    for (const absent of [
      Msr.SPEC_CTRL,
      Msr.PRED_CMD,
      Msr.ARCH_CAPABILITIES,
      Msr.VMX_PROCBASED_CTLS3,
    ])
      assert.equal(DEFAULT_PROFILE.msrs.has(absent), false);
  });

  it('is what the VMX capability MSRs report', () => {
    const cpu = longMode();
    for (const [number, value] of DEFAULT_PROFILE.vmx.msrs)
      assert.equal(readMsr(cpu, number), value);
    assert.equal(readMsr(cpu, Msr.VMX_CR4_FIXED1), DEFAULT_PROFILE.cr4);
    const mayBe1 = Number(readMsr(cpu, Msr.VMX_PROCBASED_CTLS2) >> 32n);
    assert.equal((mayBe1 & SecondaryControl.ENABLE_RDTSCP) !== 0, DEFAULT_PROFILE.has('RDTSCP'));
    assert.equal((mayBe1 & SecondaryControl.ENABLE_INVPCID) !== 0, DEFAULT_PROFILE.has('INVPCID'));
  });

  it('claims no feature without its instructions', () => {
    const defined = new Set([...formTable().opcodes.keys()].map((key) => key >> 3));
    const missing: string[] = [];
    for (let code: Code = 1; Code[code] !== undefined; code++) {
      if (!isOrdinary(code)) continue;
      const claimed = featuresOf(code).every((name) => DEFAULT_PROFILE.instructions.has(name));
      if (claimed && !defined.has(code)) missing.push(Code[code]);
    }
    assert.deepEqual(missing, []);
  });

  it('claims the feature of every instruction that there is', () => {
    const unclaimed = new Set<string>();
    for (const key of formTable().opcodes.keys()) {
      const code: Code = key >> 3;
      if (!isOrdinary(code)) continue;
      for (const name of featuresOf(code))
        if (!DEFAULT_PROFILE.instructions.has(name)) unclaimed.add(name);
    }
    assert.deepEqual([...unclaimed].sort(), Object.keys(UNCLAIMED).sort());
  });

  it('claims instructions that execute', () => {
    const names = [...DEFAULT_PROFILE.features].flatMap((name) => featureByName(name).instructions);
    for (const name of names.filter((each) => !AFTER_VMXON.includes(each))) {
      const code = SAMPLES[name];
      assert.ok(code, `a sample for ${name}`);
      const cpu = longMode();
      cpu.state.cr4 |= DEFAULT_PROFILE.cr4 & ENABLING;
      cpu.state.setSlot(Units.XCR0, DEFAULT_PROFILE.xcr0);
      cpu.updateDerivedState();
      cpu.physical.writeBytes(CODE, Uint8Array.from([...code, 0xeb, 0xfe]));
      cpu.state.rip = BigInt(CODE);
      cpu.state.setGpr(1, BigInt(Msr.TSC));
      cpu.state.setGpr(3, 0x8000n);
      const stop = cpu.run(1);
      const raised = stop.kind === 'triple-fault' ? stop.chain[0]?.vector : undefined;
      assert.notEqual(stop.kind, 'not-implemented', name);
      assert.notEqual(raised, Vector.UD, name);
    }
  });

  it('can be another one', () => {
    const { description } = DEFAULT_PROFILE;
    const features = description.features.filter((name) => name !== 'VMX' && name !== 'SMEP');
    const other = new Profile({ ...description, vendor: 'AuthenticAMD', features });
    const cpu = longMode(other);
    assert.equal(cpuid(cpu.state, 0, 0).ecx, 0x444d4163); // 'cAMD'
    assert.equal(cpuid(cpu.state, 1, 0).ecx & (1 << 5), 0);
    assert.ok(refused(() => readMsr(cpu, Msr.VMX_BASIC)));
    assert.ok(
      refused(() => {
        writeControlRegister(cpu, 4, WideCr4.PAE | WideCr4.SMEP);
      }),
    );
  });
});
