import assert from 'node:assert/strict';
import { CS, SS } from '../state/layout';
import { GDT, longMode, protectedMode, raised, Sel, setRing, stack, TSS } from '../modes.testing';
import type { Processor } from '../processor';
import { callThroughGate, gateOrTask, jumpThroughGate } from './call-gate';

/** Call gates (SDM 3A 5.8.3 to 5.8.5; 2A CALL). Gates lead to 0x12345678 unless they are 16-bit ones. */

const GATE = Sel.FREE;
const ACCESS = { GATE16: 0x84, GATE32: 0x8c, USER_GATE32: 0xec, USER_GATE16: 0xe4 } as const;

function gate(cpu: Processor, access: number, selector: number, count = 0, high = 0n): void {
  const low = (BigInt(access) << 40n) | (BigInt(count) << 32n) | (BigInt(selector) << 16n);
  cpu.physical.write64(GDT + GATE, 0x1234000000005678n | low);
  cpu.physical.write64(GDT + GATE + 8, high);
}

function through(cpu: Processor, action: typeof jumpThroughGate, selector: number): bigint {
  const found = gateOrTask(cpu, selector);
  if (found === undefined || 'task' in found) throw new Error(JSON.stringify(found));
  return action(cpu, found);
}

/** The inner stacks: SS0:ESP0 of a 32-bit TSS, RSP0 of a 64-bit one. */
function innerStack(cpu: Processor, selector: number = Sel.DATA): void {
  cpu.physical.write32(TSS + 4, 0x6000);
  cpu.physical.write32(TSS + 8, cpu.state.longMode ? 0 : selector);
}

describe('what a far CALL or JMP names', () => {
  const cases: readonly (readonly [string, () => Processor, 0 | 3, number, string])[] = [
    // what, mode, CPL, access byte, outcome
    ['a call gate', protectedMode, 0, 0x8c, 'gate'],
    ['a 16-bit call gate', protectedMode, 0, 0x84, 'gate'],
    ['a gate of ring 0 from ring 3', protectedMode, 3, 0x8c, '#GP(70)'],
    ['a gate of ring 3 from ring 3', protectedMode, 3, 0xec, 'gate'],
    ['a gate that is not present', protectedMode, 0, 0x0c, '#NP(70)'],
    ['an available TSS', protectedMode, 0, 0x89, 'task'],
    ['a busy TSS', protectedMode, 0, 0x8b, '#GP(70)'],
    ['an LDT', protectedMode, 0, 0x82, '#GP(70)'],
    ['an interrupt gate', protectedMode, 0, 0x8e, '#GP(70)'],
    ['code', protectedMode, 0, 0x9b, 'undefined'],
    ['a 64-bit call gate', longMode, 0, 0x8c, 'gate'],
    ['a 16-bit gate in IA-32e mode', longMode, 0, 0x84, '#GP(70)'],
    ['a TSS in IA-32e mode', longMode, 0, 0x89, '#GP(70)'],
  ];
  for (const [what, mode, ring, access, outcome] of cases) {
    it(`${what}: ${outcome}`, () => {
      const cpu = mode();
      setRing(cpu, ring);
      gate(cpu, access, Sel.CODE);
      let found: ReturnType<typeof gateOrTask>;
      const exception = raised(() => (found = gateOrTask(cpu, GATE | ring)));
      const kind = found && ('task' in found ? 'task' : 'gate');
      assert.equal(exception === 'nothing' ? String(kind) : exception, outcome);
    });
  }

  it('a gate whose DPL is below the selector’s RPL: #GP', () => {
    const cpu = protectedMode();
    gate(cpu, ACCESS.GATE32, Sel.CODE);
    assert.equal(
      raised(() => gateOrTask(cpu, GATE | 3)),
      '#GP(70)',
    );
  });

  it('a 64-bit gate whose upper half has a type: #GP', () => {
    const cpu = longMode();
    gate(cpu, ACCESS.GATE32, Sel.CODE_64, 0, 0x0000010000000000n);
    assert.equal(
      raised(() => gateOrTask(cpu, GATE)),
      '#GP(70)',
    );
  });
});

describe('the code that a gate leads to', () => {
  const cases: readonly (readonly [
    string,
    () => Processor,
    typeof jumpThroughGate,
    0 | 3,
    number,
    string,
  ])[] = [
    // what, mode, instruction, CPL, selector in the gate, exception
    ['JMP to the same ring', protectedMode, jumpThroughGate, 0, Sel.CODE, 'nothing'],
    ['JMP to an inner ring', protectedMode, jumpThroughGate, 3, Sel.CODE, '#GP(8)'],
    ['JMP to conforming code', protectedMode, jumpThroughGate, 3, Sel.CONFORMING, 'nothing'],
    ['CALL to an inner ring', protectedMode, callThroughGate, 3, Sel.CODE, 'nothing'],
    ['CALL to an outer ring', protectedMode, callThroughGate, 0, Sel.USER_CODE, '#GP(18)'],
    ['null', protectedMode, callThroughGate, 0, 0, '#GP(0)'],
    ['data', protectedMode, callThroughGate, 0, Sel.DATA, '#GP(10)'],
    ['not present', protectedMode, callThroughGate, 0, Sel.ABSENT_CODE, '#NP(40)'],
    ['32-bit code in IA-32e mode', longMode, callThroughGate, 0, Sel.CODE, '#GP(8)'],
    ['64-bit code', longMode, callThroughGate, 3, Sel.CODE_64, 'nothing'],
  ];
  for (const [what, mode, action, ring, selector, exception] of cases) {
    it(`${what}: ${exception}`, () => {
      const cpu = mode();
      innerStack(cpu);
      setRing(cpu, ring);
      gate(cpu, ACCESS.USER_GATE32, selector);
      assert.equal(
        raised(() => through(cpu, action, GATE | ring)),
        exception,
      );
    });
  }

  it('a non-canonical entry point: #GP(0)', () => {
    const cpu = longMode();
    gate(cpu, ACCESS.GATE32, Sel.CODE_64, 0, 0x8000n);
    assert.equal(
      raised(() => through(cpu, callThroughGate, GATE)),
      '#GP(0)',
    );
  });
});

