import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MessageReader } from './message-reader';

const message = (content: unknown): string => {
  const json = JSON.stringify(content);
  return `Content-Length: ${String(Buffer.byteLength(json))}\r\n\r\n${json}`;
};

/** What a reader makes of chunks: messages, and `skipped` where something was. */
function read(...chunks: readonly (string | Buffer)[]): unknown[] {
  const found: unknown[] = [];
  const reader = new MessageReader({
    message: (content) => found.push(content),
    skipped: () => found.push('skipped'),
  });
  for (const chunk of chunks) reader.add(Buffer.from(chunk as string));
  return found;
}

describe('reader of messages', () => {
  it('finds every message, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.json(), { maxLength: 8 }), fc.array(fc.nat(40)), (texts, cuts) => {
        const contents = texts.map((text) => ({ text, more: 'é漢' }));
        const stream = Buffer.from(contents.map(message).join(''));
        const chunks: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) chunks.push(stream.subarray(at, (at += cut)));
        chunks.push(stream.subarray(at));
        assert.deepEqual(read(...chunks), contents);
      }),
    );
  });

  const wrong: [string, string][] = [
    ['malformed JSON', 'Content-Length: 5\r\n\r\n{"a":'],
    ['an empty message', 'Content-Length: 0\r\n\r\n'],
    ['a header without a length', 'Content-Type: x\r\n\r\n{"a": 1}'],
    ['a length that is no number', 'Content-Length: many\r\n\r\n{"a": 1}'],
    ['a negative length', 'Content-Length: -5\r\n\r\n{"a": 1}'],
    ['a length beyond all measure', 'Content-Length: 999999999999\r\n\r\n{"a": 1}'],
    ['no header at all', '{"a": 1}\r\n\r\n'],
  ];
  for (const [what, text] of wrong) {
    it(`skips ${what} and goes on`, () => {
      assert.deepEqual(read(`${text}${message(1)}${message(2)}`), ['skipped', 1, 2]);
    });
  }

  it('takes a header without a space, in any case, beside others', () => {
    assert.deepEqual(read('content-length:1\r\nContent-Type: json\r\n\r\n5'), [5]);
  });

  it('keeps nothing of a stream without headers', () => {
    const junk = Array.from({ length: 100 }, () => 'x'.repeat(10_000));
    const found = read(...junk, `\r\n\r\n${message(1)}`);
    assert.equal(found.at(-1), 1);
    assert.ok(found.length > 10);
  });

  it('joins a long message once', () => {
    const long = Buffer.from(message('x'.repeat(20_000_000)));
    const chunks = Array.from({ length: long.length / 8192 + 1 }, (_, n) =>
      long.subarray(n * 8192, (n + 1) * 8192),
    );
    const began = performance.now();
    assert.equal((read(...chunks)[0] as string).length, 20_000_000);
    assert.ok(performance.now() - began < 2000);
  });
});
