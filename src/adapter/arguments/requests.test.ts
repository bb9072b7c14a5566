import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InlineClient } from '../inline-client.testing';
import { COMMANDS, isCommand, readArguments } from './requests';

describe('arguments of requests', () => {
  it('know every request that is answered, and no other', async () => {
    const client = new InlineClient({});
    const last = ['disconnect'];
    for (const command of [...COMMANDS.filter((name) => !last.includes(name)), ...last]) {
      const { success, message } = await client.send(command, 7);
      assert.equal(success, false);
      assert.equal(message, '"arguments" must be an object, not 7.', command);
    }
    await client.ask('disconnect');
  });

  it('reach nothing that every object has', async () => {
    const client = new InlineClient({});
    for (const command of ['constructor', 'toString', '__proto__', 'hasOwnProperty', '', 'x']) {
      assert.ok(!isCommand(command));
      const { success, message } = await client.send(command);
      assert.deepEqual([success, message], [false, `unknown request ${command}`]);
    }
    await client.ask('disconnect');
  });

  it('are told by name when they are wrong', () => {
    const read = (args: object) => () => readArguments('setBreakpoints', args);
    assert.throws(read({}), /"source" is missing/);
    assert.throws(read({ source: 'k.asm' }), /"source" must be an object, not "k.asm"/);
    assert.throws(
      read({ source: { path: 'k.asm' }, breakpoints: [{ line: '5' }] }),
      /"breakpoints\[0\]\.line" must be a whole number, not "5"/,
    );
  });

  it('may be absent where nothing is needed', () => {
    assert.deepEqual(readArguments('threads', undefined), {});
    assert.deepEqual(readArguments('configurationDone', null), {});
  });

  it('are as VS Code sends them', () => {
    const stackTrace: DebugProtocol.StackTraceArguments = {
      threadId: 1,
      startFrame: 0,
      levels: 20,
    };
    assert.deepEqual(readArguments('stackTrace', stackTrace), stackTrace);
    const disassemble = {
      memoryReference: '0x7c00',
      offset: 0,
      instructionOffset: -200,
      instructionCount: 400,
      resolveSymbols: true,
    };
    assert.deepEqual(readArguments('disassemble', disassemble), disassemble);
  });
});
