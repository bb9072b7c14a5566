import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GdbClient } from '../../src/gdb/client.testing';
import { RingsideGdb } from '../clients/ringside-gdb';
import { ROOT } from '../transcripts/cli-bundle';

const EXIT = 'org 0x7c00\nbits 16\nmov al, 21\nout 0xf4, al\nhlt';
const FOREVER = 'org 0x7c00\nbits 16\nx: jmp x';

const closed = (socket: Socket): Promise<undefined> =>
  new Promise((resolve) => {
    if (socket.closed) resolve(undefined);
    else
      socket.on('close', () => {
        resolve(undefined);
      });
  });

/** The server as a process: ports, clients that come and go, exit statuses, the guest's serial port. */
describe('ringside gdb', function () {
  this.timeout(120_000);
  let folder = '';
  let server: RingsideGdb | undefined;
  const sockets: Socket[] = [];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ringside-gdb-'));
  });

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server?.kill();
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(source: string, ...args: string[]): Promise<RingsideGdb> {
    writeFileSync(join(folder, 'guest.asm'), source);
    server = await RingsideGdb.start(['guest.asm', '--memory', '1M', ...args], folder);
    return server;
  }

  async function client({ port }: RingsideGdb): Promise<{ socket: Socket; client: GdbClient }> {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined); // the server may turn it away
    await once(socket, 'connect');
    const made = new GdbClient((bytes) => socket.write(bytes));
    socket.on('data', (bytes) => {
      made.receive(bytes);
    });
    return { socket, client: made };
  }

  it('ends with the exit status of the guest, when the client has been told', async () => {
    const started = await start(EXIT);
    const { socket, client: own } = await client(started);
    assert.equal(await own.ask('vCont;c'), 'W2b');
    socket.end();
    assert.equal(await started.ended(), 43);
  });

  it('ends with 0 when it is killed, also while the guest runs', async () => {
    const started = await start(FOREVER);
    const { client: own } = await client(started);
    void own.ask('c');
    void own.ask('k');
    assert.equal(await started.ended(), 0);
  });

  it('serves one client at a time, and the next one where that has left it', async () => {
    const started = await start(FOREVER);
    const first = await client(started);
    await first.client.ask('P0=2a00000000000000');
    const second = await client(started);
    await closed(second.socket);
    void first.client.ask('c');
    first.socket.destroy();
    await closed(first.socket);
    for (;;) {
      const third = await client(started);
      const gone = closed(third.socket);
      const answer = await Promise.race([third.client.ask('p0'), gone]);
      // The server may not have heard yet that the first one has gone.
      if (answer === undefined) continue;
      assert.equal(answer, '2a00000000000000');
      break;
    }
  });

  it('has the guest’s first serial port on stdin and stdout', async () => {
    const echo = readFileSync(join(ROOT, 'test/transcripts/guests/serial.asm'), 'utf8');
    const started = await start(echo);
    const { socket, client: own } = await client(started);
    const ended = own.ask('c');
    started.type('ring 0?q');
    assert.equal(await ended, 'W00');
    socket.end();
    assert.equal(await started.ended(), 0);
    assert.equal(started.stdout, 'ring 0?q');
  });

  it('goes back where the past is kept, and says where it is not', async () => {
    for (const [args, back] of [
      [[], '+'],
      [['--history', '0'], '-'],
      [['--monitor', 'translate'], '-'],
    ] as const) {
      const started = await start(FOREVER, ...args);
      const { client: own } = await client(started);
      const features = await own.ask('qSupported');
      assert.ok(features.includes(`ReverseStep${back};ReverseContinue${back}`), features);
      if (back === '-') assert.equal(await own.ask('bs'), 'E16');
      started.kill();
    }
  });
});
