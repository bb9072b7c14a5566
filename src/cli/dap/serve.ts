import type { Readable, Writable } from 'node:stream';
import { createAdapter, type AdapterHost } from '../../adapter/adapter';
import { MessageReader } from './message-reader';
import { MessageWriter } from './message-writer';

/**
 * One session of the debug adapter on a pair of streams. A guest that prints faster than the client reads waits
 * for it, so that what is not read yet never grows without end.
 */
export function serve(input: Readable, output: Writable, host: Omit<AdapterHost, 'breathe'>): void {
  const writer = new MessageWriter(output);
  const adapter = createAdapter({
    ...host,
    breathe: async () => {
      await new Promise((done) => setImmediate(done));
      await writer.drained();
    },
  });
  adapter.onDidSendMessage((message: object) => {
    writer.write(message);
  }, undefined);
  const reader = new MessageReader({
    message: (content) => {
      adapter.handleMessage(content);
    },
    skipped: (why) => {
      adapter.skipped(why);
    },
  });
  input.on('data', (chunk: Buffer) => {
    reader.add(chunk);
  });
  const gone = (): void => {
    adapter.shutdown();
  };
  input.on('end', gone).on('error', gone);
  output.on('error', gone);
}
