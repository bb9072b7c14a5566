import { CONDITION_CODES } from '../semantics/flags';
import { formKey, type Form } from '../semantics/form';

/**
 * The forms that ordinary code is mostly made of. Their handlers stand in the interpreter's loop
 * itself; a function for each of the others is called. More would make the loop too large for the
 * WebAssembly engine to optimize it soon.
 */

const SOURCES = ['r', 'i', 'm'] as const;
const keys = new Set<string>();

function add(mnemonic: string, size: number, ...shapes: string[]): void {
  keys.add(`${mnemonic}.${String(size)} ${shapes.join(',')}`);
}

for (const width of [32, 64]) {
  const shape = { r: `r${String(width)}`, m: `m${String(width)}`, i: 'immediate' };
  for (const mnemonic of ['MOV', 'ADD', 'SUB', 'CMP', 'AND', 'XOR', 'OR']) {
    for (const source of SOURCES) add(mnemonic, width, shape.r, shape[source]);
  }
  for (const mnemonic of ['MOV', 'ADD', 'CMP']) {
    add(mnemonic, width, shape.m, shape.r);
    add(mnemonic, width, shape.m, 'immediate');
  }
  add('TEST', width, shape.r, shape.r);
  add('LEA', width, shape.r, 'other');
  for (const mnemonic of ['INC', 'DEC']) add(mnemonic, width, shape.r);
  for (const mnemonic of ['SHL', 'SHR', 'SAR']) add(mnemonic, width, shape.r, 'immediate');
  add('MOVZX', width, shape.r, 'm8');
  add('MOVZX', width, shape.r, 'r8');
  for (const mnemonic of ['PUSH', 'POP']) add(mnemonic, width, shape.r);
  add('RET', width);
  for (const mnemonic of ['JMP', 'CALL', ...CONDITION_CODES.map((c) => `J${c}`)])
    add(mnemonic, width, 'branch');
}
for (const mnemonic of ['MOV', 'CMP', 'XOR']) {
  add(mnemonic, 32, 'r8', 'm8');
  add(mnemonic, 32, 'm8', 'r8');
}
for (const mnemonic of ['MOV', 'CMP']) add(mnemonic, 32, 'm8', 'immediate');
for (const mnemonic of ['MOV', 'CMP', 'AND']) add(mnemonic, 32, 'r8', 'immediate');
add('TEST', 32, 'r8', 'r8');

/** How many keys there are: each must be the key of a form. */
export const HOT_KEYS: ReadonlySet<string> = keys;

export function isHot(form: Form): boolean {
  return keys.has(formKey(form));
}
