/**
 * A form: one mnemonic with one choice of operand shapes and operand size. Each form is built into
 * one tree, and each tree becomes one handler of the interpreter.
 */
import type { MemoryWidth } from './expression';

export type VectorWidth = 128 | 256;

export type OperandShape =
  | { readonly kind: 'register'; readonly width: MemoryWidth }
  | { readonly kind: 'memory'; readonly width: MemoryWidth | VectorWidth }
  /** An MMX register (64 bits), an XMM register or a YMM register. */
  | { readonly kind: 'vector'; readonly width: 64 | VectorWidth }
  | { readonly kind: 'immediate' }
  | { readonly kind: 'branch' }
  /** Segment, control, debug and x87 registers, far pointers, other memory: only slow paths look at them. */
  | { readonly kind: 'other' };

export interface Form {
  /** As the manuals spell it: 'ADD', 'MOVSB', 'JNE'. */
  readonly mnemonic: string;
  readonly operands: readonly OperandShape[];
  readonly operandSize: 16 | 32 | 64;
}

/** A text that two forms share only when they are the same. */
export function formKey(form: Form): string {
  const shapes = form.operands.map((o) =>
    'width' in o ? `${o.kind[0] ?? ''}${String(o.width)}` : o.kind,
  );
  return `${form.mnemonic}.${String(form.operandSize)} ${shapes.join(',')}`;
}
