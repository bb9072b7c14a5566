import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { serve } from './serve';

const ENDLESS_PRINTER = `bits 16\norg 0x7c00\n mov dx, 0x3f8\n mov al, 'x'\nagain: out dx, al\n jmp again\n`;

/** A client whose answers nobody reads unless the test does. */
function session() {
  const [input, output] = [new PassThrough(), new PassThrough({ highWaterMark: 1 << 16 })];
  let closed = 0;
  serve(input, output, {
    files: { read: () => Promise.resolve(new TextEncoder().encode(ENDLESS_PRINTER)) },
    closed: () => closed++,
  });
  let seq = 1;
  const send = (command: string, args: object = {}): void => {
    const json = JSON.stringify({ seq: seq++, type: 'request', command, arguments: args });
    input.write(`Content-Length: ${String(json.length)}\r\n\r\n${json}`);
  };
  return { input, output, send, closed: () => closed };
}

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a session on streams', () => {
  it('lets a guest that prints wait for a client that does not read', async () => {
    const { output, send, input } = session();
    send('configurationDone');
    send('launch', { program: 'k.asm', memory: '1M', monitor: 'none', stopOnEntry: false });
    const unread = (): number => output.readableLength + output.writableLength;
    while (!output.writableNeedDrain) await wait(5);
    await wait(50);
    const before = unread();
    await wait(200);
    assert.equal(unread(), before);
    assert.ok(before < 4_000_000, String(before));
    // Read again, it prints again, and is as obedient as before.
    output.resume();
    await wait(50);
    const texts: string[] = [];
    output.on('data', (chunk: Buffer) => texts.push(chunk.toString()));
    while (!texts.join('').includes('xxxx')) await wait(5);
    send('pause');
    while (!texts.join('').includes('"stopped"')) await wait(5);
    input.end();
  });

  it('ends with its input, and when the client says good-bye', async () => {
    const [first, second] = [session(), session()];
    first.input.end();
    second.send('disconnect');
    while (first.closed() === 0 || second.closed() === 0) await wait(5);
  });
});
