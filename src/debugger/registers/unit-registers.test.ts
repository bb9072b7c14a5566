import assert from 'node:assert/strict';
import { WideCr4, Xcr0 } from '../../isa/registers/control';
import { unitRegister } from '../../isa/registers/units';
import { Fault } from '../../processor/faults';
import { assembleText, flatImage, Machine } from '../../session';
import { LiveRegisters } from './registers';
import type { UnitRegisters } from './unit-registers';

describe('registers of the x87 and vector units', () => {
  let units: UnitRegisters;
  const named = (name: string) => {
    const register = unitRegister(name);
    assert.ok(register, name);
    return register;
  };
  const read = (name: string): bigint => units.read(named(name));
  const write = (name: string, value: bigint): void => {
    units.write(named(name), value);
  };
  const names = (bits: 16 | 64, cr4: bigint): string[] =>
    units.present(bits, cr4).map(({ name }) => name);

  beforeEach(async () => {
    const program = await assembleText('hlt');
    const machine = new Machine(flatImage(program), { monitor: 'none', memory: 1 << 20 });
    ({ units } = new LiveRegisters(machine.computer.processor));
  });

  it('keep what is written, in all their bits', () => {
    const value = 0x112233445566778899aabbccddeeff00ffeeddccbbaa99887766554433221100n;
    write('ymm7', value);
    assert.equal(read('ymm7'), value);
    assert.equal(read('xmm7'), BigInt.asUintN(128, value));
    write('xmm7', 1n);
    assert.equal(read('ymm7'), ((value >> 128n) << 128n) | 1n, 'the upper half stays');
    assert.equal(read('ymm6') | read('ymm8'), 0n);
    for (const name of ['fcs', 'fds', 'fip', 'fdp', 'pkru']) {
      write(name, 0x1234n);
      assert.equal(read(name), 0x1234n, name);
    }
    write('fop', 0xffffn);
    assert.equal(read('fop'), 0x7ffn, 'the opcode has 11 bits');
  });

  it('of the stack are relative to TOP, and filled by writing', () => {
    assert.equal(read('ftw'), 0xffffn);
    write('fsw', 6n << 11n);
    write('st1', 0x3fff8000000000000000n);
    assert.equal(units.physical(1), 7);
    assert.equal(read('ftw'), 0x3fffn);
    assert.equal(read('mm7'), 0x8000000000000000n);
    write('st0', 0n);
    assert.equal(read('ftw'), 0x1fffn, 'R6 is zero');
    write('ftw', 0xffffn);
    assert.ok(units.isEmpty(0) && units.isEmpty(1));
    write('mm6', 5n);
    assert.equal(read('st0'), (0xffffn << 64n) | 5n, 'an MMX register is a NaN');
    assert.ok(units.isEmpty(0), 'its tag stays');
  });

  it('follow the rules of their bits', () => {
    write('fsw', 1n);
    assert.equal(read('fsw'), 1n, 'masked');
    write('fcw', 0x37en);
    assert.equal(read('fsw'), 0x8081n, 'unmasked now: ES and B');
    assert.throws(() => {
      write('mxcsr', 0x10000n);
    }, Fault);
    assert.throws(() => {
      write('xcr0', Xcr0.X87 | Xcr0.AVX);
    }, Fault);
    assert.equal(read('mxcsr'), 0x1f80n);
    assert.equal(read('xcr0'), 1n);
  });

  it('are shown where code can reach them', () => {
    const real = names(16, 0n);
    assert.ok(real.includes('st7') && real.includes('mm0') && real.includes('xmm7'));
    assert.ok(!real.includes('xmm8') && !real.includes('ymm0'));
    assert.ok(!real.includes('xcr0') && !real.includes('pkru'));
    write('xcr0', Xcr0.X87 | Xcr0.SSE | Xcr0.AVX);
    const long = names(64, WideCr4.OSXSAVE | WideCr4.PKE);
    for (const name of ['xmm15', 'ymm15', 'xcr0', 'pkru']) assert.ok(long.includes(name), name);
  });

  it('are in use once somebody has written them', () => {
    const used = (): string[] => units.inUse().map(({ name }) => name);
    assert.deepEqual(used(), []);
    write('xmm1', 1n);
    write('ymm2', 1n << 200n);
    write('st0', 0n);
    write('mxcsr', 0x1fa0n);
    assert.deepEqual(used(), ['st0', 'ftw', 'xmm1', 'ymm2', 'mxcsr']);
  });
});
