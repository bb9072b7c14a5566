import type { MemoryAddress } from '../memory/memory-reference';

/** How numbers are to be shown. */
export interface Display {
  readonly hex: boolean;
  /** Somebody has asked for hexadecimal: variables of C are decimal otherwise. */
  readonly asked?: boolean;
}

/** One row of the Variables view. */
export interface Row {
  readonly name: string;
  readonly value: string;
  readonly type?: string | undefined;
  /** The expression that means the same: for watches and edits. */
  readonly expression?: string | undefined;
  readonly memory?: MemoryAddress | undefined;
  readonly readOnly?: boolean | undefined;
  readonly children?: VariableSource | undefined;
}

/** Gives the rows below a scope or a row, when asked. */
export type VariableSource = (display: Display) => Row[];
