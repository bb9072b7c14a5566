import { Code } from 'iced-x86';
import '../semantics/definitions';
import { formKey, type Form } from '../semantics/form';
import { prebuilt } from '../interpreter/prebuilt';
import { isHot } from '../interpreter/hot-forms';
import { definitionOf } from '../semantics/instruction';
import { formsOf } from './form-of';

/** All forms that have a definition, numbered; and the way from an opcode to its form. */
export interface FormTable {
  readonly forms: readonly Form[];
  /** The first so many forms are hot: see interpreter/hot-forms.ts. */
  readonly hot: number;
  /** Form numbers by opcode, presence of a memory operand and prefix. */
  readonly opcodes: ReadonlyMap<number, number>;
  /** The form's number, or undefined when nothing is defined for the instruction. */
  find(code: Code, hasMemory: boolean, prefix: RepeatPrefix): number | undefined;
}

export type RepeatPrefix = '' | 'REP ' | 'REPNE ';

/** Opcodes of encodings that the processor does not execute. */
const ENCODINGS_TO_COME = /^(VEX_K|EVEX|XOP|MVEX|D3NOW)_/;

let table: FormTable | undefined;

/** Built once, on first use: it depends on nothing but the definitions. */
export function formTable(): FormTable {
  table ??= buildFormTable();
  return table;
}

function buildFormTable(): FormTable {
  if (prebuilt) return tableOf(prebuilt.forms, prebuilt.hot, new Map(prebuilt.opcodes));
  const found = collectForms();
  // The hot forms come first: the loop finds their handlers by their numbers.
  const forms = [...found.forms.filter(isHot), ...found.forms.filter((form) => !isHot(form))];
  const renumbered = new Map(forms.map((form, number) => [form, number]));
  const byOpcode = new Map<number, number>();
  for (const [key, form] of found.byOpcode) byOpcode.set(key, renumbered.get(form) ?? 0);
  return tableOf(forms, forms.filter(isHot).length, byOpcode);
}

function tableOf(
  forms: readonly Form[],
  hot: number,
  byOpcode: ReadonlyMap<number, number>,
): FormTable {
  return {
    forms,
    hot,
    opcodes: byOpcode,
    find: (code, hasMemory, prefix) =>
      byOpcode.get(opcodeKey(code, hasMemory, prefix)) ??
      byOpcode.get(opcodeKey(code, hasMemory, '')),
  };
}

function collectForms(): { forms: Form[]; byOpcode: Map<number, Form> } {
  const forms: Form[] = [];
  const known = new Map<string, Form>();
  const byOpcode = new Map<number, Form>();
  const unique = (form: Form): Form => {
    const key = formKey(form);
    const same = known.get(key);
    if (same) return same;
    known.set(key, form);
    forms.push(form);
    return form;
  };
  for (let code: Code = 1; Code[code] !== undefined; code++) {
    if (ENCODINGS_TO_COME.test(Code[code])) continue;
    const choices = formsOf(code, (mnemonic) => definitionOf(mnemonic) !== undefined);
    for (const form of choices) {
      // Where there is no choice of register or memory, the instruction is found either way.
      const memory = form.operands.some((o) => o.kind === 'memory');
      for (const hasMemory of choices.length === 1 ? [false, true] : [memory]) {
        byOpcode.set(opcodeKey(code, hasMemory, ''), unique(form));
        for (const prefix of ['REP ', 'REPNE '] as const) {
          const repeated = { ...form, mnemonic: prefix + form.mnemonic };
          if (!definitionOf(repeated.mnemonic)) continue;
          byOpcode.set(opcodeKey(code, hasMemory, prefix), unique(repeated));
        }
      }
    }
  }
  return { forms, byOpcode };
}

function opcodeKey(code: Code, hasMemory: boolean, prefix: RepeatPrefix): number {
  return code * 8 + (hasMemory ? 4 : 0) + (prefix === '' ? 0 : prefix === 'REP ' ? 1 : 2);
}
