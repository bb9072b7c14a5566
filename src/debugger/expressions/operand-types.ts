import { DOUBLE, EXTENDED, SINGLE } from '../../processor/floating-point';
import type { OperandType } from './ast';

/** Words before a memory operand, by which it is read. */
const TYPES: readonly (OperandType & { readonly also?: readonly string[] })[] = [
  { name: 'byte', bytes: 1 },
  { name: 'word', bytes: 2 },
  { name: 'dword', bytes: 4 },
  { name: 'qword', bytes: 8 },
  { name: 'tword', bytes: 10, format: EXTENDED, also: ['tbyte'] },
  { name: 'oword', bytes: 16, also: ['xmmword'] },
  { name: 'yword', bytes: 32, also: ['ymmword'] },
  { name: 'float', bytes: 4, format: SINGLE },
  { name: 'double', bytes: 8, format: DOUBLE },
];

export const OPERAND_TYPES: ReadonlyMap<string, OperandType> = new Map(
  TYPES.flatMap((type) => [type.name, ...(type.also ?? [])].map((name) => [name, type])),
);

/** Those that NASM reserves, so that no symbol has such a name. */
export const RESERVED_TYPES: ReadonlySet<string> = new Set(
  'byte word dword qword tword oword yword'.split(' '),
);

/** The words as completions offer them. */
export const OPERAND_WORDS: readonly string[] = TYPES.map(({ name }) => name);
