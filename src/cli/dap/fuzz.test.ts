import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as l10n from '@vscode/l10n';
import { LEARNED, randomRequest, type RandomRequest } from './requests.testing';
import { StreamClient } from './stream-client.testing';

/**
 * Random requests in every state of a session, cut anywhere: each is answered once, soon, and never by an error of
 * ours. `FUZZ_REQUESTS=50000` sends more, `FUZZ_SEED=n` the same ones again.
 */

const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 1500);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_127);
const PER_SESSION = 30;
/** Milliseconds. */
const SOON = 2000;

const HEAD = 'bits 16\norg 0x7c00\n';
const SOURCES: Readonly<Record<string, string>> = {
  'plain.asm': `${HEAD}start: mov ax, 5\n call func\n mov dx, 0x3f8\n mov al, 'x'\n out dx, al\n cli\n hlt\nfunc: inc bx\n ret\n`,
  'exits.asm': `${HEAD}start: cpuid\n inc bx\n out 0x80, al\n jmp start\n`,
  'broken.asm': 'bogus 1\n',
};

/** An error that is none of the client's, or a stack of ours. */
const INTERNAL =
  /\n\s+at |Cannot |is not a function|is not iterable|undefined|Maximum call|Invalid |BigInt/;

type State = (client: StreamClient, monitor: string) => Promise<void>;

const initialized: State = async (client) => {
  await client.ask('initialize', { adapterID: 'x' });
};
const launched: State = async (client, monitor) => {
  await initialized(client, monitor);
  const args = { program: 'exits.asm', memory: '1M', monitor };
  client.write(client.encode('launch', args));
  await client.until(() => client.heard('initialized'));
};
const atEntry: State = async (client, monitor) => {
  await launched(client, monitor);
  await client.ask('configurationDone');
  await client.until(() => client.heard('stopped'));
};
const stepped =
  (command: string): State =>
  async (client, monitor) => {
    await atEntry(client, monitor);
    client.events.length = 0;
    await client.ask(command, { granularity: 'instruction' });
    await client.until(() => client.heard('stopped'));
  };

/** Where a session stands when the random requests come. */
const STATES: Readonly<Record<string, State>> = {
  'before initialize': () => Promise.resolve(),
  initialized,
  'launched, not configured': launched,
  'at the entry': atEntry,
  'in the guest': stepped('next'),
  'in a handler': stepped('stepIn'),
  running: async (client, monitor) => {
    await atEntry(client, monitor);
    await client.ask('continue');
  },
  terminated: async (client, monitor) => {
    await atEntry(client, monitor);
    await client.ask('terminate');
  },
};

/** Puts in what only this session knows. */
function learned(client: StreamClient, args: unknown): unknown {
  const bodies = [...client.sent.values()].flatMap(({ answers }) =>
    answers.map(({ body }) => body as Record<string, unknown> | undefined),
  );
  const first = (list: string, field: string): unknown => {
    const lists = bodies.map((body) => body?.[list]).filter(Array.isArray);
    return (lists.at(-1)?.[0] as Record<string, unknown> | undefined)?.[field] ?? 0;
  };
  return JSON.parse(
    JSON.stringify(args, (_, value: unknown) => {
      if (value === LEARNED.frame) return first('stackFrames', 'id');
      return value === LEARNED.reference ? first('scopes', 'variablesReference') : value;
    }) ?? 'null',
  );
}

/** Sends requests in a few chunks that end anywhere. */
async function send(
  client: StreamClient,
  requests: readonly RandomRequest[],
  cuts: readonly number[],
) {
  const bytes = Buffer.concat(
    requests.map(({ command, arguments: args }) => client.encode(command, learned(client, args))),
  );
  let at = 0;
  for (const cut of cuts) {
    client.write(bytes.subarray(at, (at += cut)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.write(bytes.subarray(at));
}

/** A launch is answered when the client has configured what it wants. */
const allAnswered = (client: StreamClient): boolean =>
  [...client.sent.values()].every(
    ({ command, answers }) => answers.length > 0 || command === 'launch',
  );

function check(client: StreamClient): void {
  assert.deepEqual(client.garbled, []);
  for (const { command, answers, took } of client.sent.values()) {
    const what = JSON.stringify(command).slice(0, 60);
    assert.equal(answers.length, 1, `${what} was answered ${String(answers.length)} times`);
    assert.ok(took < SOON, `${what} took ${took.toFixed()} ms`);
    const message = answers[0]?.message ?? '';
    assert.doesNotMatch(message, INTERNAL, what);
  }
  for (const { event, body } of client.events) {
    const { category, output, description } = (body ?? {}) as Record<string, string | undefined>;
    if (category === 'stderr') assert.doesNotMatch(output ?? '', /\n\s+at /);
    if (event === 'stopped') assert.doesNotMatch(description ?? '', /Internal error/);
  }
  const over = client.events.findIndex(({ event }) => event === 'terminated');
  assert.ok(over < 0 || over === client.events.length - 1, 'an event after terminated');
}

const batch = fc.tuple(
  fc.array(randomRequest, { minLength: 1, maxLength: 6 }),
  fc.array(fc.nat(400), { maxLength: 5 }),
);

describe('fuzzed requests', function () {
  this.timeout(Math.max(60_000, REQUESTS * 100));
  after(() => {
    l10n.config({ contents: {} });
  });

  for (const [name, reach] of Object.entries(STATES)) {
    it(`are answered once and soon: ${name} (seed ${String(SEED)})`, async () => {
      const session = fc.asyncProperty(
        fc.constantFrom('vtx', 'none'),
        fc.array(batch, { minLength: 4, maxLength: 14 }),
        async (monitor, batches) => {
          const client = new StreamClient({
            read: (path) => {
              const text = SOURCES[path];
              if (text === undefined) return Promise.reject(new Error('no such file'));
              return Promise.resolve(new TextEncoder().encode(text));
            },
          });
          await reach(client, monitor);
          for (const [requests, cuts] of batches) {
            await send(client, requests, cuts);
            await client.until(() => allAnswered(client));
          }
          await client.ask('threads');
          await client.ask('disconnect');
          client.end();
          check(client);
        },
      );
      const numRuns = Math.ceil(REQUESTS / PER_SESSION / Object.keys(STATES).length);
      await fc.assert(session, { numRuns, seed: SEED, endOnFailure: true });
    });
  }
});
