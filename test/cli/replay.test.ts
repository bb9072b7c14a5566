import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecording, writeRecording } from '../../src/session';
import { commandLine } from '../transcripts/cli-bundle';

/** Echoes what comes on the serial port, until that is a q. */
const ECHO = `
        org 0x7c00
        bits 16
        mov dx, 0x3fd
next:   in al, dx
        test al, 1
        jz next
        mov dl, 0xf8
        in al, dx
        out dx, al
        mov dl, 0xfd
        cmp al, 'q'
        jne next
        mov al, 30
        out 0xf4, al
`;

/** Ends with the scan code of a key. */
const KEY = `
        org 0x7c00
        bits 16
poll:   mov cx, 500
pause:  loop pause
        in al, 0x64
        test al, 1
        jz poll
        in al, 0x60
        out 0xf4, al
`;

const COUNT = `
        org 0x7c00
        bits 16
        mov ecx, 20000
        xor ax, ax
        mov ds, ax
again:  inc dword [0x600]
        loop again, ecx
        mov al, 'x'
        mov dx, 0x3f8
        out dx, al
        mov al, 2
        out 0xf4, al
`;

interface Report {
  readonly recorded: { readonly instructions: number; readonly stateHash: string };
  readonly replayed: { readonly instructions: number; readonly stateHash: string };
  readonly isSame?: boolean;
}

describe('replay', function () {
  this.timeout(240_000);
  let cli = '';
  let folder = '';

  before(async () => {
    cli = await commandLine();
    folder = mkdtempSync(join(tmpdir(), 'ringside-replay-'));
    writeFileSync(join(folder, 'echo.asm'), ECHO);
    writeFileSync(join(folder, 'key.asm'), KEY);
    writeFileSync(join(folder, 'count.asm'), COUNT);
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const ringside = (args: readonly string[], input = '') =>
    spawnSync(process.execPath, [cli, ...args], {
      cwd: folder,
      input,
      encoding: 'utf8',
      timeout: 60_000,
    });
  const json = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;

  for (const monitor of ['none', 'vtx', 'svm', 'emulate', 'deprivilege', 'paravirt']) {
    it(`comes to the same end with what was typed, under ${monitor}`, () => {
      const flags = ['--monitor', monitor, '--json', 'run.json'];
      const run = ringside(['run', 'echo.asm', ...flags, '--record', 'echo.ringside'], 'guests q');
      assert.deepEqual([run.status, run.stdout], [61, 'guests q'], run.stderr);
      const replay = ringside(['replay', 'echo.ringside', '--json', 'replay.json']);
      assert.deepEqual([replay.status, replay.stdout], [0, 'guests q'], replay.stderr);
      assert.match(replay.stderr, /recording of echo \([0-9a-f]{12}\), \w+: [\d,]+ instructions/);
      const { recorded, replayed, isSame } = json<Report>('replay.json');
      assert.deepEqual(replayed, {
        instructions: recorded.instructions,
        stateHash: json<{ stateHash: string }>('run.json').stateHash,
      });
      assert.equal(isSame, true);
    });
  }

  it('types the keys again that were to be typed', () => {
    const flags = ['--keys', 'a', '--record', 'key.ringside'];
    const run = ringside(['run', 'key.asm', ...flags]);
    assert.equal(run.status, (0x1e << 1) | 1, run.stderr);
    const replay = ringside(['replay', 'key.ringside']);
    assert.equal(replay.status, 0, replay.stderr);
  });

  it('does several guests again, each with its name', () => {
    const flags = ['--guest', 'count.asm', '--record', 'two.ringside'];
    const run = ringside(['run', 'echo.asm', ...flags], 'one q');
    const replay = ringside(['replay', 'two.ringside']);
    assert.equal(replay.status, 0, replay.stderr);
    assert.equal(replay.stdout, run.stdout);
    assert.match(replay.stdout, /one q/);
    assert.match(replay.stderr, /recording of echo \(.*\), count \(.*\), vtx/);
  });

  it('does several processors again', () => {
    const flags = ['--cpus', '2', '--record', 'cpus.ringside'];
    assert.equal(ringside(['run', 'count.asm', ...flags]).status, 5);
    const replay = ringside(['replay', 'cpus.ringside']);
    assert.deepEqual([replay.status, replay.stdout], [0, 'x'], replay.stderr);
    assert.match(replay.stderr, /vtx, 2 processors/);
  });

  it('goes to the count of instructions that it is told, and no further', () => {
    ringside(['run', 'count.asm', '--monitor', 'none', '--record', 'count.ringside']);
    const replay = ringside(['replay', 'count.ringside', '--to', '1000', '--json', 'part.json']);
    assert.deepEqual([replay.status, replay.stdout], [0, ''], replay.stderr);
    const { replayed, isSame } = json<Report>('part.json');
    assert.deepEqual([replayed.instructions, isSame], [1000, undefined]);
    const beyond = ringside(['replay', 'count.ringside', '--to', '99000000']);
    assert.equal(beyond.status, 2);
    assert.match(beyond.stderr, /--to 99000000: 40,\d\d\d instructions are recorded/);
  });

  it('tells where the end is another one, and what is no recording', async () => {
    ringside(['run', 'count.asm', '--record', 'count.ringside']);
    const file = readFileSync(join(folder, 'count.ringside'));
    const recording = await readRecording(file);
    const [guest] = recording.guests;
    const pieces = guest.image.pieces.map(({ address, bytes }) => ({
      address,
      bytes: bytes.map((byte) => (byte === 'x'.charCodeAt(0) ? 'y'.charCodeAt(0) : byte)),
    }));
    const altered = { ...guest, image: { ...guest.image, pieces } };
    const other = writeRecording({ ...recording, guests: [altered] });
    writeFileSync(join(folder, 'other.ringside'), other);
    const replay = ringside(['replay', 'other.ringside']);
    assert.deepEqual([replay.status, replay.stdout], [1, 'y'], replay.stderr);
    assert.match(
      replay.stderr,
      /another end after [\d,]+ instructions; state: recorded [0-9a-f]{64}, replayed [0-9a-f]{64}/,
    );
    writeFileSync(join(folder, 'short.ringside'), file.subarray(0, file.length / 2));
    const short = ringside(['replay', 'short.ringside']);
    assert.equal(short.status, 2);
    assert.match(short.stderr, /short\.ringside: it is truncated: \d+ of its \d+ bytes/);
    const source = ringside(['replay', 'count.asm']);
    assert.equal(source.status, 2);
    assert.match(source.stderr, /count\.asm: this is no recording of Ringside/);
    assert.match(ringside(['replay', 'none.ringside']).stderr, /none\.ringside: no such file/);
  });

  it('is refused where a run is not recorded', () => {
    const flags = ['--monitor', 'translate', '--record', 'echo.ringside'];
    const run = ringside(['run', 'echo.asm', ...flags], 'q');
    assert.equal(run.status, 2);
    assert.match(run.stderr, /--record: a run with --monitor translate cannot be recorded/);
  });
});
