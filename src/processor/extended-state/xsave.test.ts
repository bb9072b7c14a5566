import assert from 'node:assert/strict';
import { WideCr4, Xcr0 } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import { cpuid } from '../system/cpuid';
import { execute, longMode, protectedMode } from '../modes.testing';
import type { Processor } from '../processor';
import { DEFAULT_PROFILE } from '../profile/default';
import { Profile } from '../profile/profile';
import { createProcessor } from '../create-processor';
import { SILENT_BUS } from '../modes.testing';
import { PhysicalMemory } from '../physical-memory';
import { Units, vectorSlot, x87Slot } from '../state/layout';

/** The XSAVE family (SDM 1 13). What is expected of images, a real processor did (AMD family 19H). */

const AREA = 0x9000;
const ALL = Xcr0.X87 | Xcr0.SSE | Xcr0.AVX;

/** A default processor with all components that there may be. */
const WIDE = new Profile({
  ...DEFAULT_PROFILE.description,
  features: [...new Set([...DEFAULT_PROFILE.description.features, 'SSE', 'AVX'] as const)],
});

/** 64-bit code with x87, SSE and AVX enabled; RAX asks for components, RBX points to the area. */
function ready(asked = ALL, make = longMode): Processor {
  const template = make();
  const cpu = createProcessor(new PhysicalMemory(0x200000), SILENT_BUS, 'reference', WIDE);
  cpu.physical.writeBytes(0, template.physical.readBytes(0, 0x20000));
  cpu.restore(template.save());
  const { state } = cpu;
  state.cr4 |= WideCr4.OSXSAVE | WideCr4.OSFXSR;
  state.setSlot(Units.XCR0, ALL);
  initialize(cpu);
  state.setGpr(0, asked);
  state.setGpr(2, 0n);
  state.setGpr(3, BigInt(AREA));
  return cpu;
}

function initialize({ state }: Processor): void {
  state.setSlot(Units.X87_CONTROL, 0x37fn);
  state.setSlot(Units.X87_TAGS, 0n);
}

/** Everything in the area is CCH, but the header, which is 0. */
function fill({ physical }: Processor, xstateBv = 0n, xcompBv = 0n): void {
  physical.writeBytes(AREA, new Uint8Array(0x1000).fill(0xcc));
  physical.writeBytes(AREA + 512, new Uint8Array(64));
  physical.write64(AREA + 512, xstateBv);
  physical.write64(AREA + 520, xcompBv);
}

const at = (cpu: Processor, offset: number): string =>
  cpu.physical.read64(AREA + offset).toString(16);
const header = (cpu: Processor): string => `${at(cpu, 512)} ${at(cpu, 520)}`;

const XSAVE = [0x0f, 0xae, 0x23];
const XSAVE64 = [0x48, ...XSAVE];
const XSAVEOPT64 = [0x48, 0x0f, 0xae, 0x33];
const XSAVEC64 = [0x48, 0x0f, 0xc7, 0x23];
const XSAVES64 = [0x48, 0x0f, 0xc7, 0x2b];
const XRSTOR = [0x0f, 0xae, 0x2b];
const XRSTOR64 = [0x48, ...XRSTOR];
const XRSTORS64 = [0x48, 0x0f, 0xc7, 0x1b];
const UNTOUCHED = 'cccccccccccccccc';
const COMPACT_ALL = '8000000000000007';

