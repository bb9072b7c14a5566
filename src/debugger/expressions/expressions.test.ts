import assert from 'node:assert/strict';
import {
  assignExpression,
  describeError,
  evaluate,
  compileMessage,
  ExpressionError,
  formatValue,
  splitFormat,
  syntaxError,
  type ExpressionContext,
} from '.';
import { expressionContext } from './context.testing';

describe('expressions', () => {
  let world: ExpressionContext;
  const value = (text: string): bigint => evaluate(text, world).value;
  const failure = (text: string): ExpressionError => {
    try {
      evaluate(text, world);
    } catch (error) {
      assert.ok(error instanceof ExpressionError, String(error));
      return error;
    }
    assert.fail(`${text} can be evaluated`);
  };

  beforeEach(async () => {
    world = await expressionContext();
  });

  it('reads numbers as NASM writes them', () => {
    const cases: Record<string, bigint> = {
      '0x1f': 31n,
      '1fh': 31n,
      '0b101': 5n,
      '101b': 5n,
      '17q': 15n,
      '42': 42n,
      '0d10': 10n,
      "'a'": 97n,
      "'ab'": 0x6261n,
      '1_000': 1000n,
      '0ffh': 255n,
    };
    for (const [text, wanted] of Object.entries(cases)) assert.equal(value(text), wanted, text);
  });

  it('has the precedence of C', () => {
    const cases: Record<string, bigint> = {
      '1 + 2 * 3': 7n,
      '(1 + 2) * 3': 9n,
      '1 << 2 + 1': 8n,
      '1 | 2 ^ 3 & 1': 1n | (2n ^ (3n & 1n)),
      '6 & 3 == 3': 6n & 1n,
      '1 < 2 == 1': 1n,
      '!0 + 1': 2n,
      '-1 + 3': 2n,
      '~0 & 0xff': 255n,
      '10 / 3': 3n,
      '10 % 4': 2n,
      '1 ? 2 : 0 ? 3 : 4': 2n,
      '0 ? 2 : 0 ? 3 : 4': 4n,
      '1 || 1 / 0': 1n,
      '0 && 1 / 0': 0n,
      '7 <> 7': 0n,
    };
    for (const [text, wanted] of Object.entries(cases)) assert.equal(value(text), wanted, text);
  });

  it('knows registers and their parts, in any case', () => {
    world.registers.setGpr(0, 0x1122334455667788n);
    world.registers.setGpr(8, 0xaabbccdd_eeff0011n);
    assert.equal(value('rax'), 0x1122334455667788n);
    assert.equal(value('EAX'), 0x55667788n);
    assert.equal(value('ax'), 0x7788n);
    assert.equal(value('ah'), 0x77n);
    assert.equal(value('al'), 0x88n);
    assert.equal(value('r8d'), 0xeeff0011n);
    assert.equal(value('rip'), 0x7c00n);
    assert.equal(value('guest.al'), 0x88n);
    assert.equal(value('cs'), 0n);
    assert.equal(value('cs.limit'), 0xffffn);
  });

  it('writes parts of registers as instructions do', () => {
    world.registers.setGpr(0, 0x1122334455667788n);
    value('ah = 1');
    assert.equal(value('rax'), 0x1122334455660188n);
    value('ax = 2');
    assert.equal(value('rax'), 0x1122334455660002n);
    value('eax = 3');
    assert.equal(value('rax'), 3n);
    value('al = -1');
    assert.equal(value('rax'), 0xffn);
  });

  it('wraps at the width of the operands', () => {
    world.registers.setGpr(4, 0n);
    assert.equal(value('sp - 2'), 0xfffen);
    assert.equal(value('esp - 2'), 0xfffffffen);
    assert.equal(value('al + 0xff + 1'), 0x100n);
    assert.equal(value('rsp == -1'), 0n);
    world.registers.setGpr(0, 0xffffffffn);
    assert.equal(value('eax == -1'), 1n);
    assert.equal(value('eax + 1'), 0n);
    assert.equal(value('eax < 0x100000000'), 1n);
    assert.equal(value('al << 8'), 0xff00n);
  });

  it('reads and writes flags', () => {
    assert.equal(value('zf = 1'), 1n);
    assert.equal(value('rflags & 0x40'), 0x40n);
    assert.equal(value('iopl = 3'), 3n);
    assert.match(failure('zf = 2').message, /ZF/);
  });

  it('reads and writes memory at each size and in each address space', () => {
    assert.equal(value('qword [data]'), 0x1122334455667788n);
    assert.equal(value('dword [data + 4]'), 0x11223344n);
    assert.equal(value('[data]'), 0x7788n, 'real mode is 16 bits wide');
    assert.equal(value('byte ds:[data + 1]'), 0x77n);
    assert.equal(value('byte [ds:data + 1]'), 0x77n);
    assert.equal(value('word gpa(data)'), 0x7788n);
    assert.equal(value('dword hpa(data)'), 0x55667788n);
    value('word [data] = 0xbeef');
    assert.equal(value('word ptr [data]'), 0xbeefn);
    assert.equal(value('phys(data)'), value('data'));
  });

  it('forms addresses with the segment that the processor would take', () => {
    value('ss = 0x100');
    world.registers.setGpr(5, 0x10n);
    value('byte gpa(0x1010) = 9');
    assert.equal(value('byte [bp]'), 9n);
    assert.equal(value('byte ds:[bp + 0x1000]'), 9n);
  });

  it('says where memory ends', () => {
    assert.match(failure('dword gpa(0x7fffffff)').message, /0x7fffffff/);
    assert.match(failure('1 + [0x200000]').message, /0x200000/);
  });

  it('finds symbols; registers and flags win over them, and say so', () => {
    assert.equal(value('start'), 0x7c00n);
    assert.equal(value('start.inner'), 0x7c01n);
    world.registers.rip = 0x7c01n;
    assert.equal(value('.inner'), 0x7c01n);
    assert.equal(value('size * 2'), 24n);
    const flag = evaluate('cf', world);
    assert.equal(flag.type, 'flag');
    assert.match(flag.note ?? '', /\$cf/);
    assert.equal(value('byte [$cf]'), 7n);
  });

  it('names cause and column of what is wrong', () => {
    const cases: Record<string, [RegExp, number]> = {
      '': [/missing/, 1],
      '1 +': [/missing/, 4],
      '(1 + 2': [/\) is missing/, 7],
      '1 2': [/unexpected 2/, 3],
      'rax + nosuch': [/nosuch/, 7],
      Start: [/did you mean start/, 1],
      '1 / (2 - 2)': [/zero/, 3],
      '0x': [/no number/, 1],
      '12z': [/12z is no number/, 1],
      "'abc": [/no end/, 1],
      '5 = 1': [/cannot be changed/, 1],
      'al = 256': [/does not fit/, 1],
      'rax # 1': [/#/, 5],
      '1 << 100000': [/shift/, 3],
      'msr(0x999)': [/MSR 0x999/, 1],
      'vmcs.guest_rip': [/VMCS/, 1],
      'host.rax': [/host/, 1],
      'exit.reason': [/VM exit/, 1],
      'byte 5': [/\[ is missing/, 6],
    };
    for (const [text, [message, column]] of Object.entries(cases)) {
      const error = failure(text);
      assert.match(error.message, message, text);
      assert.equal(error.column, column, text);
    }
    assert.match(describeError(failure('rax + nosuch')), /column 7/);
  });

  it('takes far pointers, but not for the colon of a choice', () => {
    world.registers.setSegment(1, {
      ...world.registers.segment(1),
      selector: 0x700,
      base: 0x7000n,
    });
    assert.equal(evaluate('cs:0x10', world).value, 0x7010n);
    assert.equal(evaluate('0x7c0:0x10', world).value, 0x7c10n);
    assert.equal(evaluate('1 ? cs : 5', world).value, 0x700n);
    assert.equal(evaluate('0 ? cs : 5', world).value, 5n);
    world.registers.setSegment(1, { ...world.registers.segment(1), selector: 0, base: 0n });
  });

  it('says what bits of registers mean, without changing the value', () => {
    const flags = evaluate('rflags', world);
    assert.equal(flags.meaning?.(), '');
    evaluate('zf = 1', world);
    assert.equal(evaluate('rflags', world).meaning?.(), 'ZF');
    evaluate('zf = 0', world);
    assert.equal(evaluate('cr0', world).meaning?.(), 'ET');
    assert.equal(evaluate('rax', world).meaning?.(), undefined);
  });

  it('assigns only where that is meant', () => {
    const looking = { ...world, mayAssign: false };
    assert.throws(() => evaluate('rax = 1', looking), /==/);
    assert.equal(assignExpression('rax', '2 + 3', looking).value, 5n);
    assert.throws(() => assignExpression('rax', 'rbx = 1', looking), ExpressionError);
  });

  it('survives whatever is typed', () => {
    let seed = 12345;
    const random = (n: number): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
    const pieces = ['rax', '0x', 'msr(', 'byte ', '<<', ..."()[]+-?:=1'.$! "];
    for (let n = 0; n < 3000; n++) {
      const text = Array.from({ length: random(12) }, () => pieces[random(pieces.length)]).join('');
      try {
        evaluate(text, { ...world, mayAssign: false });
      } catch (error) {
        assert.ok(error instanceof ExpressionError, `${text}: ${String(error)}`);
      }
    }
    assert.ok(failure('('.repeat(100_000)).message);
    assert.ok(failure('-'.repeat(100_000)).message);
  });

  it('takes as long as a text is long', () => {
    const began = performance.now();
    assert.equal(value(`${'1+'.repeat(50_000)}1`), 50_001n);
    assert.equal(value(`${'0||'.repeat(30_000)}1&&0`), 0n);
    assert.equal(value(`${' '.repeat(100_000)}5`), 5n);
    assert.match(failure("'".repeat(99_999)).message, /the string has no end/);
    assert.match(failure('a'.repeat(100_000)).message, /no register, flag or symbol/);
    assert.match(failure(`1${'<<4096'.repeat(16_000)}`).message, /more than 8192 bits/);
    assert.ok(performance.now() - began < 2000, `${String(performance.now() - began)} ms`);
  });

  it('writes values in every format', () => {
    const byte = { value: 0xf5n, width: 8 } as const;
    assert.equal(formatValue(byte), '0xf5');
    assert.equal(formatValue(byte, 'd'), '-11');
    assert.equal(formatValue(byte, 'u'), '245');
    assert.equal(formatValue(byte, 'b'), '0b1111_0101');
    assert.equal(formatValue({ value: 0x64636261n, width: 32 }, 'c'), "'abcd'");
    assert.equal(formatValue({ value: -5n, width: undefined }), '-0x5');
    assert.deepEqual(splitFormat('rax, d'), { expression: 'rax', format: 'd' });
    assert.deepEqual(splitFormat('[rax]'), { expression: '[rax]' });
  });

  it('fills in log messages', () => {
    world.registers.setGpr(1, 42n);
    assert.equal(
      compileMessage('cx={cx,d} at {rip}, {oops}')(world),
      'cx=42 at 0x7c00, {oops is no register, flag or symbol}',
    );
  });

  it('checks syntax without evaluating', () => {
    assert.equal(syntaxError('rax == nosuch'), undefined);
    assert.match(syntaxError('rax ==') ?? '', /column 7/);
  });
});
