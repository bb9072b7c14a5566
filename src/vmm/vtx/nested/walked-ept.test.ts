import assert from 'node:assert/strict';
import { packWalk, unpackWalk } from './walked-ept';

describe('how a walk of EPT12 ends, in one word', () => {
  it('tells the page and the rights of a translation', () => {
    const result = {
      kind: 'translation',
      address: 0x1234_5678,
      pageShift: 21,
      rights: 5,
      dirty: true,
    } as const;
    assert.deepEqual(unpackWalk(packWalk(result)), {
      kind: 'translation',
      page: 0x1234_5000n,
      rights: 5,
    });
  });

  it('tells the rights that a violation has met', () => {
    const result = { kind: 'violation', level: 1, rights: 4, suppressed: false } as const;
    assert.deepEqual(unpackWalk(packWalk(result)), { kind: 'violation', page: 0n, rights: 4 });
  });

  it('tells a misconfiguration', () => {
    const { kind } = unpackWalk(packWalk({ kind: 'misconfiguration', level: 2 }));
    assert.equal(kind, 'misconfiguration');
  });
});
