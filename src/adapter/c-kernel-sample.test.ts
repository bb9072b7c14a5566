import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { noCompiler } from '../debug-info/compiled.testing';
import { InlineClient } from './inline-client.testing';

const SAMPLES = join(__dirname, '../../samples');

interface Tasks {
  readonly tasks: readonly { readonly label: string; readonly command: string }[];
}

describe('the sample c-kernel', function () {
  let folder: string;

  before(function () {
    if (noCompiler ?? spawnSync('nasm', ['-v']).error) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'c-kernel-'));
    cpSync(join(SAMPLES, 'c-kernel'), folder, { recursive: true });
    const { tasks } = JSON.parse(
      readFileSync(join(SAMPLES, '.vscode/tasks.json'), 'utf8'),
    ) as Tasks;
    const build = tasks.find(({ label }) => label === 'build c-kernel');
    execFileSync('sh', ['-c', build?.command ?? 'false'], { cwd: folder });
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const monitor of ['vtx', 'none']) {
    it(`is debugged from assembly into C, under ${monitor}`, async () => {
      const read = async (path: string) => new Uint8Array(await readFile(path));
      const client = new InlineClient({}, { files: { read } });
      await client.start(join(folder, 'kernel.elf'), { monitor });
      const first = await client.topFrame();
      assert.deepEqual([first.name, first.source?.name], ['start', 'boot.asm']);
      await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'outb' }] });
      await client.run('continue');
      const { stackFrames } = await client.ask<DebugProtocol.StackTraceResponse['body']>(
        'stackTrace',
        { threadId: 1 },
      );
      const names = stackFrames.map(({ name }) => name.replace(/\+.*/, ''));
      assert.deepEqual([names[0], names.at(-2), names.at(-1)], ['outb', 'kmain', 'long_mode']);
      const kmain = stackFrames.at(-2)?.id;
      assert.equal(await client.evaluate('turns', kmain), '1');
      assert.match(await client.evaluate('a', kmain), /"idler", state = RUNNING \(1\), left = 1/);
      await client.ask('setFunctionBreakpoints', { breakpoints: [] });
      await client.ask('continue', { threadId: 1 });
      const { exitCode } = await client.event<{ exitCode: number }>('exited');
      assert.equal(exitCode, 6 * 2 + 1);
    });
  }
});
