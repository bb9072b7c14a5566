import type { Form } from '../semantics/form';

/** What the interpreter needs that depends on nothing but the definitions. */
export interface Prebuilt {
  /** The generated module. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly forms: readonly Form[];
  readonly hot: number;
  /** Opcode keys and the numbers of their forms (decoder/forms.ts). */
  readonly opcodes: readonly (readonly [key: number, form: number])[];
  /** For each slow path that the module calls by number: a form that uses it, and which of its slow paths. */
  readonly slowPaths: readonly (readonly [form: number, nth: number])[];
}

/**
 * The build replaces this file by one that has everything ready: generating takes a third of a second.
 * Without a build (in tests) it is generated on first use.
 */
export const prebuilt: Prebuilt | undefined = undefined as Prebuilt | undefined;