describe('XSAVE', () => {
  it('saves everything asked for, and tells in XSTATE_BV what is in use', () => {
    const cpu = ready();
    fill(cpu, 0x200n);
    cpu.state.setSlot(vectorSlot(0), 0x1234n);
    assert.equal(execute(cpu, ...XSAVE64), 'nothing');
    assert.equal(header(cpu), '202 0');
    assert.equal(at(cpu, 0), '37f');
    assert.equal(at(cpu, 24), 'ffff00001f80');
    assert.deepEqual([at(cpu, 160), at(cpu, 408), at(cpu, 416)], ['1234', '0', UNTOUCHED]);
    assert.deepEqual([at(cpu, 576), at(cpu, 824), at(cpu, 832)], ['0', '0', UNTOUCHED]);
  });

  it('keeps the bits of XSTATE_BV that are not asked for', () => {
    const cpu = ready(Xcr0.X87);
    fill(cpu, 7n);
    execute(cpu, ...XSAVE64);
    assert.equal(header(cpu), '6 0');
    assert.deepEqual([at(cpu, 24), at(cpu, 160)], [UNTOUCHED, UNTOUCHED]);
  });

  it('saves MXCSR with AVX, too, and does not count it', () => {
    const cpu = ready(Xcr0.AVX);
    fill(cpu);
    cpu.state.setSlot(Units.MXCSR, 0x1fa0n);
    execute(cpu, ...XSAVE64);
    assert.equal(header(cpu), '0 0');
    assert.deepEqual([at(cpu, 24), at(cpu, 160)], ['ffff00001fa0', UNTOUCHED]);
  });

  it('has the x87 registers in the order of the stack, and pointers by REX.W', () => {
    const cpu = ready();
    const { state } = cpu;
    state.setSlot(Units.X87_STATUS, 0x3800n);
    state.setSlot(Units.X87_TAGS, 0x80n);
    state.setSlot(x87Slot(7), 0xc000000000000000n);
    state.setSlot(x87Slot(7) + 8, 0x3fffn);
    state.setSlot(x87Slot(0), 5n);
    state.setSlot(Units.X87_OPCODE, 0x7ffn);
    state.setSlot(Units.X87_INSTRUCTION, 0x334455667788n);
    state.setSlot(Units.X87_CODE_SEGMENT, 0x2bn);
    fill(cpu);
    execute(cpu, ...XSAVE64);
    assert.equal(header(cpu), '1 0');
    assert.deepEqual([at(cpu, 0), at(cpu, 8)], ['7ff00803800037f', '334455667788']);
    assert.deepEqual([at(cpu, 32), at(cpu, 40), at(cpu, 48)], ['c000000000000000', '3fff', '5']);
    execute(cpu, ...XSAVE);
    assert.equal(at(cpu, 8), '2b55667788');
  });

  it('touches eight vector registers outside 64-bit mode', () => {
    const cpu = ready(ALL, protectedMode);
    fill(cpu);
    cpu.state.setSlot(vectorSlot(8), 1n);
    execute(cpu, ...XSAVE);
    assert.equal(header(cpu), '0 0');
    assert.deepEqual([at(cpu, 280), at(cpu, 288)], ['0', UNTOUCHED]);
  });
});

describe('XSAVEOPT and XSAVEC', () => {
  it('leave out what is in its initial configuration', () => {
    const cpu = ready();
    fill(cpu, 0x200n);
    cpu.state.setSlot(vectorSlot(0) + 16, 0x77n);
    execute(cpu, ...XSAVEOPT64);
    assert.equal(header(cpu), '204 0');
    assert.deepEqual(
      [at(cpu, 0), at(cpu, 24), at(cpu, 160), at(cpu, 576)],
      [UNTOUCHED, 'ffff00001f80', UNTOUCHED, '77'],
    );
    fill(cpu);
    execute(cpu, ...XSAVEC64);
    assert.equal(header(cpu), `4 ${COMPACT_ALL}`);
    assert.deepEqual([at(cpu, 0), at(cpu, 24), at(cpu, 576)], [UNTOUCHED, UNTOUCHED, '77']);
  });

  it('XSAVEC saves SSE for the sake of MXCSR alone', () => {
    const cpu = ready();
    fill(cpu, 0x200n);
    cpu.state.setSlot(Units.MXCSR, 0x1fa0n);
    execute(cpu, ...XSAVEC64);
    assert.equal(header(cpu), `2 ${COMPACT_ALL}`);
    assert.deepEqual([at(cpu, 24), at(cpu, 160)], ['ffff00001fa0', '0']);
  });

  it('XSAVES does as XSAVEC, in ring 0', () => {
    const cpu = ready(ALL | 0x100n);
    fill(cpu);
    cpu.state.setSlot(vectorSlot(3), 9n);
    assert.equal(execute(cpu, ...XSAVES64), 'nothing');
    assert.equal(header(cpu), `2 ${COMPACT_ALL}`);
  });
});

