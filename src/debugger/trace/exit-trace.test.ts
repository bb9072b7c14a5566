import assert from 'node:assert/strict';
import { ExitTrace, type NewExit } from './exit-trace';

const CAPACITY = 300;

/** The n-th exit, with something of its own in each column. */
function exit(n: number): NewExit {
  return {
    reason: n % 60,
    entryFailed: n % 7 === 0,
    ofL2: n % 5 === 0,
    information1: BigInt(n) << 40n,
    information2: BigInt(n) << 12n,
    interruption: n + 1,
    handler: 0xffff_8000_0000_1000n,
    instructions: n * 1000,
    rip: BigInt(n + 2),
    linear: BigInt(n + 3),
    bytes: Uint8Array.from({ length: n % 16 }, (_, i) => n + i),
    bits: n % 2 ? 64 : 16,
    rax: BigInt(n + 4),
    rcx: BigInt(n + 5),
  };
}

function traceOf(count: number): ExitTrace {
  const trace = new ExitTrace(CAPACITY);
  for (let n = 1; n <= count; n++) {
    trace.add(exit(n));
    trace.complete(n * 10, n * 2);
  }
  return trace;
}

describe('the trace of exits', () => {
  it('gives back each exit as it was, also when its columns have grown', () => {
    const trace = traceOf(CAPACITY);
    for (const n of [1, 15, 255, 256, 257, CAPACITY]) {
      assert.deepEqual(trace.get(n), { ...exit(n), number: n, cycles: n * 10, operations: n * 2 });
    }
  });

  it('forgets the oldest, and counts all', () => {
    const trace = traceOf(CAPACITY * 2 + 5);
    assert.equal(trace.total, 605);
    assert.equal(trace.get(305), undefined);
    assert.equal(trace.get(306)?.rip, 308n);
    assert.equal(trace.get(606), undefined);
    assert.equal(trace.last?.number, 605);
    assert.equal(trace.lastReason, 5);
    assert.equal(trace.totals.get(5), 11);
  });

  it('lists backwards, from a number on', () => {
    const numbers = (number: number, limit: number): number[] =>
      traceOf(400)
        .before(number, limit)
        .map((record) => record.number);
    assert.deepEqual(numbers(200, 3), [200, 199, 198]);
    assert.deepEqual(numbers(102, 10), [102, 101]);
    assert.deepEqual(numbers(9999, 1), [400]);
  });

  it('tells nothing of what an exit cost before it has been dealt with, and then once', () => {
    const trace = new ExitTrace();
    assert.equal(trace.lastReason, 0);
    trace.complete(1, 1);
    trace.add(exit(1));
    assert.equal(trace.last?.cycles, undefined);
    trace.complete(5, 2);
    trace.complete(7, 3);
    assert.deepEqual([trace.last?.cycles, trace.last?.operations], [5, 2]);
  });
});
