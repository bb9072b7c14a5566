import assert from 'node:assert/strict';
import { COST_EVENTS, COST_PROFILES, Cost } from '.';

describe('the cost model', () => {
  for (const { name, figures } of COST_PROFILES) {
    it(`${name}: says where each figure is from`, () => {
      assert.deepEqual(Object.keys(figures).sort(), [...COST_EVENTS].sort());
      for (const [event, { cycles, source }] of Object.entries(figures)) {
        assert.ok(Number.isFinite(cycles) && cycles > 0, event);
        assert.notEqual(source, '', event);
      }
    });
  }

  /** Adams and Agesen, ASPLOS 2006. */
  const PUBLISHED = {
    'pentium-4': { VM_ENTRY: 2409, VM_EXIT: 1931, PORT: 3209, CR8_WRITE: 150 },
    core: { VM_ENTRY: 937, VM_EXIT: 1186 },
  };
  for (const [name, events] of Object.entries(PUBLISHED)) {
    it(`${name}: has the figures of the paper as they are`, () => {
      const figures: object | undefined = COST_PROFILES.find((one) => one.name === name)?.figures;
      for (const [event, cycles] of Object.entries(events)) {
        const { [event]: figure } = figures as Record<string, { cycles: number; basis: string }>;
        assert.deepEqual([event, figure?.cycles, figure?.basis], [event, cycles, 'published']);
      }
    });
  }

  it('adds up to what the paper measured there and back', () => {
    const figures = COST_PROFILES[0]?.figures;
    assert.ok(figures);
    assert.equal(figures.SYSTEM_CALL.cycles + figures.SYSTEM_RETURN.cycles, 242);
    const fault = figures.EXCEPTION.cycles + figures.INTERRUPT_RETURN.cycles;
    assert.equal(fault, 889);
    assert.equal(fault + figures.TLB_MISS.cycles + 4 * figures.WALK_REFERENCE.cycles, 1093);
  });

  it('gives each operation of the monitor its event', () => {
    assert.equal(COST_EVENTS[Cost.VMREAD.number], 'VMREAD');
    const recent = COST_PROFILES.find(({ name }) => name === 'sandy-bridge');
    assert.equal(Cost.VMREAD.cycles, recent?.figures.VMREAD.cycles);
  });
});
