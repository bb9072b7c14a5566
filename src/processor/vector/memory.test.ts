import assert from 'node:assert/strict';
import { WideCr0, WideCr4, Xcr0 } from '../../isa/registers/control';
import type { EngineKind } from '../execution/engine';
import { execute, longMode, PAGE_TABLES } from '../modes.testing';
import type { Processor } from '../processor';
import { Units, vectorSlot, x87Slot } from '../state/layout';
import { readXmm, writeRegister } from './operands';

/** Vectors in memory: alignment, pages, gathers and masked moves (SDM 1 4.1.1; 2A 2.4; 2C). */

const DATA = 0x9000;
const PAGE = 0xa000;
const RBX = 3;
const ENGINES: readonly EngineKind[] = ['interpreter', 'reference'];

const MOVAPS_LOAD = [0x0f, 0x28, 0x03]; // movaps xmm0, [rbx]
const MOVUPS_LOAD = [0x0f, 0x10, 0x03];
const MOVUPS_STORE = [0x0f, 0x11, 0x03];
const ADDPS_LOAD = [0x0f, 0x58, 0x03];
const VADDPS_LOAD = [0xc5, 0xf8, 0x58, 0x03];
const VMOVAPS_YMM = [0xc5, 0xfc, 0x28, 0x03];
const VMOVUPS_STORE_YMM = [0xc5, 0xfc, 0x11, 0x03];
/** vpgatherdd xmm0, [rbx + xmm1*4], xmm2 */
const VPGATHERDD = [0xc4, 0xe2, 0x69, 0x90, 0x04, 0x8b];
/** vgatherqps xmm0, [rbx + ymm1*1], xmm2 */
const VGATHERQPS_YMM = [0xc4, 0xe2, 0x6d, 0x93, 0x04, 0x0b];
/** vpgatherdd xmm0, [rbx + xmm0*4], xmm2 */
const VPGATHERDD_SAME = [0xc4, 0xe2, 0x69, 0x90, 0x04, 0x83];
/** vcvtps2ph [rbx], xmm0, 0 */
const VCVTPS2PH_STORE = [0xc4, 0xe3, 0x79, 0x1d, 0x03, 0x00];
/** vmaskmovps xmm0, xmm2, [rbx] and back */
const VMASKMOVPS_LOAD = [0xc4, 0xe2, 0x69, 0x2c, 0x03];
const VMASKMOVPS_STORE = [0xc4, 0xe2, 0x69, 0x2e, 0x03];

/** The page at PAGE is not there; the one before it is. */
function ready(engine?: EngineKind): Processor {
  const cpu = longMode(engine);
  const { physical, state } = cpu;
  physical.write64(PAGE_TABLES + 0x2000, BigInt(PAGE_TABLES + 0x3007));
  for (let n = 0; n < 512; n++) {
    physical.write64(PAGE_TABLES + 0x3000 + 8 * n, BigInt(n << 12) | (n === PAGE >> 12 ? 0n : 7n));
  }
  state.cr4 |= WideCr4.OSFXSR | WideCr4.OSXMMEXCPT | WideCr4.OSXSAVE;
  state.setSlot(Units.XCR0, Xcr0.X87 | Xcr0.SSE | Xcr0.AVX);
  state.setGpr(RBX, BigInt(DATA));
  for (let n = 0; n < 64; n++) physical.write64(DATA + 8 * n, BigInt(n + 1));
  cpu.updateDerivedState();
  return cpu;
}

const at = (cpu: Processor, address: number): Processor => {
  cpu.state.setGpr(RBX, BigInt(address));
  return cpu;
};

const setXmm = (cpu: Processor, index: number, value: bigint): void => {
  writeRegister(cpu, vectorSlot(index), 16, value, false);
};

const dwords = (...values: readonly number[]): bigint =>
  values.reduce((all, v, n) => all | (BigInt(v >>> 0) << BigInt(32 * n)), 0n);

