import assert from 'node:assert/strict';
import { HandlerStack } from './handler-stack';
import { within, type Handler, type Operation } from './operation';
import { guestRegister, rdtsc } from './operations';

const place = (line: number) => ({ file: 'x.ts', line, column: 1, function: 'f' });
/** What the build makes of `yield* callee` on this line. */
const call = (line: number, callee: Handler<bigint>): Operation =>
  within(place(line), callee) as unknown as Operation;

function* readRegister(index: number): Handler<bigint> {
  return 2n * (yield guestRegister(index));
}

/** The operations of a handler, each answered with 1, 2, 3, …, and where they were delegated from. */
function run(handler: Handler): string[] {
  const handlers = new HandlerStack();
  const seen: string[] = [];
  let next = handlers.begin(handler);
  for (let n = 1n; next; n++) {
    const lines = handlers.callers.map(({ line }) => line);
    seen.push([next.name, next.operands, ...lines].join(' ').trim());
    next = handlers.resume(n);
  }
  assert.deepEqual(handlers.callers, []);
  return seen;
}

describe('the stack of handlers', () => {
  it('answers a delegation with the result of what was delegated to', () => {
    const results: bigint[] = [];
    const seen = run(
      (function* (): Handler {
        results.push(yield rdtsc());
        results.push(yield call(10, readRegister(3)));
        results.push(yield rdtsc());
      })(),
    );
    assert.deepEqual(seen, ['RDTSC', 'MOV …, [vcpu.gpr.RBX] 10', 'RDTSC']);
    assert.deepEqual(results, [1n, 4n, 3n]);
  });

  it('knows where the waiting handlers stand, innermost first', () => {
    const middle = function* (): Handler<bigint> {
      return yield call(20, readRegister(0));
    };
    const outer = function* (): Handler {
      yield call(30, middle());
    };
    assert.deepEqual(run(outer()), ['MOV …, [vcpu.gpr.RAX] 20 30']);
  });

  it('takes a handler that yields nothing', () => {
    const nothing = function* (): Handler<bigint> {
      return 7n;
    };
    let result = 0n;
    const outer = function* (): Handler {
      result = yield call(1, nothing());
    };
    assert.deepEqual(run(outer()), []);
    assert.equal(result, 7n);
  });

  it('takes a delegation that nobody has noted', () => {
    const outer = function* (): Handler {
      yield* readRegister(1);
    };
    assert.deepEqual(run(outer()), ['MOV …, [vcpu.gpr.RCX]']);
  });

  it('begins anew in the middle of another handler', () => {
    const handlers = new HandlerStack();
    const outer = function* (): Handler {
      yield call(1, readRegister(0));
    };
    handlers.begin(outer());
    assert.equal(handlers.callers.length, 1);
    assert.equal(handlers.begin(outer())?.operands, '…, [vcpu.gpr.RAX]');
    assert.equal(handlers.callers.length, 1);
  });
});
