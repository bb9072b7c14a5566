import assert from 'node:assert/strict';
import fc from 'fast-check';
import { randomGuest } from '../../session/random-guests.testing';
import { busy, StreamClient } from './stream-client.testing';

/** `FUZZ_GUESTS=5000` runs more, `FUZZ_SEED=n` the same ones again. */
const GUESTS = Number(process.env['FUZZ_GUESTS'] ?? 25);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_127);
/** Milliseconds of processor time. */
const SOON = 1000;

// The seed stands above: a guest that never comes back leaves no other trace.
describe(`a session with random guests (seed ${String(SEED)})`, function () {
  this.timeout(Math.max(60_000, GUESTS * 1000));

  for (const monitor of ['vtx', 'none']) {
    it(`answers, pauses and ends at any moment, under ${monitor}`, async () => {
      const obeys = fc.asyncProperty(randomGuest, fc.nat(40), async (source, moment) => {
        const read = () => Promise.resolve(new TextEncoder().encode(source));
        const client = new StreamClient({ read });
        const soon = async (what: string, work: () => Promise<unknown>): Promise<void> => {
          const before = busy();
          await work();
          const took = busy() - before;
          assert.ok(took < SOON, `${what} took ${took.toFixed()} ms`);
        };
        await client.ask('configurationDone');
        await client.ask('setExceptionBreakpoints', { filters: [] });
        const args = { program: 'guest.asm', memory: '1M', monitor, stopOnEntry: false };
        assert.equal((await client.ask('launch', args)).success, true);
        await soon('threads', () => client.ask('threads'));
        await new Promise((resolve) => setTimeout(resolve, moment));
        await soon('threads', () => client.ask('threads'));
        await soon('pause', async () => {
          await client.ask('pause');
          await client.until(() => client.heard('stopped') || client.heard('terminated'));
        });
        await soon('stackTrace', () => client.ask('stackTrace', { threadId: 1 }));
        await client.ask('continue');
        await soon('disconnect', () => client.ask('disconnect'));
        client.end();
        const internal = client.events.filter(
          ({ event, body }) =>
            event === 'stopped' && /Internal/.test((body as { description: string }).description),
        );
        assert.deepEqual(internal, []);
      });
      await fc.assert(obeys, { numRuns: GUESTS, seed: SEED, endOnFailure: true });
    });
  }
});