for (const engine of ENGINES) {
  describe(`vectors in memory (${engine})`, () => {
    it('must be aligned without a VEX prefix, and for moves that say so', () => {
      assert.equal(execute(at(ready(engine), DATA + 8), ...MOVAPS_LOAD), '#GP(0)');
      assert.equal(execute(at(ready(engine), DATA + 8), ...ADDPS_LOAD), '#GP(0)');
      assert.equal(execute(at(ready(engine), DATA + 8), ...MOVUPS_LOAD), 'nothing');
      assert.equal(execute(at(ready(engine), DATA + 8), ...VADDPS_LOAD), 'nothing');
      assert.equal(execute(at(ready(engine), DATA + 16), ...VMOVAPS_YMM), '#GP(0)');
      assert.equal(execute(at(ready(engine), DATA + 32), ...VMOVAPS_YMM), 'nothing');
    });

    it('may lie in two pages, and a store that faults in the second writes nothing', () => {
      const cpu = at(ready(engine), PAGE - 8);
      setXmm(cpu, 0, -1n);
      assert.equal(execute(cpu, ...MOVUPS_STORE), '#PF(2)');
      assert.equal(cpu.state.cr2, BigInt(PAGE));
      assert.equal(cpu.physical.read64(PAGE - 8), 0n);
      assert.equal(execute(at(cpu, PAGE - 24), ...VMOVUPS_STORE_YMM), '#PF(2)');
      assert.equal(cpu.physical.read64(PAGE - 24), 0n);
      assert.equal(execute(at(cpu, PAGE - 16), ...MOVUPS_STORE), 'nothing');
      assert.equal(cpu.physical.read64(PAGE - 8), (1n << 64n) - 1n);
    });

    it('are read before the upper half of a register is cleared', () => {
      const cpu = at(ready(engine), PAGE);
      cpu.state.setSlot(vectorSlot(0) + 16, 5n);
      assert.equal(execute(cpu, ...VADDPS_LOAD), '#PF(0)');
      assert.equal(cpu.state.slot(vectorSlot(0) + 16), 5n);
    });
  });
}

describe('VCVTPS2PH', () => {
  it('tells MXCSR nothing where its target faults', () => {
    const cpu = at(ready(), PAGE);
    setXmm(cpu, 0, dwords(0x3f800001, 0, 0, 0)); // no half-precision number
    assert.equal(execute(cpu, ...VCVTPS2PH_STORE), '#PF(2)');
    assert.equal(cpu.state.slot(Units.MXCSR), 0x1f80n);
    assert.equal(execute(at(cpu, DATA), ...VCVTPS2PH_STORE), 'nothing');
    assert.equal(cpu.state.slot(Units.MXCSR), 0x1fa0n);
    assert.equal(cpu.physical.read64(DATA), 0x3c00n);
  });
});

describe('VPGATHER and VGATHER', () => {
  it('load the elements whose mask is negative, and clear the mask', () => {
    const cpu = ready();
    setXmm(cpu, 0, dwords(9, 9, 9, 9));
    setXmm(cpu, 1, dwords(0, 2, 4, -2));
    setXmm(cpu, 2, dwords(-1, 0, -1, 0x7fffffff));
    assert.equal(execute(cpu, ...VPGATHERDD), 'nothing');
    assert.equal(readXmm(cpu, 0), dwords(1, 9, 3, 9));
    assert.equal(readXmm(cpu, 2), 0n);
  });

  it('keep what they have loaded when an element faults', () => {
    const cpu = ready();
    setXmm(cpu, 1, dwords(0, 2, 0x400, 4));
    setXmm(cpu, 2, dwords(-1, -1, -1, -1));
    assert.equal(execute(cpu, ...VPGATHERDD), '#PF(0)');
    assert.equal(cpu.state.cr2, BigInt(PAGE));
    assert.equal(readXmm(cpu, 0), dwords(1, 2, 0, 0));
    assert.equal(readXmm(cpu, 2), dwords(0, 0, -1, -1));
  });

  it('take four indices of 64 bits from a YMM register for an XMM register', () => {
    const cpu = ready();
    [0n, 8n, 16n, 24n].forEach((index, n) => {
      cpu.state.setSlot(vectorSlot(1) + 8 * n, index);
    });
    setXmm(cpu, 2, dwords(-1, -1, -1, -1));
    cpu.state.setSlot(vectorSlot(0) + 16, 5n);
    assert.equal(execute(cpu, ...VGATHERQPS_YMM), 'nothing');
    assert.equal(readXmm(cpu, 0), dwords(1, 2, 3, 4));
    assert.equal(cpu.state.slot(vectorSlot(0) + 16), 0n);
  });

  it('need three different registers', () => {
    assert.equal(execute(ready(), ...VPGATHERDD_SAME), '#UD');
  });
});

describe('VMASKMOV', () => {
  it('faults for elements that move only', () => {
    const cpu = at(ready(), PAGE - 8);
    cpu.physical.write64(PAGE - 8, dwords(7, 8));
    setXmm(cpu, 2, dwords(-1, -1, 0, 0));
    assert.equal(execute(cpu, ...VMASKMOVPS_LOAD), 'nothing');
    assert.equal(readXmm(cpu, 0), dwords(7, 8, 0, 0));
    setXmm(cpu, 0, dwords(1, 2, 3, 4));
    assert.equal(execute(cpu, ...VMASKMOVPS_STORE), 'nothing');
    assert.equal(cpu.physical.read64(PAGE - 8), dwords(1, 2));
    setXmm(cpu, 2, dwords(-1, 0, -1, 0));
    setXmm(cpu, 0, dwords(5, 6, 7, 8));
    assert.equal(execute(cpu, ...VMASKMOVPS_STORE), '#PF(2)');
    assert.equal(cpu.physical.read64(PAGE - 8), dwords(1, 2));
  });
});

