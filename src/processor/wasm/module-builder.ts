import { FunctionBuilder } from './function-builder';
import { name, sized, unsignedLeb, Op, type ValueType } from './encoding';

interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

interface Import {
  readonly field: string;
  readonly type: number;
}

/**
 * Builds one WebAssembly module with an imported memory (`env.memory`), imported functions (`env.*`),
 * one function table, and functions, which it exports on demand. Imports come first: all of them must
 * be declared before the first function, because they share its index space.
 */
export class ModuleBuilder {
  private readonly types: Signature[] = [];
  private readonly imports: Import[] = [];
  private readonly functions: { type: number; body: FunctionBuilder }[] = [];
  private readonly exports: { field: string; index: number }[] = [];
  private table: readonly number[] = [];

  /** The index of the function type with these parameters and results. */
  typeIndex(params: readonly ValueType[], results: readonly ValueType[]): number {
    const same = (a: readonly ValueType[], b: readonly ValueType[]) => a.join() === b.join();
    const found = this.types.findIndex((t) => same(t.params, params) && same(t.results, results));
    if (found >= 0) return found;
    return this.types.push({ params, results }) - 1;
  }

  importFunction(
    field: string,
    params: readonly ValueType[],
    results: readonly ValueType[],
  ): number {
    if (this.functions.length > 0) throw new Error(`import ${field} after the first function`);
    return this.imports.push({ field, type: this.typeIndex(params, results) }) - 1;
  }

  /** Starts a function; its body is written through the builder that comes back. */
  addFunction(params: readonly ValueType[], results: readonly ValueType[]): FunctionBuilder {
    const index = this.imports.length + this.functions.length;
    const body = new FunctionBuilder(index, params);
    this.functions.push({ type: this.typeIndex(params, results), body });
    return body;
  }

  exportFunction(field: string, body: FunctionBuilder): void {
    this.exports.push({ field, index: body.index });
  }

  /** The functions that `call_indirect` reaches, by their place in the table. */
  setTable(functionIndices: readonly number[]): void {
    this.table = functionIndices;
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    const out: number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
    section(out, 1, this.typeSection());
    section(out, 2, this.importSection());
    section(out, 3, vector(this.functions.map(({ type }) => leb(type))));
    section(out, 4, [1, 0x70, 0x00, ...leb(this.table.length)]);
    section(out, 7, this.exportSection());
    section(out, 9, [1, 0x00, Op.i32Const, 0, Op.end, ...vector(this.table.map(leb))]);
    section(out, 10, this.codeSection());
    return new Uint8Array(out);
  }

  private typeSection(): number[] {
    return vector(
      this.types.map(({ params, results }) => {
        const entry = [0x60];
        sized(entry, params);
        sized(entry, results);
        return entry;
      }),
    );
  }

  private importSection(): number[] {
    const memory: number[] = [];
    name(memory, 'env');
    name(memory, 'memory');
    memory.push(0x02, 0x00, 1);
    const functions = this.imports.map(({ field, type }) => {
      const entry: number[] = [];
      name(entry, 'env');
      name(entry, field);
      entry.push(0x00, ...leb(type));
      return entry;
    });
    return vector([memory, ...functions]);
  }

  private exportSection(): number[] {
    return vector(
      this.exports.map(({ field, index }) => {
        const entry: number[] = [];
        name(entry, field);
        entry.push(0x00, ...leb(index));
        return entry;
      }),
    );
  }

  private codeSection(): number[] {
    const out = leb(this.functions.length);
    for (const { body } of this.functions) sized(out, body.toBytes());
    return out;
  }
}

function leb(value: number): number[] {
  const out: number[] = [];
  unsignedLeb(out, value);
  return out;
}

function vector(entries: readonly (readonly number[])[]): number[] {
  const out = leb(entries.length);
  for (const entry of entries) for (const byte of entry) out.push(byte);
  return out;
}

function section(out: number[], id: number, content: readonly number[]): void {
  out.push(id);
  sized(out, content);
}
