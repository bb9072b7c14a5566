import assert from 'node:assert/strict';
import { execute, GDT, protectedMode, raised, Sel, TSS } from '../modes.testing';
import type { Processor } from '../processor';
import { CS, DS, ES, FS, GS, LDTR, SS, TR } from '../state/layout';
import { switchTask, type TaskSource } from './task-switch';

/** Task switches (SDM 3A 8.3, table 8-1). The present task's TSS lies at `TSS`, the new one's at `NEW`. */

const NEW = 0x3400;
const LDT = Sel.FREE;
/** Selectors beyond those of `modes.testing`. */
const NEW_TASK = 0x80;
const BUSY_TASK = 0x88;
const SMALL_TASK = 0x90;
const ABSENT_TASK = 0x98;
const NARROW_TASK = 0xa0;

const system = (type: number, base: number, limit: number): bigint =>
  BigInt(limit) | (BigInt(base) << 16n) | (BigInt(type) << 40n);

function prepared(): Processor {
  const cpu = protectedMode();
  const { physical } = cpu;
  const put = (selector: number, descriptor: bigint): void => {
    physical.write64(GDT + selector, descriptor);
  };
  put(Sel.SYSTEM, system(0x8b, TSS, 0x67));
  put(LDT, system(0x82, 0x5000, 0xff));
  put(NEW_TASK, system(0x89, NEW, 0x67));
  put(BUSY_TASK, system(0x8b, NEW, 0x67));
  put(SMALL_TASK, system(0x89, NEW, 0x66));
  put(ABSENT_TASK, system(0x09, NEW, 0x67));
  put(NARROW_TASK, system(0x81, NEW, 0x2b));
  wideTask(cpu, {});
  return cpu;
}

interface Selectors {
  readonly cs?: number;
  readonly ss?: number;
  readonly ds?: number;
  readonly ldt?: number;
}

/** A task of ring 0: EIP 0x8100, EAX … EDI 1 … 8. */
function wideTask(cpu: Processor, { cs = 8, ss = 0x10, ds = 0x10, ldt = 0 }: Selectors): void {
  const registers = [1, 2, 3, 4, 5, 6, 7, 8];
  const words = [0x8100, 0x202, ...registers, 0x10, cs, ss, ds, 0x10, 0, ldt];
  words.forEach((word, n) => {
    cpu.physical.write32(NEW + 0x20 + 4 * n, word);
  });
}

const change = (cpu: Processor, source: TaskSource, selector: number): boolean =>
  switchTask(cpu, { source, selector, returnRip: 0x8003n, flags: cpu.state.rflags });

const type = (cpu: Processor, selector: number): number =>
  cpu.physical.read8(GDT + selector + 5) & 0xf;