describe('units of vectors', () => {
  const PADDB_MMX = [0x0f, 0xfc, 0xc1];
  const PADDB_XMM = [0x66, 0x0f, 0xfc, 0xc1];
  const VPADDB = [0xc5, 0xf1, 0xfc, 0xc2];

  type Row = readonly [string, (cpu: Processor) => void, mmx: string, sse: string, avx: string];
  const rows: readonly Row[] = [
    ['as they should be', () => undefined, 'nothing', 'nothing', 'nothing'],
    ['CR0.EM = 1', ({ state }) => (state.cr0 |= WideCr0.EM), '#UD', '#UD', 'nothing'],
    ['CR0.TS = 1', ({ state }) => (state.cr0 |= WideCr0.TS), '#NM', '#NM', '#NM'],
    ['CR4.OSFXSR = 0', ({ state }) => (state.cr4 &= ~WideCr4.OSFXSR), 'nothing', '#UD', 'nothing'],
    [
      'CR4.OSXSAVE = 0',
      ({ state }) => (state.cr4 &= ~WideCr4.OSXSAVE),
      'nothing',
      'nothing',
      '#UD',
    ],
    [
      'XCR0 = 3',
      ({ state }) => {
        state.setSlot(Units.XCR0, 3n);
      },
      'nothing',
      'nothing',
      '#UD',
    ],
    [
      'an x87 exception pending',
      ({ state }) => {
        state.cr0 |= WideCr0.NE;
        state.setSlot(Units.X87_STATUS, 0x8081n);
      },
      '#MF',
      'nothing',
      'nothing',
    ],
  ];
  for (const [when, setup, ...expected] of rows) {
    it(`${when}: MMX ${expected[0]}, SSE ${expected[1]}, AVX ${expected[2]} (SDM 2A 2.4)`, () => {
      const found = [PADDB_MMX, PADDB_XMM, VPADDB].map((code) => {
        const cpu = ready('interpreter');
        setup(cpu);
        cpu.updateDerivedState();
        return execute(cpu, ...code);
      });
      assert.deepEqual(found, expected);
    });
  }

  it('XSETBV and CLTS make them available at once', () => {
    const cpu = ready('interpreter');
    cpu.state.setSlot(Units.XCR0, Xcr0.X87);
    cpu.state.cr0 |= WideCr0.TS;
    cpu.updateDerivedState();
    [7n, 0n, 0n].forEach((value, index) => {
      cpu.state.setGpr(index, value);
    });
    assert.equal(execute(cpu, ...VPADDB), '#UD');
    assert.equal(execute(cpu, 0x0f, 0x01, 0xd1), 'nothing'); // XSETBV
    assert.equal(execute(cpu, ...VPADDB), '#NM');
    assert.equal(execute(cpu, 0x0f, 0x06), 'nothing'); // CLTS
    assert.equal(execute(cpu, ...VPADDB), 'nothing');
    cpu.state.setGpr(0, cpu.state.cr0 | WideCr0.TS);
    assert.equal(execute(cpu, 0x0f, 0x22, 0xc0), 'nothing'); // MOV CR0, RAX
    assert.equal(execute(cpu, ...PADDB_XMM), '#NM');
  });

  it('MMX instructions make the x87 registers valid, the top 0, and exponents ones (SDM 3A 13.2)', () => {
    const cpu = ready('interpreter');
    const { state } = cpu;
    state.setSlot(Units.X87_STATUS, 0x1800n);
    state.setSlot(Units.X87_TAGS, 0n);
    state.setSlot(x87Slot(1), 0x0101n);
    assert.equal(execute(cpu, ...PADDB_MMX), 'nothing');
    assert.equal(state.slot(Units.X87_STATUS), 0n);
    assert.equal(state.slot(Units.X87_TAGS), 0xffn);
    assert.equal(state.slot(x87Slot(0)), 0x0101n);
    assert.equal(state.slot(x87Slot(0) + 8), 0xffffn);
    assert.equal(execute(cpu, 0x0f, 0x77), 'nothing'); // EMMS
    assert.equal(state.slot(Units.X87_TAGS), 0n);
  });
});
