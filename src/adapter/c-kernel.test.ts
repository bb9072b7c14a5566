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

  const rowsOf = async (name: string, level = 0): Promise<DebugProtocol.Variable[]> => {
    const frameId = (await frames())[level]?.id;
    const { scopes } = await client.ask<DebugProtocol.ScopesResponse['body']>('scopes', {
      frameId,
    });
    const scope = scopes.find((each) => each.name === name);
    return scope ? below(scope.variablesReference) : [];
  };
  const below = async (variablesReference: number): Promise<DebugProtocol.Variable[]> =>
    (
      await client.ask<DebugProtocol.VariablesResponse['body']>('variables', {
        variablesReference,
      })
    ).variables;
  const texts = (rows: readonly DebugProtocol.Variable[]): string[] =>
    rows.map(({ name, value, type }) => `${type ?? ''} ${name} = ${value}`);

  for (const flags of [
    ['-gdwarf-2', '-m64'],
    ['-gdwarf-4', '-m32'],
    ['-gdwarf-5', '-m64'],
  ]) {
    it(`shows variables and changes them, ${flags.join(' ')}`, async () => {
      await start(['-O0', ...flags]);
      await breakAt('return result');
      await client.run('continue');
      assert.deepEqual(texts(await rowsOf('Locals')), ['int n = 5', 'int result = 10']);
      const inSum = await rowsOf('Locals', 1);
      assert.deepEqual(
        inSum.map(({ name, type }) => `${type ?? ''} ${name}`),
        ['struct node * p', 'struct node * list', 'int all'],
      );
      const list = await below(inSum[0]?.variablesReference ?? 0);
      assert.deepEqual(texts(list).slice(1), [
        'int value = 5',
        'unsigned int flag = 1',
        'unsigned int rest = 3',
        'char[8] name = "one"',
      ]);
      const inMain = await rowsOf('Locals', 2);
      assert.deepEqual(texts(inMain), ['int[3] buf = {1, 2, 3}']);
      const [, sum, main] = await frames();
      const value = (text: string, frame = sum) => client.evaluate(text, frame?.id);
      assert.equal(await value('p->value'), '5');
      assert.equal(await value('p->next->value'), '7');
      assert.equal(await value('(*p).name'), '"one"');
      assert.equal(await value('p->next->name[1]'), "119 'w'");
      assert.equal(await value('buf[2]', main), '3');
      assert.equal(await value('colour', main), 'GREEN (5)');
      assert.match(await value('&total', main), /^0x/);
      const globals = texts(await rowsOf('Globals', 2));
      assert.ok(globals.includes('int total = 0'), globals.join());
      await client.ask('setExpression', { expression: 'result', value: '30' });
      await client.ask('setExpression', {
        expression: 'p->next->value',
        value: '-8',
        frameId: sum?.id,
      });
      await breakAt('colour = RED');
      await client.run('continue');
      assert.equal(await client.evaluate('total'), String(30 - 16 + 2));
    });
  }

  it('shows what optimisation has left of variables', async () => {
    await start(['-O2', '-g']);
    await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'twice' }] });
    await client.run('continue');
    const rows = texts(await rowsOf('Locals'));
    assert.ok(rows.includes('int n = 5'), rows.join());
  });

  it('stops where a variable is written', async () => {
    await start(['-O0', '-g']);
    await breakAt('int buf');
    await client.run('continue');
    const frameId = (await frames())[0]?.id;
    const info = await client.ask<DebugProtocol.DataBreakpointInfoResponse['body']>(
      'dataBreakpointInfo',
      { name: 'total', frameId },
    );
    await client.ask('setDataBreakpoints', { breakpoints: [{ dataId: info.dataId }] });
    await client.run('continue');
    assert.equal(await place(), at('kmain', 'colour = RED'));
  });

  it('shows no file where there is none', async () => {
    await start(['-O0', '-g'], {}, false);
    await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'sum' }] });
    await client.run('continue');
    const [frame] = await frames();
    assert.deepEqual([frame?.source, frame?.name], [undefined, 'sum+0xc']);
  });
});
