import assert from 'node:assert/strict';
import { DS, ES, FS, GS, SS } from '../state/layout';
import { GDT, longMode, protectedMode, raised, realMode, Sel, setRing } from '../modes.testing';
import { dropInaccessibleSegments, loadDataSegment } from './load-data';

/** Loads of data segment registers (SDM 2B MOV, "Loading a segment register"). */

describe('loading a data segment register', () => {
  const cases: readonly (readonly [string, number, 0 | 3, number, string])[] = [
    // what, register, CPL, selector, exception
    ['null into DS', DS, 3, 3, 'nothing'],
    ['data of the same ring', DS, 0, Sel.DATA, 'nothing'],
    ['data of an outer ring', DS, 0, Sel.USER_DATA | 3, 'nothing'],
    ['data of an inner ring', DS, 3, Sel.DATA, '#GP(10)'],
    ['RPL weaker than DPL', DS, 0, Sel.DATA | 3, '#GP(10)'],
    ['readable code', ES, 0, Sel.CODE, 'nothing'],
    ['readable code of an inner ring', ES, 3, Sel.CODE, '#GP(8)'],
    ['conforming code of an inner ring', ES, 3, Sel.CONFORMING | 3, 'nothing'],
    ['execute-only code', FS, 0, Sel.EXECUTE_ONLY, '#GP(58)'],
    ['a TSS', GS, 0, Sel.SYSTEM, '#GP(60)'],
    ['beyond the GDT', GS, 0, Sel.BEYOND, '#GP(100)'],
    ['not present', DS, 0, Sel.ABSENT_DATA, '#NP(48)'],
    ['null into SS', SS, 0, 0, '#GP(0)'],
    ['read/write data into SS', SS, 0, Sel.DATA, 'nothing'],
    ['read-only data into SS', SS, 0, Sel.READ_ONLY, '#GP(50)'],
    ['code into SS', SS, 0, Sel.CODE, '#GP(8)'],
    ['SS with RPL ≠ CPL', SS, 0, Sel.DATA | 1, '#GP(10)'],
    ['SS with DPL ≠ CPL', SS, 0, Sel.USER_DATA, '#GP(20)'],
    ['SS not present', SS, 0, Sel.ABSENT_DATA, '#SS(48)'],
  ];
  for (const [what, register, ring, selector, exception] of cases) {
    it(`${what}: ${exception}`, () => {
      const cpu = protectedMode();
      setRing(cpu, ring);
      const before = cpu.state.segment(register);
      assert.equal(
        raised(() => {
          loadDataSegment(cpu, register, selector);
        }),
        exception,
      );
      const { selector: loaded } = cpu.state.segment(register);
      assert.equal(loaded, exception === 'nothing' ? selector : before.selector);
    });
  }

  const nulls = [
    [0, 0, 'nothing'],
    [0, 1, '#GP(0)'],
    [1, 1, 'nothing'],
    [3, 3, '#GP(0)'],
  ] as const;
  for (const [ring, selector, exception] of nulls) {
    it(`64-bit ring ${String(ring)}: null selector ${String(selector)} into SS: ${exception}`, () => {
      const cpu = longMode();
      setRing(cpu, ring);
      assert.equal(
        raised(() => {
          loadDataSegment(cpu, SS, selector);
        }),
        exception,
      );
      assert.equal(cpu.state.cpl, ring);
    });
  }

  it('marks the descriptor as accessed', () => {
    const cpu = protectedMode();
    cpu.physical.write64(GDT + Sel.FREE, 0x00cf92000000ffffn);
    loadDataSegment(cpu, DS, Sel.FREE);
    assert.equal(cpu.physical.read64(GDT + Sel.FREE), 0x00cf93000000ffffn);
    assert.equal(cpu.state.accessRights(DS), 0xc093);
  });

  it('in real mode is a paragraph, and the limit stays', () => {
    const cpu = realMode();
    loadDataSegment(cpu, ES, 0xb800);
    const { base, limit } = cpu.state.segment(ES);
    assert.deepEqual([base, limit], [0xb8000n, 0xffff]);
  });
});

it('segments of an inner ring become null after a return to an outer one (SDM 2B RET)', () => {
  const cpu = protectedMode();
  const rights = [
    [ES, 0xc093],
    [DS, 0xc0f3],
    [FS, 0xc09b],
    [GS, 0xc09f],
  ] as const;
  setRing(cpu, 3);
  for (const [index, accessRights] of rights) {
    const register = { selector: 0x10, base: 0n, limit: 0xffffffff, accessRights };
    cpu.state.setSegment(index, register);
  }
  dropInaccessibleSegments(cpu);
  const usable = rights.map(([index]) => cpu.state.accessRights(index) !== 0x10000);
  assert.deepEqual(usable, [false, true, false, true]);
});
