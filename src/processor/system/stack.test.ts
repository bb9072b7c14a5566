import assert from 'node:assert/strict';
import { DS, FS, SS } from '../state/layout';
import { execute, longMode, protectedMode, Sel, setRing, stack } from '../modes.testing';
import type { Processor } from '../processor';

/** PUSH and POP of segment registers and flags, POP to memory, ENTER (SDM 2A, 2B). */

/** All defined flags but TF, NT and VM. */
const IMAGE = 0x3d3ed7n;

describe('POPF (SDM 2B POPF, table of effects)', () => {
  const cases: readonly (readonly [
    string,
    () => Processor,
    0 | 3,
    number,
    readonly number[],
    bigint,
  ])[] = [
    // what, mode, CPL, IOPL, instruction, RFLAGS after it
    ['POPFD in ring 0: not RF, VIF and VIP', protectedMode, 0, 0, [0x9d], 0x243ed7n],
    ['POPFD in ring 3: nor IOPL and IF', protectedMode, 3, 0, [0x9d], 0x240cd7n],
    ['POPFD in ring 3 with IOPL 3: IF too', protectedMode, 3, 3, [0x9d], 0x243ed7n],
    ['POPF of 16 bits', protectedMode, 0, 0, [0x66, 0x9d], 0x3ed7n],
    ['POPFQ in ring 3', longMode, 3, 0, [0x9d], 0x240cd7n],
  ];
  for (const [what, mode, ring, iopl, bytes, expected] of cases) {
    it(what, () => {
      const cpu = mode();
      setRing(cpu, ring);
      cpu.state.rflags = 2n | BigInt(iopl << 12);
      cpu.push(IMAGE, cpu.state.longMode ? 8 : 4);
      assert.equal(execute(cpu, ...bytes), 'nothing');
      assert.equal(cpu.state.rflags.toString(16), expected.toString(16));
    });
  }
});

describe('PUSHF (SDM 2B PUSHF)', () => {
  it('pushes RF and VM as 0', () => {
    const cpu = longMode();
    cpu.state.rflags = 0x10202n;
    execute(cpu, 0x9c);
    assert.deepEqual(stack(cpu, 1, 8), [0x202n]);
  });

  it('raises #GP(0) in virtual-8086 mode with IOPL below 3', () => {
    const cpu = protectedMode();
    for (let index = 0; index < 6; index++) {
      cpu.state.setSegment(index, { selector: 0, base: 0n, limit: 0xffff, accessRights: 0xf3 });
    }
    cpu.state.rflags = 0x22002n;
    cpu.updateDerivedState();
    assert.equal(execute(cpu, 0x9c), '#GP(0)');
    cpu.state.rflags = 0x23002n;
    assert.equal(execute(cpu, 0x9c), 'nothing');
    assert.deepEqual(stack(cpu, 1, 2), [0x3002n]);
  });
});

describe('POP of a segment register', () => {
  it('loads it as MOV does, and SS holds interrupts off for one instruction', () => {
    const cpu = protectedMode();
    cpu.push(BigInt(Sel.DATA), 4);
    assert.equal(execute(cpu, 0x17), 'nothing'); // pop ss
    assert.deepEqual([cpu.state.selector(SS), cpu.state.interruptShadow], [0x10, 'mov-ss']);
    cpu.push(BigInt(Sel.USER_DATA), 4);
    execute(cpu, 0x0f, 0xa1); // pop fs
    assert.deepEqual([cpu.state.selector(FS), cpu.state.interruptShadow], [0x20, 'none']);
  });

  it('leaves ESP when it faults', () => {
    const cpu = protectedMode();
    cpu.push(BigInt(Sel.BEYOND), 4);
    assert.equal(execute(cpu, 0x1f), '#GP(100)'); // pop ds
    assert.deepEqual([cpu.state.gpr(4), cpu.state.selector(DS)], [0x6ffcn, Sel.DATA]);
  });
});

it('POP to memory computes the address from the new ESP (SDM 2B POP)', () => {
  const cpu = protectedMode();
  cpu.push(0x1234n, 4);
  assert.equal(execute(cpu, 0x8f, 0x04, 0x24), 'nothing'); // pop dword [esp]
  assert.equal(cpu.state.gpr(4), 0x7000n);
  assert.equal(cpu.physical.read32(0x7000), 0x1234);
});

describe('ENTER 16, level (SDM 2A ENTER)', () => {
  const cases = [
    // level, the stack below the frame of 16 bytes, ESP
    [0, [0x9010n], 0x6fecn],
    [1, [0x6ffcn, 0x9010n], 0x6fe8n],
    [3, [0x6ffcn, 0x2222n, 0x1111n, 0x9010n], 0x6fe0n],
    [33, [0x6ffcn, 0x9010n], 0x6fe8n],
  ] as const;
  for (const [level, words, esp] of cases) {
    it(`level ${String(level)}`, () => {
      const cpu = protectedMode();
      cpu.state.setGpr(5, 0x9010n);
      cpu.physical.write32(0x900c, 0x1111);
      cpu.physical.write32(0x9008, 0x2222);
      assert.equal(execute(cpu, 0xc8, 0x10, 0x00, level), 'nothing');
      assert.deepEqual([cpu.state.gpr(4), cpu.state.gpr(5)], [esp, 0x6ffcn]);
      cpu.state.setGpr(4, esp + 16n);
      assert.deepEqual(stack(cpu, words.length, 4), words);
    });
  }
});

describe('ENTER (SDM 2A ENTER)', () => {
  it('takes all of ESP as frame pointer where SP is the stack pointer', () => {
    const cpu = protectedMode();
    cpu.state.setSegment(SS, { selector: Sel.DATA, base: 0n, limit: 0xffff, accessRights: 0x93 });
    cpu.state.setGpr(4, 0x12347000n);
    cpu.updateDerivedState();
    assert.equal(execute(cpu, 0xc8, 0x10, 0x00, 0x00), 'nothing');
    assert.equal(cpu.state.gpr(5), 0x12346ffcn);
    assert.equal(cpu.state.gpr(4), 0x12346fecn);
  });
});