describe('PKRU as a state component', () => {
  it('lies at 2688, or behind what the format has before it', () => {
    const cpu = ready(Xcr0.PKRU);
    const { state } = cpu;
    state.setSlot(Units.XCR0, ALL | Xcr0.PKRU);
    cpu.mmu.setPkru(0x55555554n);
    fill(cpu);
    execute(cpu, ...XSAVE64);
    assert.deepEqual([header(cpu), at(cpu, 2688)], ['200 0', '55555554']);
    fill(cpu);
    state.setGpr(0, Xcr0.PKRU | Xcr0.AVX);
    execute(cpu, ...XSAVEC64);
    assert.deepEqual([header(cpu), at(cpu, 832)], ['200 8000000000000204', '55555554']);
    cpu.mmu.setPkru(0n);
    execute(cpu, ...XRSTOR64);
    assert.equal(state.pkru, 0x55555554n);
    fill(cpu);
    state.setGpr(0, Xcr0.PKRU);
    execute(cpu, ...XRSTOR64);
    assert.equal(state.pkru, 0n);
  });
});

describe('XRSTOR', () => {
  it('loads what the area holds, and initializes what it does not', () => {
    const cpu = ready();
    const { state, physical } = cpu;
    state.setSlot(vectorSlot(2) + 16, 3n);
    fill(cpu, 2n);
    physical.write64(AREA + 24, 0x1fa0n);
    physical.write64(AREA + 160, 0x1234n);
    assert.equal(execute(cpu, ...XRSTOR64), 'nothing');
    assert.equal(state.slot(vectorSlot(0)), 0x1234n);
    assert.equal(state.slot(vectorSlot(2) + 16), 0n);
    assert.equal(state.slot(Units.MXCSR), 0x1fa0n);
    assert.equal(state.slot(Units.X87_CONTROL), 0x37fn);
  });

  it('loads MXCSR in the standard form even where SSE is initialized, in the compacted one not', () => {
    const cpu = ready(Xcr0.SSE);
    fill(cpu);
    cpu.physical.write64(AREA + 24, 0x1fa0n);
    execute(cpu, ...XRSTOR64);
    assert.equal(cpu.state.slot(Units.MXCSR), 0x1fa0n);
    fill(cpu, 0n, (1n << 63n) | ALL);
    execute(cpu, ...XRSTOR64);
    assert.equal(cpu.state.slot(Units.MXCSR), 0x1f80n);
  });

  it('finds compacted components where the format puts them', () => {
    const cpu = ready();
    fill(cpu, 4n, (1n << 63n) | Xcr0.AVX);
    cpu.physical.write64(AREA + 576, 0x77n);
    execute(cpu, ...XRSTORS64);
    assert.equal(cpu.state.slot(vectorSlot(0) + 16), 0x77n);
  });

  it('computes ES and B from exceptions and masks', () => {
    const cpu = ready(Xcr0.X87);
    fill(cpu, 1n);
    cpu.physical.write64(AREA, 0x3801037en);
    execute(cpu, ...XRSTOR64);
    assert.equal(cpu.state.slot(Units.X87_STATUS), 0xb881n);
    cpu.physical.write64(AREA, 0x3880037fn);
    execute(cpu, ...XRSTOR64);
    assert.equal(cpu.state.slot(Units.X87_STATUS), 0x3800n);
  });

  it('gives back what was saved, whatever the format', () => {
    for (const [save, restore] of [
      [XSAVE64, XRSTOR64],
      [XSAVEOPT64, XRSTOR64],
      [XSAVEC64, XRSTOR64],
      [XSAVES64, XRSTORS64],
    ] as const) {
      const cpu = ready();
      const { state } = cpu;
      state.units.subarray(0, 512).forEach((_, n) => (state.units[n] = (n * 7) & 0xff));
      state.setSlot(Units.X87_STATUS, 0x2800n);
      state.setSlot(Units.X87_TAGS, 0x20n);
      state.setSlot(x87Slot(5), 0x8000000000000001n);
      const before = state.units.slice();
      fill(cpu);
      execute(cpu, ...save);
      state.units.fill(0, 0, 0x2c0);
      state.setSlot(Units.XCR0, ALL);
      execute(cpu, ...restore);
      assert.deepEqual(state.units, before);
    }
  });

  for (const [what, xstateBv, xcompBv, more, code] of [
    ['a component that is not enabled', 0x100n, 0n, 0n, XRSTOR64],
    ['bytes 23:8 of a standard header', 0n, 1n, 0n, XRSTOR64],
    ['bytes 23:16 of a standard header', 0n, 0n, 1n, XRSTOR64],
    ['a format with a component that is not enabled', 0n, (1n << 63n) | 0x100n, 0n, XRSTOR64],
    ['a component that the format lacks', 4n, (1n << 63n) | 3n, 0n, XRSTOR64],
    ['bytes 63:16 of a compacted header', 0n, (1n << 63n) | 3n, 1n, XRSTOR64],
    ['XRSTORS in the standard format', 0n, 0n, 0n, XRSTORS64],
  ] as const) {
    it(`raises #GP(0) for ${what}`, () => {
      const cpu = ready();
      fill(cpu, xstateBv, xcompBv);
      cpu.physical.write64(AREA + 24, 0x1f80n);
      cpu.physical.write64(AREA + 528, more);
      assert.equal(execute(cpu, ...code), '#GP(0)');
    });
  }

  it('raises #GP(0) for reserved bits of MXCSR, where it would load them', () => {
    const cpu = ready(Xcr0.AVX);
    fill(cpu);
    assert.equal(execute(cpu, ...XRSTOR64), '#GP(0)');
    cpu.state.setGpr(0, Xcr0.X87);
    assert.equal(execute(cpu, ...XRSTOR64), 'nothing');
  });

  it('ignores bytes 63:24 of a standard header', () => {
    const cpu = ready(Xcr0.X87);
    fill(cpu);
    cpu.physical.write64(AREA + 536, 1n);
    assert.equal(execute(cpu, ...XRSTOR64), 'nothing');
  });
});

