import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InlineClient } from '../inline-client.testing';
import { CustomRequest, type SourceSavedResponse } from '../protocol';

const PROGRAM = `bits 16
org 0x7c00
start:
    mov bx, 1
    inc bx
    inc cx
    hlt
`;
const EDITED = PROGRAM.replace('start:', '; a remark\n\nstart:').replace('    mov bx, 1\n', '');

async function started(): Promise<{ client: InlineClient; files: Record<string, string> }> {
  const files: Record<string, string> = { 'kernel.asm': PROGRAM, 'other.txt': '' };
  const client = new InlineClient(files);
  await client.start('kernel.asm', { monitor: 'none' });
  return { client, files };
}

type Answer = DebugProtocol.SetBreakpointsResponse['body'];

const breakAt = (client: InlineClient, line: number, sourceModified = false): Promise<Answer> =>
  client.ask('setBreakpoints', {
    source: { path: 'kernel.asm' },
    breakpoints: [{ line }],
    sourceModified,
  });
const saved = (client: InlineClient, path = 'kernel.asm'): Promise<SourceSavedResponse> =>
  client.ask(CustomRequest.SOURCE_SAVED, { path });

describe('a source that is edited while it is debugged', () => {
  it('has its breakpoints and lines where they are now', async () => {
    const { client, files } = await started();
    files['kernel.asm'] = EDITED;
    const { breakpoints } = await breakAt(client, 7, true);
    assert.deepEqual(
      breakpoints.map(({ verified, line }) => [verified, line]),
      [[true, 7]],
    );
    await client.run('continue');
    assert.equal((await client.topFrame()).line, 7);
    const bx = await client.ask<{ result: string }>('evaluate', { expression: 'bx' });
    assert.equal(bx.result, '0x2');
  });

  it('is told once, and a file of nobody is not', async () => {
    const { client, files } = await started();
    assert.deepEqual(await saved(client), { edited: false, told: false });
    files['kernel.asm'] = EDITED;
    assert.deepEqual(await saved(client), { edited: true, told: true });
    assert.deepEqual(await saved(client), { edited: true, told: false });
    assert.deepEqual(await saved(client, 'other.txt'), { edited: false, told: false });
    files['kernel.asm'] = PROGRAM;
    assert.deepEqual(await saved(client), { edited: false, told: false });
    assert.equal((await client.topFrame()).line, 4);
  });

  it('is the program after a restart', async () => {
    const { client, files } = await started();
    files['kernel.asm'] = EDITED;
    await saved(client);
    await client.ask('restart');
    await client.event('stopped');
    assert.equal((await client.topFrame()).line, 6);
    assert.deepEqual(await saved(client), { edited: false, told: false });
  });

  it('is known by the checksum of what was assembled', async () => {
    const { client } = await started();
    const { source } = await client.topFrame();
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(PROGRAM));
    const checksum = Buffer.from(digest).toString('hex');
    assert.deepEqual(source?.checksums, [{ algorithm: 'SHA256', checksum }]);
  });
});
