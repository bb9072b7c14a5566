import assert from 'node:assert/strict';
import { COST_EVENTS, COST_PROFILES, type CostEvent } from '../../vmm';
import { modelledCycles, type EventCounts } from './measurement';
import { SPENDINGS, spentCycles } from './spending';

/** As many of each event as its place in the list tells, so that no two can be taken for one another. */
const EVENTS = Object.fromEntries(COST_EVENTS.map((event, n) => [event, n + 1])) as Record<
  CostEvent,
  number
> satisfies EventCounts;

const only = (event: CostEvent): EventCounts =>
  Object.fromEntries(COST_EVENTS.map((each) => [each, each === event ? 1 : 0])) as EventCounts;

describe('what modelled cycles are spent on', () => {
  it('is together what they are', () => {
    for (const profile of COST_PROFILES) {
      const spent = spentCycles(EVENTS, profile);
      const sum = SPENDINGS.reduce((all, spending) => all + spent[spending], 0);
      assert.equal(sum, modelledCycles(EVENTS, profile), profile.name);
    }
  });

  it('tells the processor’s work from the monitor’s', () => {
    const [profile] = COST_PROFILES;
    assert.ok(profile);
    const kinds = (
      ['INSTRUCTION', 'PORT', 'VM_EXIT', 'VMREAD', 'SOFTWARE', 'EMULATION'] as const
    ).map((event) =>
      SPENDINGS.filter((spending) => spentCycles(only(event), profile)[spending] > 0),
    );
    assert.deepEqual(kinds.flat(), [
      'instructions',
      'system',
      'transitions',
      'structure',
      'software',
      'emulation',
    ]);
  });
});
