import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Inferior } from '../../gdb/inferior';
import type { Width } from '../../gdb/registers';
import { Session } from '../../gdb/session';
import { codeOf } from '../disk-files';
import { usageError } from '../errors';

/** How long (milliseconds) a client that has been told the end has for going. */
const FAREWELL = 1000;

/**
 * Serves clients on a TCP port of this computer, one after the other: who comes while another one is there is turned
 * away. What is debugged stands while nobody is there.
 *
 * @param port 0 for any that is free; which it is, is said on stderr
 * @returns the exit status of the guest, when it has ended; 0 when a client has killed it
 * @throws UsageError when the port cannot be had
 */
export async function serveClients(
  inferior: Inferior,
  port: number,
  width: Width,
): Promise<number> {
  const server = createServer({ noDelay: true });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    throw usageError(`--port ${String(port)}: cannot listen there (${codeOf(error)})`);
  });
  const { port: actual } = server.address() as AddressInfo;
  process.stderr.write(`listening on 127.0.0.1:${String(actual)}\n`);
  const status = await new Promise<number>((over) => {
    let present: Socket | undefined;
    server.on('connection', (socket) => {
      if (present) {
        socket.destroy();
        return;
      }
      present = socket;
      serveClient(inferior, socket, width, over);
      socket.on('close', () => (present = undefined));
    });
  });
  server.close();
  return status;
}

function serveClient(
  inferior: Inferior,
  socket: Socket,
  width: Width,
  over: (status: number) => void,
): void {
  const session = new Session(
    inferior,
    {
      send: (bytes) => {
        if (socket.writable) socket.write(bytes);
      },
      killed: () => {
        socket.end(() => {
          over(0);
        });
      },
      ended: (exitCode) => {
        socket.on('close', () => {
          over(exitCode);
        });
        setTimeout(() => socket.destroy(), FAREWELL);
      },
      bug: (error) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.stderr.write(
          `ringside: this is a mistake of Ringside's own, please report it: ${text}\n`,
        );
      },
    },
    width,
  );
  socket.on('data', (bytes) => {
    session.receive(bytes);
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    session.close();
  });
}
