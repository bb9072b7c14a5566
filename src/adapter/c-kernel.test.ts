import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { compileC, KERNEL, noCompiler, type Compiled } from '../debug-info/compiled.testing';
import { InlineClient } from './inline-client.testing';

const lineOf = (text: string): number =>
  KERNEL.split('\n').findIndex((line) => line.includes(text)) + 1;

type Frames = DebugProtocol.StackTraceResponse['body'];

describe('a kernel in C', function () {
  let made: Compiled;
  let client: InlineClient;

  before(function () {
    if (noCompiler) this.skip();
  });

  const start = async (flags: readonly string[], more = {}, hasSource = true): Promise<void> => {
    made = compileC(KERNEL, flags);
    const { bytes, path, source } = made;
    const files: Readonly<Record<string, Uint8Array>> = {
      [path]: bytes,
      ...(hasSource && { [source]: new TextEncoder().encode(KERNEL) }),
    };
    const read = (name: string) => Promise.resolve(files[name] ?? Promise.reject(new Error(name)));
    client = new InlineClient({}, { files: { read } });
    await client.start(path, more);
    made.drop();
  };
  const frames = async (): Promise<DebugProtocol.StackFrame[]> =>
    (await client.ask<Frames>('stackTrace', { threadId: 1 })).stackFrames;
  const place = async (): Promise<string> => {
    const [frame] = await frames();
    assert.ok(!frame?.source || frame.source.path === made.source);
    return `${frame?.name.replace(/\+.*/, '') ?? ''}:${String(frame?.line)}`;
  };
  const breakAt = (...texts: string[]) =>
    client.ask<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
      source: { path: made.source },
      breakpoints: texts.map((text) => ({ line: lineOf(text) })),
    });
  /** Goes by commands, and tells where each has led. */
  const way = async (...commands: string[]): Promise<string[]> => {
    const places: string[] = [];
    for (const command of commands) {
      await client.run(command);
      places.push(await place());
    }
    return places;
  };
  const at = (name: string, text: string): string => `${name}:${String(lineOf(text))}`;

  for (const flags of [
    ['-gdwarf-5', '-m64'],
    ['-gdwarf-2', '-m32'],
  ]) {
    for (const monitor of ['none', 'vtx', 'svm']) {
      it(`goes by lines, ${flags.join(' ')} under ${monitor}`, async () => {
        await start(['-O0', ...flags], { monitor });
        const { breakpoints } = await breakAt('total = sum');
        assert.deepEqual(
          breakpoints.map(({ verified }) => verified),
          [true],
        );
        await client.run('continue');
        assert.equal(await place(), at('kmain', 'total = sum'));
        assert.deepEqual(await way('stepIn', 'next', 'next', 'stepIn', 'next'), [
          at('sum', 'int all = 0'),
          at('sum', 'for ('),
          at('sum', 'all += twice'),
          at('twice', 'int result'),
          at('twice', 'return result'),
        ]);
        const names = (await frames()).map(({ name }) => name.replace(/\+.*/, ''));
        assert.deepEqual(names, ['twice', 'sum', 'kmain', '_start']);
        assert.deepEqual(await way('stepOut', 'next', 'next', 'stepOut', 'next', 'next'), [
          at('sum', 'all += twice'),
          at('sum', 'for ('),
          at('sum', 'all += twice'),
          at('kmain', 'total = sum'),
          at('kmain', 'colour = RED'),
          at('kmain', 'total++'),
        ]);
        assert.deepEqual(await way('stepBack', 'stepBack'), [
          at('kmain', 'colour = RED'),
          at('kmain', 'total = sum'),
        ]);
      });
    }
  }

  it('stops at functions behind their prologues, and once in a loop', async () => {
    await start(['-O0', '-g']);
    await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'sum' }] });
    await breakAt('for (', 'return all');
    assert.deepEqual(await way('continue', 'continue', 'continue'), [
      at('sum', 'int all = 0'),
      at('sum', 'for ('),
      at('sum', 'return all'),
    ]);
  });

  it('tells coverage and recent lines of C', async () => {
    await start(['-O0', '-g']);
    await breakAt('colour = RED');
    await client.run('continue');
    const { files } = await client.ask<{
      files: { lines: { line: number; executed: boolean }[] }[];
    }>('ringside/coverage');
    const executed = new Map(files[0]?.lines.map(({ line, executed: is }) => [line, is]));
    assert.equal(executed.get(lineOf('return result')), true);
    assert.equal(executed.get(lineOf('total++')), false);
  });

  it('stops where a statement was that optimisation has moved', async () => {
    await start(['-O2', '-g']);
    await breakAt('int result');
    await client.run('continue');
    assert.match(await place(), /^twice:1[012]$/);
  });

  for (const flags of [['-m64'], ['-m32', '-gdwarf-4'], ['-fno-asynchronous-unwind-tables']]) {
    it(`knows callers without frame pointers, ${flags.join(' ')}`, async () => {
      await start(['-O2', '-g', '-fomit-frame-pointer', ...flags]);
      await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'twice' }] });
      await client.run('continue');
      const names = (await frames()).map(({ name }) => name.replace(/[.+].*/, ''));
      assert.deepEqual(names, ['twice', 'sum', 'kmain', '_start']);
    });
  }

  it('shows no file where there is none', async () => {
    await start(['-O0', '-g'], {}, false);
    await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'sum' }] });
    await client.run('continue');
    const [frame] = await frames();
    assert.deepEqual([frame?.source, frame?.name], [undefined, 'sum+0xc']);
  });
});