describe('a CALL through a gate', () => {
  it('to the same ring pushes CS and EIP on the same stack', () => {
    const cpu = protectedMode();
    cpu.nextRip = 0x8007n;
    gate(cpu, ACCESS.GATE32, Sel.CODE, 3);
    assert.equal(through(cpu, callThroughGate, GATE), 0x12345678n);
    assert.deepEqual(stack(cpu, 2, 4), [0x8007n, 8n]);
    assert.equal(cpu.state.gpr(4), 0x6ff8n);
  });

  it('to an inner ring switches stacks and copies the parameters (SDM 3A figure 5-13)', () => {
    const cpu = protectedMode();
    innerStack(cpu);
    setRing(cpu, 3);
    cpu.nextRip = 0x8007n;
    for (const parameter of [0x11n, 0x22n, 0x33n]) cpu.push(parameter, 4);
    gate(cpu, ACCESS.USER_GATE32, Sel.CODE, 2);
    through(cpu, callThroughGate, GATE | 3);
    assert.deepEqual(stack(cpu, 6, 4), [0x8007n, 0x1bn, 0x33n, 0x22n, 0x6ff4n, 0x23n]);
    const { state } = cpu;
    assert.deepEqual([state.cpl, state.selector(CS), state.selector(SS)], [0, 0x08, 0x10]);
    assert.equal(state.gpr(4), 0x5fe8n);
  });

  it('of 16 bits pushes words', () => {
    const cpu = protectedMode();
    cpu.nextRip = 0x8007n;
    gate(cpu, ACCESS.GATE16, Sel.CODE);
    cpu.physical.write16(GDT + GATE + 6, 0);
    assert.equal(through(cpu, callThroughGate, GATE), 0x5678n);
    assert.deepEqual(stack(cpu, 2, 2), [0x8007n, 8n]);
  });

  it('in IA-32e mode pushes SS, RSP, CS, RIP; the inner SS is null (SDM 3A 5.8.5.1)', () => {
    const cpu = longMode();
    innerStack(cpu);
    setRing(cpu, 3);
    cpu.nextRip = 0x8007n;
    gate(cpu, ACCESS.USER_GATE32, Sel.CODE_64, 0, 0xffff8000n);
    assert.equal(through(cpu, callThroughGate, GATE | 3), 0xffff800012345678n);
    assert.deepEqual(stack(cpu, 4, 8), [0x8007n, 0x33n, 0x7000n, 0x23n]);
    assert.deepEqual([cpu.state.cpl, cpu.state.selector(SS), cpu.state.gpr(4)], [0, 0, 0x5fe0n]);
  });

  const stacks: readonly (readonly [string, number, number, string])[] = [
    // what, SS0, limit of the TSS, exception
    ['a TSS that is too short', Sel.DATA, 8, '#TS(60)'],
    ['a null SS0', 0, 0x67, '#TS(0)'],
    ['an SS0 of RPL 3', Sel.DATA | 3, 0x67, '#TS(10)'],
    ['an SS0 of DPL 3', Sel.USER_DATA, 0x67, '#TS(20)'],
    ['a read-only SS0', Sel.READ_ONLY, 0x67, '#TS(50)'],
    ['an SS0 beyond the GDT', Sel.BEYOND, 0x67, '#TS(100)'],
    ['an SS0 that is not present', Sel.ABSENT_DATA, 0x67, '#SS(48)'],
  ];
  for (const [what, selector, limit, exception] of stacks) {
    it(`finds ${what}: ${exception}`, () => {
      const cpu = protectedMode();
      innerStack(cpu, selector);
      setRing(cpu, 3);
      const tr = { selector: Sel.SYSTEM, base: BigInt(TSS), limit, accessRights: 0x8b };
      cpu.state.setSegment(7, tr);
      gate(cpu, ACCESS.USER_GATE32, Sel.CODE);
      assert.equal(
        raised(() => through(cpu, callThroughGate, GATE | 3)),
        exception,
      );
      assert.equal(cpu.state.cpl, 3);
    });
  }

  it('finds no room on the inner stack: #SS with its selector (SDM 2A CALL)', () => {
    const cpu = protectedMode();
    innerStack(cpu, Sel.FREE + 0x10);
    cpu.physical.write64(GDT + Sel.FREE + 0x10, 0x0040930000000fffn);
    setRing(cpu, 3);
    gate(cpu, ACCESS.USER_GATE32, Sel.CODE);
    assert.equal(
      raised(() => through(cpu, callThroughGate, GATE | 3)),
      '#SS(80)',
    );
  });
});
