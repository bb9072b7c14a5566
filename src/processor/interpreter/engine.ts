import { formTable } from '../decoder/forms';
import type { Engine } from '../engine';
import type { InterpreterImports } from './helpers';
import { generateInterpreter, type InterpreterExports } from './module';

let compiled: WebAssembly.Module | undefined;

/** The generated interpreter, instantiated on a memory. The module itself is made once. */
export function createInterpreter(memory: WebAssembly.Memory, imports: InterpreterImports): Engine {
  compiled ??= new WebAssembly.Module(generateInterpreter(formTable().forms, formTable().hot));
  const env = { memory, ...imports } as unknown as WebAssembly.ModuleImports;
  const instance = new WebAssembly.Instance(compiled, { env });
  const exports = instance.exports as unknown as InterpreterExports;
  return {
    run: (record) => {
      exports.run(record);
    },
    get remaining() {
      return exports.remaining.value;
    },
    set remaining(value: number) {
      exports.remaining.value = value;
    },
    get record() {
      return exports.record.value;
    },
    set record(value: number) {
      exports.record.value = value;
    },
  };
}