describe('a task switch', () => {
  it('saves the old task and loads the new one', () => {
    const cpu = prepared();
    const { state, physical } = cpu;
    state.setGpr(0, 0xdeadn);
    state.dr[7] = 0x7ffn;
    assert.equal(change(cpu, 'jmp', NEW_TASK), false);
    assert.equal(physical.read32(TSS + 0x20), 0x8003);
    assert.equal(physical.read32(TSS + 0x28), 0xdead);
    assert.equal(physical.read16(TSS + 0x4c), Sel.CODE);
    assert.equal(state.rip, 0x8100n);
    assert.deepEqual(
      Array.from({ length: 8 }, (_, n) => state.gpr(n)),
      [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n],
    );
    assert.deepEqual(
      [ES, CS, SS, DS, FS, GS].map((n) => state.selector(n)),
      [16, 8, 16, 16, 16, 0],
    );
    assert.equal(state.selector(TR), NEW_TASK);
    assert.equal(state.cr0 & 8n, 8n); // TS
    assert.equal((state.dr[7] ?? 0n) & 0x155n, 0n); // local breakpoints are those of the old task
  });

  const links: readonly (readonly [TaskSource, number, number, number, bigint])[] = [
    // source, selector, type of the old TSS afterwards, link, NT
    ['jmp', NEW_TASK, 9, 0, 0n],
    ['call', NEW_TASK, 11, Sel.SYSTEM, 0x4000n],
    ['gate', NEW_TASK, 11, Sel.SYSTEM, 0x4000n],
    ['iret', BUSY_TASK, 9, 0, 0n],
  ];
  for (const [source, selector, oldType, link, nested] of links) {
    it(`by ${source}: the busy flags, the link and NT`, () => {
      const cpu = prepared();
      change(cpu, source, selector);
      assert.equal(type(cpu, Sel.SYSTEM), oldType);
      assert.equal(type(cpu, selector), 11);
      assert.equal(cpu.physical.read16(NEW), link);
      assert.equal(cpu.state.rflags & 0x4000n, nested);
    });
  }

  it('clears NT in the saved flags of a task that returns', () => {
    const cpu = prepared();
    cpu.state.systemFlags |= 0x4000n;
    change(cpu, 'iret', BUSY_TASK);
    assert.equal(cpu.physical.read32(TSS + 0x24) & 0x4000, 0);
  });

  it('by IRET ends the blocking of NMIs, as other returns do (SDM 3A 6.7.1)', () => {
    const cpu = prepared();
    cpu.state.nmiBlocked = true;
    cpu.state.systemFlags |= 0x4000n;
    cpu.physical.write16(TSS, BUSY_TASK);
    assert.equal(execute(cpu, 0xcf), 'nothing');
    assert.equal(cpu.state.selector(TR), BUSY_TASK);
    assert.equal(cpu.state.nmiBlocked, false);
  });

  it('to a TSS of 16 bits loads halves of registers, and null into FS and GS', () => {
    const cpu = prepared();
    const { state, physical } = cpu;
    state.setGpr(0, 0xaaaa5555n);
    const words = [0x8200, 0x2, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 8, 0x10, 0x10, 0];
    words.forEach((word, n) => {
      physical.write16(NEW + 0x0e + 2 * n, word);
    });
    change(cpu, 'jmp', NARROW_TASK);
    assert.equal(state.rip, 0x8200n);
    assert.equal(state.gpr(0), 0xaaaa0001n);
    assert.equal(state.selector(FS), 0);
  });

  it('to a task with VM set begins virtual-8086 mode', () => {
    const cpu = prepared();
    wideTask(cpu, { cs: 0x1234 });
    cpu.physical.write32(NEW + 0x24, 0x20002);
    change(cpu, 'jmp', NEW_TASK);
    assert.ok(cpu.state.virtual8086);
    assert.equal(cpu.state.segment(CS).base, 0x12340n);
    assert.equal(cpu.state.cpl, 3);
  });

  it('loads the LDT of the task', () => {
    const cpu = prepared();
    wideTask(cpu, { ldt: LDT });
    change(cpu, 'jmp', NEW_TASK);
    assert.equal(cpu.state.segment(LDTR).base, 0x5000n);
  });

  const refused: readonly (readonly [string, TaskSource, number, string])[] = [
    ['a null selector', 'call', 0, '#GP(0)'],
    ['a selector of the LDT', 'call', NEW_TASK | 4, `#GP(${(NEW_TASK | 4).toString(16)})`],
    ['a selector beyond the GDT', 'call', Sel.BEYOND, '#GP(100)'],
    ['a busy TSS', 'call', BUSY_TASK, '#GP(88)'],
    ['a TSS that is not busy, by IRET', 'iret', NEW_TASK, '#TS(80)'],
    ['a TSS that is not present', 'jmp', ABSENT_TASK, '#NP(98)'],
    ['a TSS that is too small', 'jmp', SMALL_TASK, '#TS(90)'],
    ['what is no TSS', 'jmp', LDT, '#GP(70)'],
  ];
  for (const [what, source, selector, exception] of refused) {
    it(`to ${what}: ${exception}, and nothing changes`, () => {
      const cpu = prepared();
      assert.equal(
        raised(() => change(cpu, source, selector)),
        exception,
      );
      assert.equal(cpu.state.selector(TR), Sel.SYSTEM);
      assert.equal(type(cpu, Sel.SYSTEM), 11);
    });
  }

  const inNewTask: readonly (readonly [string, Selectors, string])[] = [
    ['a null CS', { cs: 0 }, '#TS(0)'],
    ['a CS that is data', { cs: Sel.DATA }, '#TS(10)'],
    ['a CS of another ring', { cs: Sel.USER_CODE }, '#TS(18)'],
    ['a CS that is not present', { cs: Sel.ABSENT_CODE }, '#NP(40)'],
    ['a null SS', { ss: 0 }, '#TS(0)'],
    ['a read-only SS', { ss: Sel.READ_ONLY }, '#TS(50)'],
    ['an SS of another ring', { ss: Sel.USER_DATA | 3 }, '#TS(20)'],
    ['an SS that is not present', { ss: Sel.ABSENT_DATA }, '#SS(48)'],
    ['a DS that cannot be read', { ds: Sel.EXECUTE_ONLY }, '#TS(58)'],
    ['a DS that is not present', { ds: Sel.ABSENT_DATA }, '#NP(48)'],
    ['an LDT that is none', { ldt: Sel.DATA }, '#TS(10)'],
  ];
  for (const [what, selectors, exception] of inNewTask) {
    it(`to a task with ${what}: ${exception} in the new task`, () => {
      const cpu = prepared();
      wideTask(cpu, selectors);
      assert.equal(
        raised(() => change(cpu, 'jmp', NEW_TASK)),
        exception,
      );
      assert.equal(cpu.state.selector(TR), NEW_TASK);
      assert.equal(cpu.state.rip, 0x8100n);
    });
  }

  it('beyond the limit of the code segment: #GP(0) in the new task', () => {
    const cpu = prepared();
    cpu.physical.write64(GDT + Sel.CODE, 0x00409b0000001000n);
    assert.equal(
      raised(() => change(cpu, 'jmp', NEW_TASK)),
      '#GP(0)',
    );
  });
});
