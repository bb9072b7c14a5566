import assert from 'node:assert/strict';
import { InFlight, type Answering } from './in-flight';

/** Writes down what it is told. */
function listener(): Answering & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    answered: (answer) => heard.push(`answered ${String(answer)}`),
    failed: (error) => heard.push(`failed ${(error as Error).message}`),
  };
}

/** A handler that the test lets go on. */
function later() {
  let resolve: (answer: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<string>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { promise, resolve, reject };
}

describe('requests in flight', () => {
  it('are answered at once where they can be', () => {
    const { heard, ...answering } = listener();
    new InFlight().begin(1, () => 5, answering);
    assert.deepEqual(heard, ['answered 5']);
  });

  it('are answered when their handlers are through', async () => {
    const { heard, ...answering } = listener();
    const [good, bad] = [later(), later()];
    const inFlight = new InFlight();
    inFlight.begin(1, () => good.promise, answering);
    inFlight.begin(2, () => bad.promise, answering);
    bad.reject(new Error('no'));
    await bad.promise.catch(() => undefined);
    good.resolve('yes');
    await good.promise;
    assert.deepEqual(heard, ['failed no', 'answered yes']);
  });

  it('are answered once, at the moment of being cancelled, and their handlers know', async () => {
    const { heard, ...answering } = listener();
    const work = later();
    const inFlight = new InFlight();
    let told: AbortSignal | undefined;
    inFlight.begin(
      1,
      (signal) => {
        told = signal;
        return work.promise;
      },
      answering,
    );
    inFlight.cancel(2, new Error('another'));
    assert.equal(told?.aborted, false);
    inFlight.cancel(1, new Error('cancelled'));
    assert.deepEqual(heard, ['failed cancelled']);
    assert.equal(told.aborted, true);
    work.resolve('too late');
    await work.promise;
    inFlight.cancelAll(new Error('again'));
    assert.deepEqual(heard, ['failed cancelled']);
  });
});
