import assert from 'node:assert/strict';
import { execute, longMode, protectedMode, raised, setRing } from '../modes.testing';
import { readDebugRegister, writeDebugRegister } from './debug-registers';

/** DR0 to DR7 (SDM 3B 18.2). */

describe('MOV to a debug register', () => {
  const cases = [
    // register, value, what it then holds
    [0, 0xffff800012345678n, 0xffff800012345678n],
    [6, 0n, 0xffff0ff0n],
    [6, 0xffffffffn, 0xffffefffn],
    [4, 0xffffffffn, 0xffffefffn],
    [7, 0n, 0x400n],
    [7, 0xffffdf00n, 0xffff0700n],
    [5, 0x300n, 0x700n],
  ] as const;
  for (const [number, value, expected] of cases) {
    it(`DR${String(number)} = 0x${value.toString(16)}`, () => {
      const cpu = longMode();
      writeDebugRegister(cpu, number, value);
      assert.equal(readDebugRegister(cpu, number), expected);
    });
  }

  it('raises #GP(0) for bits 63:32 of DR6 and DR7', () => {
    const cpu = longMode();
    assert.equal(
      raised(() => {
        writeDebugRegister(cpu, 6, 0x100000000n);
      }),
      '#GP(0)',
    );
    assert.equal(
      raised(() => {
        writeDebugRegister(cpu, 7, 0x100000000n);
      }),
      '#GP(0)',
    );
  });

  it('takes 32 bits of the register outside 64-bit mode', () => {
    const cpu = protectedMode();
    cpu.state.setGpr(0, 0xffffffff00000300n);
    assert.equal(execute(cpu, 0x0f, 0x23, 0xf8), 'nothing'); // mov dr7, eax
    assert.equal(cpu.state.dr[7], 0x700n);
  });

  it('turns breakpoints on by DR7: session/debug-registers.test.ts meets them', () => {
    const cpu = longMode();
    writeDebugRegister(cpu, 7, 1n);
    assert.ok(cpu.state.hasBreakpoints);
    writeDebugRegister(cpu, 7, 0xffff0000n);
    assert.ok(!cpu.state.hasBreakpoints);
  });
});

describe('access to debug registers', () => {
  it('by DR4 and DR5 is #UD with CR4.DE', () => {
    const cpu = longMode();
    cpu.state.cr4 |= 8n;
    assert.equal(
      raised(() => readDebugRegister(cpu, 4)),
      '#UD',
    );
    assert.equal(
      raised(() => readDebugRegister(cpu, 6)),
      'nothing',
    );
  });

  it('is #DB with DR7.GD, whose delivery clears it; DR6.BD tells (SDM 3B 18.2.4)', () => {
    const cpu = longMode();
    const readDr0 = [0x0f, 0x21, 0xc0];
    writeDebugRegister(cpu, 7, 0x2000n);
    assert.equal(
      raised(() => readDebugRegister(cpu, 0)),
      '#DB',
    );
    assert.deepEqual([cpu.state.dr[6], cpu.state.dr[7]], [0xffff0ff0n, 0x2400n]);
    assert.equal(execute(cpu, ...readDr0), '#DB');
    assert.deepEqual([cpu.state.dr[6], cpu.state.dr[7]], [0xffff2ff0n, 0x400n]);
    assert.equal(execute(cpu, ...readDr0), 'nothing');
  });

  it('in ring 3 is #GP(0)', () => {
    const cpu = longMode();
    setRing(cpu, 3);
    assert.equal(execute(cpu, 0x0f, 0x21, 0xc0), '#GP(0)'); // mov rax, dr0
    assert.equal(execute(cpu, 0x0f, 0x23, 0xc0), '#GP(0)');
  });
});
