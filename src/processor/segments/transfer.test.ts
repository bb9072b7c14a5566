import assert from 'node:assert/strict';
import { CS, DS, SS } from '../state/layout';
import { longMode, protectedMode, raised, realMode, Sel, setRing } from '../modes.testing';
import type { Processor } from '../processor';
import { farTransfer, returnToCode } from './transfer';

const IRET = { interrupt: true, release: 0 };
const RETF = { interrupt: false, release: 0 };

/** Puts words on the stack, the one to be popped first first. */
function push(cpu: Processor, bytes: 4 | 8, ...words: readonly (number | bigint)[]): void {
  for (const word of [...words].reverse()) cpu.push(BigInt(word), bytes);
}

describe('a far JMP or CALL to code (SDM 3A 5.8.1)', () => {
  const cases: readonly (readonly [string, () => Processor, 0 | 3, number, bigint, string])[] = [
    // what, mode, CPL, selector, offset, exception
    ['the same ring', protectedMode, 0, Sel.CODE, 0x1234n, 'nothing'],
    ['null', protectedMode, 0, 3, 0n, '#GP(0)'],
    ['beyond the GDT', protectedMode, 0, Sel.BEYOND, 0n, '#GP(100)'],
    ['data', protectedMode, 0, Sel.DATA, 0n, '#GP(10)'],
    ['an inner ring', protectedMode, 3, Sel.CODE | 3, 0n, '#GP(8)'],
    ['an outer ring', protectedMode, 0, Sel.USER_CODE, 0n, '#GP(18)'],
    ['RPL above CPL', protectedMode, 0, Sel.CODE | 1, 0n, '#GP(8)'],
    ['conforming code of an inner ring', protectedMode, 3, Sel.CONFORMING, 0n, 'nothing'],
    ['not present', protectedMode, 0, Sel.ABSENT_CODE, 0n, '#NP(40)'],
    ['64-bit code', longMode, 0, Sel.CODE_64, 0xffff800000000000n, 'nothing'],
    ['a non-canonical target', longMode, 0, Sel.CODE_64, 0x800000000000n, '#GP(0)'],
    ['compatibility mode', longMode, 0, Sel.CODE, 0x1234n, 'nothing'],
    ['L and D both set', longMode, 0, Sel.CODE_L_AND_D, 0n, '#GP(68)'],
    ['L and D where L has no meaning', protectedMode, 0, Sel.CODE_L_AND_D, 0n, 'nothing'],
  ];
  for (const [what, mode, ring, selector, offset, exception] of cases) {
    it(`${what}: ${exception}`, () => {
      const cpu = mode();
      setRing(cpu, ring);
      const before = cpu.state.selector(CS);
      assert.equal(
        raised(() => farTransfer(cpu, selector, offset, 8)),
        exception,
      );
      // The RPL of CS becomes the CPL, whatever the selector asked for.
      const loaded = exception === 'nothing' ? (selector & ~3) | ring : before;
      assert.equal(cpu.state.selector(CS), loaded);
      assert.equal(cpu.state.cpl, ring);
    });
  }

  it('truncates the offset to the operand size', () => {
    assert.equal(farTransfer(protectedMode(), Sel.CODE, 0x12345678n, 2), 0x5678n);
  });

  it('in real mode loads a paragraph; the target must lie within the limit', () => {
    const cpu = realMode();
    assert.equal(farTransfer(cpu, 0x1234, 0x10n, 2), 0x10n);
    assert.equal(cpu.state.segment(CS).base, 0x12340n);
    assert.equal(
      raised(() => farTransfer(cpu, 0, 0x10000n, 4)),
      '#GP(0)',
    );
  });
});

