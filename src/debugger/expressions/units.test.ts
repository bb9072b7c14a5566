import assert from 'node:assert/strict';
import { unitRegister } from '../../isa/registers/units';
import {
  compileMessage,
  evaluate,
  ExpressionError,
  formatValue,
  splitFormat,
  type ExpressionContext,
} from '.';
import { expressionContext } from './context.testing';

describe('expressions with x87 and vector registers', () => {
  let world: ExpressionContext;
  const text = (source: string): string => {
    const { expression, format } = splitFormat(source);
    return formatValue(evaluate(expression, world), format);
  };
  const holds = (source: string): boolean => evaluate(source, world).value === 1n;
  const failure = (source: string): string => {
    try {
      evaluate(source, world);
    } catch (error) {
      assert.ok(error instanceof ExpressionError, String(error));
      return error.message;
    }
    assert.fail(`${source} can be evaluated`);
  };
  const set = (name: string, value: bigint): void => {
    const register = unitRegister(name);
    assert.ok(register);
    world.registers.units.write(register, value);
  };
  const all = (cases: Record<string, string>): void => {
    for (const [source, wanted] of Object.entries(cases))
      assert.equal(text(source), wanted, source);
  };

  beforeEach(async () => {
    world = await expressionContext();
    set('xmm0', 0x40490fdb_fffffffd_40000000_3f800000n);
  });

  it('read registers whole, and lane by lane', () => {
    all({
      xmm0: '0x40490fdbfffffffd400000003f800000',
      'XMM0.F32[0]': '1.0',
      'xmm0.f32[1]': '2.0',
      'xmm0.f32[3]': '3.1415927',
      'xmm0.v4_float[3]': '3.1415927',
      'xmm0.i32[2]': '-3',
      'xmm0.u32[2]': '0xfffffffd',
      'xmm0.i32[2],x': '0xfffffffd',
      'xmm0.u32[3],f': '3.1415927',
      'xmm0.i8[8] * 2': '-0x6',
      'xmm0.f64[0]': '2.000000473111868',
      'xmm0.f32': '{1.0, 2.0, nan(0x7ffffd), 3.1415927}'.replace('nan', '-nan'),
      'xmm0.u16,x': '{0x0, 0x3f80, 0x0, 0x4000, 0xfffd, 0xffff, 0xfdb, 0x4049}',
      'xmm0.uint128': '0x40490fdbfffffffd400000003f800000',
      'guest.xmm0.u64[0]': '0x400000003f800000',
      'ymm0.u64[3]': '0x0',
      mxcsr: '0x1f80',
      fcw: '0x37f',
      ftw: '0xffff',
      xcr0: '0x1',
    });
    assert.equal(evaluate('mxcsr', world).meaning?.(), 'IM DM ZM OM UM PM');
    assert.match(evaluate('xmm0', world).meaning?.() ?? '', /^f32 \{1\.0, 2\.0, .*\} {2}f64 \{/);
  });

  it('write registers whole, and one lane without its neighbours', () => {
    evaluate('xmm0.f32[1] = 1.5', world);
    evaluate('xmm0.i8[15] = -3', world);
    evaluate('xmm0.u16[4] = 0x7f', world);
    assert.equal(text('xmm0'), '0xfd490fdbffff007f3fc000003f800000');
    evaluate('xmm0.f32[0] = 3', world);
    assert.equal(text('xmm0.f32[0]'), '3.0');
    evaluate('xmm0.f32[0] = -inf', world);
    evaluate('xmm0.f64[1] = nan', world);
    all({ 'xmm0.f32[0]': '-inf', 'xmm0.u64[1]': '0x7ff8000000000000' });
    evaluate('ymm0 = 0x112233445566778899aabbccddeeff00ffeeddccbbaa99887766554433221100', world);
    all({ xmm0: '0xffeeddccbbaa99887766554433221100', 'ymm0.u8[31]': '0x11' });
    evaluate('mm2.i16[3] = -1', world);
    all({ mm2: '0xffff000000000000', 'mm2.i16': '{0, 0, 0, -1}' });
  });

  it('know the x87 stack, and that a register is empty', () => {
    assert.equal(evaluate('st0', world).meaning?.(), 'empty');
    assert.match(failure('st0 > 1'), /st0 is empty/);
    assert.match(failure('st(8)'), /st\(0\) to st\(7\)/);
    evaluate('st0 = 0.1', world);
    evaluate('st(1) = -2', world);
    all({
      st0: '0.1',
      'st0.bits': '0x3ffbcccccccccccccccd',
      'st(1)': '-2.0',
      'st(0) * st1': '-0.2',
      ftw: '0xfff0',
    });
    assert.equal(evaluate('st1', world).meaning?.(), 'valid');
    evaluate('st1.bits = 0x7fff8000000000000000', world);
    assert.equal(evaluate('st1', world).meaning?.(), 'special, infinity');
    evaluate('fsw = 0x3800', world);
    assert.equal(text('st1'), '0.1', 'TOP is 7 now');
  });

  it('compare exactly; constants are what the format makes of them', () => {
    evaluate('xmm1.f32[0] = 0.1', world);
    evaluate('xmm1.f64[1] = 0.1', world);
    evaluate('xmm2.f32[0] = 16777216', world);
    evaluate('xmm2.f32[1] = nan', world);
    evaluate('st0 = 1.5', world);
    for (const source of [
      'xmm1.f32[0] == 0.1',
      'xmm1.f64[1] == 0.1',
      'xmm1.f32[0] != xmm1.f64[1]',
      'xmm2.f32[0] != 16777217',
      'xmm2.f32[0] + 1 == 16777216',
      'xmm2.f32[1] != xmm2.f32[1]',
      '!(xmm2.f32[1] < 1) && !(xmm2.f32[1] >= 1)',
      'st0 > 1 && st0 < 2',
      'st0 == 3 / 2.0',
      '1e3 == 1000',
      '-1.5 < -1',
      '0x1.8p1 == 3',
      '1.0 / 0 == inf',
      '-0.0 == 0',
      '0.5 ? 1 : 0',
      'xmm0.i32[2] < 0',
    ])
      assert.ok(holds(source), source);
  });

  it('never cut off a fraction', () => {
    assert.match(failure('rax = 1.5'), /1\.5 is no whole number/);
    assert.match(failure('byte [1.5]'), /no whole number/);
    assert.match(failure('xmm0.f32[0.5]'), /no whole number/);
    assert.match(failure('1.5 & 1'), /& works on whole numbers only/);
    assert.match(failure('~1.5'), /~ works/);
    assert.match(failure('xmm0.f32[0] << 1'), /<< works/);
    evaluate('rax = 2.0', world);
    assert.equal(text('rax'), '0x2');
  });

  it('refuse what a register cannot take, and change nothing', () => {
    assert.match(failure('mxcsr = 0x10000'), /mxcsr cannot take this value/);
    assert.match(failure('xcr0 = 0'), /xcr0 cannot take this value/);
    assert.match(failure('xmm0.u8[0] = 256'), /does not fit in 8 bits/);
    assert.match(failure('xmm0 = 0x1ffffffffffffffffffffffffffffffff'), /does not fit in 128 bits/);
    assert.match(failure(`xmm0 = 0x1${'0'.repeat(64)}`), /does not fit in 256 bits/);
    assert.match(failure('xmm0.f32 = 1'), /cannot be changed/);
    assert.match(failure('xmm0.f32 + 1'), /choose a lane: xmm0\.f32\[0\] to \[3\]/);
    assert.match(failure('xmm0.f32[4]'), /xmm0\.f32 has lanes 0 to 3/);
    assert.match(failure('xmm0.f16[0]'), /xmm0 has no lanes f16/);
    assert.match(failure('rax.u8[0]'), /has no lanes/);
    assert.match(failure('mm0.f64x[0]'), /mm0 has no lanes f64x/);
    all({ mxcsr: '0x1f80', xcr0: '0x1', xmm0: '0x40490fdbfffffffd400000003f800000' });
  });

  it('read and write memory as numbers with a fraction, and as vectors', () => {
    evaluate('float [data] = 1.5', world);
    evaluate('double [data + 4] = -1e300', world);
    all({
      'dword [data]': '0x3fc00000',
      'float ptr [data]': '1.5',
      'double [data + 4]': '-1e+300',
      'float gpa(data)': '1.5',
      'dword [data],f': '1.5',
    });
    evaluate('tword [0x600] = 0.1', world);
    evaluate('oword [0x610] = xmm0', world);
    all({
      'qword [0x600]': '0xcccccccccccccccd',
      'tbyte [0x600]': '0.1',
      'xmmword [0x610]': '0x40490fdbfffffffd400000003f800000',
      'yword [0x610] >> 128': '0x0',
    });
    assert.match(failure('float'), /float is no register/, 'a symbol may have this name');
  });

  it('tell whole numbers from those with an exponent', () => {
    all({ '1e3h': '0x1e3', '0x1e+3': '0x21', '1e+3': '1000.0', '2.': '2.0', '1_000.5': '1000.5' });
    assert.match(failure('1.2.3'), /unexpected/);
  });

  it('fill in log messages', () => {
    assert.equal(
      compileMessage('{xmm0.f32[1]} {xmm0.f64[0],x} {xmm0.i32}')(world),
      '2.0 0x400000003f800000 {1065353216, 1073741824, -3, 1078530011}',
    );
  });
});
