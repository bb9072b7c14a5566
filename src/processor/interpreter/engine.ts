import { formTable } from '../decoder/forms';
import type { Engine, EngineImports } from '../execution/engine';
import { Run, wordOf } from '../state/layout';
import { generateInterpreter, type InterpreterExports } from './module';
import { prebuilt, type Prebuilt } from './prebuilt';
import { slowPathsOf } from './slow-numbers';

let compiled: WebAssembly.Module | undefined;

function interpreterModule(): WebAssembly.Module {
  return new WebAssembly.Module(
    prebuilt?.wasm ?? generateInterpreter(formTable().forms, formTable().hot),
  );
}

/** From the slow paths' numbers in a prebuilt module to those of this program, found as they are needed. */
function translateSlowPaths(ready: Prebuilt): (path: number) => number {
  const known: (number | undefined)[] = [];
  const find = (path: number): number => {
    const [form = 0, nth = 0] = ready.slowPaths[path] ?? [];
    const found = ready.forms[form];
    return (found && slowPathsOf(found)[nth]) ?? 0;
  };
  return (path) => (known[path] ??= find(path));
}

/** The generated interpreter, instantiated on a memory. The module itself is made once. */
export function createInterpreter(memory: WebAssembly.Memory, imports: EngineImports): Engine {
  compiled ??= interpreterModule();
  const number = prebuilt ? translateSlowPaths(prebuilt) : (path: number): number => path;
  const slow = (path: number, record: number): number => imports.slow(number(path), record);
  const env = { memory, ...imports, slow } as unknown as WebAssembly.ModuleImports;
  const instance = new WebAssembly.Instance(compiled, { env });
  const { run } = instance.exports as unknown as InterpreterExports;
  return new Interpreter(run, new Int32Array(memory.buffer));
}

/** The count and the record lie in memory: asking WebAssembly for a global would cost ten times as much. */
class Interpreter implements Engine {
  constructor(
    readonly run: (record: number) => void,
    private readonly words: Int32Array,
  ) {}

  get remaining(): number {
    return (this.words[REMAINING] ?? 0) + (this.words[HELD_BACK] ?? 0);
  }

  set remaining(value: number) {
    this.words[REMAINING] = value;
    this.words[HELD_BACK] = 0;
  }

  get rounds(): number {
    return this.words[ROUNDS] ?? 0;
  }

  set rounds(value: number) {
    this.words[ROUNDS] = value;
  }

  get uncounted(): number {
    return (this.words[UNCOUNTED] ?? 0) >>> 0;
  }

  get record(): number {
    return this.words[RECORD] ?? 0;
  }
}

const REMAINING = wordOf(Run.REMAINING);
const RECORD = wordOf(Run.RECORD);
const ROUNDS = wordOf(Run.ROUNDS);
const UNCOUNTED = wordOf(Run.UNCOUNTED);
const HELD_BACK = wordOf(Run.HELD_BACK);
