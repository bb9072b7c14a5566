import assert from 'node:assert/strict';
import { CommanderError } from 'commander';
import { exitStatus } from '../session';
import { STATUS, statusOfError } from './ends';
import { usageError } from './errors';

/** What `act` writes to stderr. */
function stderrOf(act: () => void): string {
  const { write } = process.stderr;
  let text = '';
  process.stderr.write = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  try {
    act();
  } finally {
    process.stderr.write = write;
  }
  return text;
}

describe('how the command line ends', () => {
  it('bad usage has status 2 and one line', () => {
    const told = stderrOf(() => {
      assert.equal(statusOfError(usageError('no such file')), 2);
      assert.equal(statusOfError(new CommanderError(1, 'unknown', 'unknown option')), 2);
    });
    assert.equal(told, 'ringside: no such file\n');
  });

  it('a mistake of our own has a status that no guest can end with', () => {
    const told = stderrOf(() => {
      assert.equal(statusOfError(new TypeError('oops')), STATUS.INTERNAL);
    });
    assert.match(told, /mistake of Ringside's own, please report it: TypeError: oops\n +at /);
    const guests = Array.from({ length: 256 }, (_, value) =>
      exitStatus({ kind: 'exit-device', value }),
    );
    for (const status of [STATUS.INTERNAL, STATUS.OUTPUT]) assert.ok(!guests.includes(status));
  });
});