describe('the XSAVE family', () => {
  it('needs CR4.OSXSAVE, CR0.TS = 0 and 64-byte alignment', () => {
    for (const code of [XSAVE, XSAVEOPT64, XSAVEC64, XSAVES64, XRSTOR, XRSTORS64]) {
      const disabled = ready();
      disabled.state.cr4 &= ~WideCr4.OSXSAVE;
      assert.equal(execute(disabled, ...code), '#UD');
      const switched = ready();
      switched.state.cr0 |= 8n;
      assert.equal(execute(switched, ...code), '#NM');
      const misaligned = ready();
      misaligned.state.setGpr(3, BigInt(AREA + 32));
      assert.equal(execute(misaligned, ...code), '#GP(0)');
    }
  });

  it('writes nothing when a later page cannot be written', () => {
    const cpu = ready(ALL);
    cpu.state.setGpr(3, 0x1fffc0n);
    const before = cpu.physical.read64(0x1fffc0);
    assert.match(execute(cpu, ...XSAVE64), /^#PF/);
    assert.equal(cpu.physical.read64(0x1fffc0), before);
  });

  it('is told of by CPUID.0DH', () => {
    const { state } = ready();
    assert.deepEqual(cpuid(state, 0xd, 0), { eax: 0x207, ebx: 832, ecx: 2696, edx: 0 });
    state.setSlot(Units.XCR0, Xcr0.X87);
    assert.equal(cpuid(state, 0xd, 0).ebx, 576);
    assert.deepEqual(cpuid(state, 0xd, 1), { eax: 0xf, ebx: 576, ecx: 0, edx: 0 });
    assert.deepEqual(cpuid(state, 0xd, 2), { eax: 256, ebx: 576, ecx: 0, edx: 0 });
    assert.deepEqual(cpuid(state, 0xd, 9), { eax: 8, ebx: 2688, ecx: 0, edx: 0 });
    assert.deepEqual(cpuid(state, 0xd, 3), { eax: 0, ebx: 0, ecx: 0, edx: 0 });
  });

  it('has no supervisor components: IA32_XSS takes 0 only', () => {
    const cpu = ready(0n);
    cpu.state.setGpr(1, BigInt(Msr.XSS));
    assert.equal(execute(cpu, 0x0f, 0x30), 'nothing');
    cpu.state.setGpr(0, 0x100n);
    assert.equal(execute(cpu, 0x0f, 0x30), '#GP(0)');
  });
});
