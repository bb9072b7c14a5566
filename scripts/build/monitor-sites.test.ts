import assert from 'node:assert/strict';
import ts from 'typescript';
import { HandlerStack } from '../../src/vmm/handler-stack';
import { within, type Handler, type Site } from '../../src/vmm/operation';
import { addOperationSites } from './monitor-sites';

interface Call {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly name: string;
  readonly operation: unknown;
  /** Filled in where it is performed. */
  callers: readonly Site[];
}

/** Runs handlers from the rewritten text with an `at` that only records. Operations are whatever is yielded. */
function run(
  text: string,
  name: string,
  answers: unknown[] = [],
): { calls: Call[]; result: unknown } {
  const rewritten = addOperationSites(text, 'vmm/x.ts', './operation');
  const js = ts.transpileModule(rewritten, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  }).outputText;
  const calls: Call[] = [];
  const at = (site: Site, operation: unknown): Call => {
    const call = { ...site, name: site.function, operation, callers: [] };
    calls.push(call);
    return call;
  };
  const exports: Record<string, () => Handler<unknown>> = {};
  new Function('require', 'exports', js)(() => ({ at, within }), exports);
  let result: unknown;
  const noting = function* (): Handler {
    const handler = exports[name]?.();
    if (handler) result = yield* handler;
  };
  const handlers = new HandlerStack();
  let next = handlers.begin(noting());
  while (next) {
    (next as unknown as Call).callers = handlers.callers;
    next = handlers.resume(answers.shift() as bigint);
  }
  return { calls, result };
}

const places = (calls: Call[]): string[] =>
  calls.map((c) => `${c.name} ${c.line}:${c.column} ${String(c.operation)}`);

describe('addOperationSites', () => {
  it('notes file, line, column and function of each yielded operation', () => {
    const { calls } = run(
      `// first line\nexport function* handle() {\n  const x = yield 'a';\n  yield 'b';\n}`,
      'handle',
    );
    assert.deepEqual(places(calls), ['handle 3:13 a', 'handle 4:3 b']);
    assert.equal(calls[0]?.file, 'vmm/x.ts');
  });

  it('keeps the meaning of parentheses around and in a yield', () => {
    const text = `export function* f() {
      const low = (yield 'rax') & 0xffn;
      return [low, yield ('rcx'), (yield (('rdx'), 'rbx'))];
    }`;
    const { calls, result } = run(text, 'f', [0x1234n, 2n, 3n]);
    assert.deepEqual(result, [0x34n, 2n, 3n]);
    assert.deepEqual(
      calls.map((c) => c.operation),
      ['rax', 'rcx', 'rbx'],
    );
  });

  it('handles a yield among the operands of a yield', () => {
    const text = `const op = (x) => 'op ' + x;\nexport function* f() { yield op(yield op(1)); yield yield 'in'; }`;
    const { calls } = run(text, 'f', ['two']);
    assert.deepEqual(
      calls.slice(0, 2).map((c) => c.operation),
      ['op 1', 'op two'],
    );
    assert.equal(calls.length, 4);
  });

  it('keeps a call over several lines on its lines', () => {
    const text = `export function* f() {\n  yield [\n    1, // one\n    2,\n  ].join(\n    '+',\n  );\n  yield 'next';\n}`;
    const rewritten = addOperationSites(text, 'vmm/x.ts', './operation');
    assert.equal(rewritten.split('\n').length, text.split('\n').length);
    assert.deepEqual(places(run(text, 'f').calls), ['f 2:3 1+2', 'f 8:3 next']);
  });

  it('tells operations of delegated handlers where those were called, innermost first', () => {
    const text = `function* g() {
      yield 'op'; return 1; }
    function* h() { return 1 + (yield* g()); }
    export function* f() { return yield* h(); }`;
    const { calls, result } = run(text, 'f');
    assert.deepEqual(places(calls), ['g 2:7 op']);
    assert.equal(result, 2);
    assert.deepEqual(
      calls[0]?.callers.map((c) => `${c.function} ${c.file}:${c.line}:${c.column}`),
      ['h vmm/x.ts:3:33', 'f vmm/x.ts:4:35'],
    );
  });

  it('names methods and functions that are assigned', () => {
    const text = `class C { *prepare() { yield 1; } }
      const inner = function* () { yield 2; };
      const table = { hlt: function* () { yield 3; }, *io() { yield 4; } };
      export function* f() { yield* new C().prepare(); yield* inner(); yield* table.hlt(); yield* table.io(); }`;
    assert.deepEqual(
      run(text, 'f').calls.map((c) => c.name),
      ['prepare', 'inner', 'hlt', 'io'],
    );
  });

  it('does not touch the word in comments and strings, or a file without operations', () => {
    const text = `// yield vmread(1)\nexport const s = 'yield op()';`;
    assert.equal(addOperationSites(text, 'vmm/x.ts', './operation'), text);
  });
});
