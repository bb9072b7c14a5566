import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { commandLine } from '../transcripts/cli-bundle';

/** The adapter that the extension forks for what belongs to no session. */
describe('ringside dap --ipc', function () {
  this.timeout(60_000);

  it('answers on the channel, and ends with it', async () => {
    const child = fork(await commandLine(), ['dap', '--ipc'], { execArgv: [] });
    const asked = once(child, 'message');
    child.send({ seq: 1, type: 'request', command: 'initialize', arguments: {} });
    const [response] = (await asked) as [{ request_seq: number; success: boolean }];
    assert.deepEqual([response.request_seq, response.success], [1, true]);
    const ended = once(child, 'exit');
    child.disconnect();
    assert.deepEqual(await ended, [0, null]);
  });
});
