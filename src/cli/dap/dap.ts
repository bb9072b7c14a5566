import { once } from 'node:events';
import { createServer } from 'node:net';
import { createAdapter, type AdapterHost } from '../../adapter/adapter';
import { firmwareSources } from 'ringside:firmware-sources';
import { monitorSources } from 'ringside:monitor-sources';
import { codeOf, diskFiles } from '../disk-files';
import { usageError } from '../errors';
import { imageFiles } from '../image-files';
import { translationsOf } from '../translations';
import { serve } from './serve';

/** How long (milliseconds) a client that has said good-bye has for reading what is left. */
const FAREWELL = 1000;

/**
 * Speaks the Debug Adapter Protocol on stdin and stdout until the client has gone, or serves any number of
 * sessions on a TCP port of this computer.
 *
 * @throws UsageError when the port cannot be had
 */
export async function runDebugAdapter(port?: number): Promise<void> {
  if (port === undefined) {
    serve(process.stdin, process.stdout, nodeHost(exitWhenWritten));
    return;
  }
  const server = createServer((socket) => {
    const closed = (): void => {
      socket.end();
      setTimeout(() => socket.destroy(), FAREWELL).unref();
    };
    serve(socket, socket, nodeHost(closed));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    throw usageError(`--port ${String(port)}: cannot listen there (${codeOf(error)})`);
  });
  const address = server.address();
  const actual = typeof address === 'object' ? address?.port : port;
  process.stderr.write(`listening on 127.0.0.1:${String(actual)}\n`);
}

/** One session over the channel of the process that has forked this one: messages go as they are. */
export function runForkedAdapter(): void {
  const adapter = createAdapter({
    ...nodeHost(() => process.exit(0)),
    breathe: () => new Promise((done) => setImmediate(done)),
  });
  adapter.onDidSendMessage((message: object) => {
    process.send?.(message);
  }, undefined);
  process.on('message', (message) => {
    adapter.handleMessage(message);
  });
  process.on('disconnect', () => {
    adapter.shutdown();
  });
}

function exitWhenWritten(): void {
  const exit = (): void => {
    process.exit(0);
  };
  process.stdout.write('', exit);
  setTimeout(exit, FAREWELL);
}

function nodeHost(closed: () => void): Omit<AdapterHost, 'breathe'> {
  return {
    files: diskFiles,
    images: imageFiles,
    workingFolder: process.cwd(),
    shippedSources: { ...monitorSources, ...firmwareSources },
    translations: translationsOf,
    closed,
  };
}