describe('far returns (SDM 2B RET, 2A IRET)', () => {
  it('RET to the same ring pops EIP and CS, and releases parameters', () => {
    const cpu = protectedMode();
    push(cpu, 4, 0x1234, Sel.CODE, 1, 2);
    assert.equal(returnToCode(cpu, 4, { interrupt: false, release: 8 }), 0x1234n);
    assert.equal(cpu.state.gpr(4), 0x7000n);
  });

  it('RET to an outer ring pops ESP and SS too, and releases parameters of both stacks', () => {
    const cpu = protectedMode();
    push(cpu, 4, 0x1234, Sel.USER_CODE | 3, 0xaaaa, 0x6000, Sel.USER_DATA | 3);
    assert.equal(returnToCode(cpu, 4, { interrupt: false, release: 4 }), 0x1234n);
    const { state } = cpu;
    assert.deepEqual([state.cpl, state.gpr(4), state.selector(SS)], [3, 0x6004n, 0x23]);
    assert.equal(state.accessRights(DS), 0x10000, 'DS was of ring 0');
  });

  const refused: readonly (readonly [string, () => Processor, number, number, string])[] = [
    // what, mode, CS, SS, exception
    ['CS null', protectedMode, 3, Sel.DATA, '#GP(0)'],
    ['CS data', protectedMode, Sel.DATA, Sel.DATA, '#GP(10)'],
    ['CS with DPL ≠ RPL', protectedMode, Sel.CODE | 3, Sel.USER_DATA | 3, '#GP(8)'],
    ['CS not present', protectedMode, Sel.ABSENT_CODE, Sel.DATA, '#NP(40)'],
    ['SS null', protectedMode, Sel.USER_CODE | 3, 3, '#GP(0)'],
    ['SS with RPL ≠ RPL of CS', protectedMode, Sel.USER_CODE | 3, Sel.USER_DATA, '#GP(20)'],
    ['SS of ring 0', protectedMode, Sel.USER_CODE | 3, Sel.DATA | 3, '#GP(10)'],
    ['SS read-only', protectedMode, Sel.USER_CODE | 3, Sel.READ_ONLY | 3, '#GP(50)'],
    ['SS null in 64-bit ring 3', longMode, Sel.USER_CODE_64 | 3, 3, '#GP(0)'],
    ['CS with L and D both set', longMode, Sel.CODE_L_AND_D, Sel.DATA, '#GP(68)'],
  ];
  for (const [what, mode, code, stack, exception] of refused) {
    it(`${what}: ${exception}, and the stack pointer stays`, () => {
      const cpu = mode();
      push(cpu, cpu.state.longMode ? 8 : 4, 0x1234, code, 0x6000, stack);
      const before = cpu.state.gpr(4);
      const bytes = cpu.state.longMode ? 8 : 4;
      assert.equal(
        raised(() => returnToCode(cpu, bytes, RETF)),
        exception,
      );
      assert.equal(cpu.state.gpr(4), before);
      assert.equal(cpu.state.cpl, 0);
    });
  }

  it('to an inner ring is refused', () => {
    const cpu = protectedMode();
    setRing(cpu, 3);
    push(cpu, 4, 0x1234, Sel.CODE);
    assert.equal(
      raised(() => returnToCode(cpu, 4, RETF)),
      '#GP(8)',
    );
  });

  it('IRETQ pops SS:RSP even to the same ring; SS may be null below ring 3', () => {
    const cpu = longMode();
    push(cpu, 8, 0xffff800000001234n, Sel.CODE_64, 0x202, 0x6000, 0);
    assert.equal(returnToCode(cpu, 8, IRET), 0xffff800000001234n);
    assert.deepEqual([cpu.state.gpr(4), cpu.state.accessRights(SS)], [0x6000n, 0x10000]);
    assert.equal(cpu.state.rflags, 0x202n);
  });

  const flags = [
    // CPL, IOPL, image, RFLAGS after IRETD from an image of all defined flags but VM, NT and TF
    [0, 0, 0x3d3ed7n],
    // IOPL and with it VIF and VIP stay in ring 3; IF follows CPL ≤ IOPL
    [3, 0, 0x250cd7n],
    [3, 3, 0x253ed7n],
  ] as const;
  for (const [ring, iopl, expected] of flags) {
    it(`IRETD in ring ${String(ring)} with IOPL ${String(iopl)} loads RFLAGS 0x${expected.toString(16)}`, () => {
      const cpu = protectedMode();
      setRing(cpu, ring);
      cpu.state.rflags = 2n | BigInt(iopl << 12);
      push(cpu, 4, 0x1234, ring === 0 ? Sel.CODE : Sel.USER_CODE | 3, 0x3d3ed7);
      returnToCode(cpu, 4, IRET);
      assert.equal(cpu.state.rflags.toString(16), expected.toString(16));
    });
  }

  describe('to virtual-8086 mode (SDM 3B 21.2.5)', () => {
    const frame = (eip: number) =>
      [eip, 0x1000, 0x23202, 0x8000, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000] as const;

    it('pop nine values; every segment is a paragraph with DPL 3', () => {
      const cpu = protectedMode();
      push(cpu, 4, ...frame(0x1234));
      assert.equal(returnToCode(cpu, 4, IRET), 0x1234n);
      const { state } = cpu;
      const selectors = [0, 1, 2, 3, 4, 5].map((index) => state.selector(index));
      assert.deepEqual(selectors, [0x3000, 0x1000, 0x2000, 0x4000, 0x5000, 0x6000]);
      assert.deepEqual([state.cpl, state.gpr(4), state.rflags], [3, 0x8000n, 0x23202n]);
      assert.equal(state.segment(SS).base, 0x20000n);
    });

    it('raise #GP(0) for an EIP beyond 64 KBytes', () => {
      const cpu = protectedMode();
      push(cpu, 4, ...frame(0x10000));
      assert.equal(
        raised(() => returnToCode(cpu, 4, IRET)),
        '#GP(0)',
      );
      assert.equal(cpu.state.virtual8086, false);
    });
  });
});
