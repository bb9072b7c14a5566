import { CodeExt } from 'iced-x86';
import type { MultiLineMacro } from '../program/preprocessor/multi-line-macros';
import { tokensText, type Token } from '../program/tokens';
import { formsOf, type Form } from '../program/x86/forms';
import { findMnemonic } from '../program/x86/mnemonics';
import { classOf, registerOf } from '../program/x86/registers';
import { describeMnemonic } from './hover/instruction-hover';
import { operandKeys, type LineShape } from './line-shape';
import type { Bits } from './mode';
import { commentsOf, type FileView } from './program-view';
import type { Position } from './text';

export interface Signature {
  readonly label: string;
  /** Stretches of the label. */
  readonly parameters: readonly (readonly [start: number, end: number])[];
  readonly documentation: string;
}

export interface SignatureHelp {
  readonly signatures: readonly Signature[];
  readonly active: number;
  readonly parameter: number;
}

/** A person can read no more forms than this. */
const MOST_FORMS = 24;

/**
 * What may stand where the cursor is: the parameters of the macro, or the operands of the instruction.
 * @param asked whether the person asked for it; only then instructions are explained
 */
export function signatureAt(
  view: FileView,
  position: Position,
  asked: boolean,
): SignatureHelp | undefined {
  const { line, character } = position;
  const before = (view.text.tokens[line] ?? []).filter((t) => t.column - 1 < character);
  const inner = singleLineCall(view, before);
  if (inner) return inner;
  const shape = view.shape(line);
  const { head } = shape;
  if (!head || head.endColumn - 1 >= character) return undefined;
  const parameter = commasAfter(before, head);
  if (shape.kind === 'macro') return macroSignature(view, head, parameter);
  if (shape.kind === 'instruction' && asked) return forms(shape, view.bits(line), parameter);
  return undefined;
}

function commasAfter(tokens: readonly Token[], head: Token): number {
  let depth = 0;
  let commas = 0;
  for (const { text, kind, column } of tokens) {
    if (kind !== 'op' || column < head.endColumn) continue;
    if (/^[([{]$/.test(text)) depth++;
    else if (/^[)\]}]$/.test(text)) depth--;
    else if (text === ',' && depth === 0) commas++;
  }
  return commas;
}

/** The call `NAME(a, b` that the cursor stands in. */
function singleLineCall(view: FileView, before: readonly Token[]): SignatureHelp | undefined {
  let depth = 0;
  let commas = 0;
  for (let at = before.length - 1; at > 0; at--) {
    const token = before[at];
    if (token?.kind !== 'op') continue;
    if (token.text === ')') depth++;
    else if (token.text === ',' && depth === 0) commas++;
    else if (token.text === '(' && depth-- === 0) {
      const name = before[at - 1];
      const entity = name && view.analysis?.index.named('define', name.text);
      const definition = entity?.definitions[entity.definitions.length - 1];
      if (definition?.defined?.as !== 'define' || !view.analysis) return undefined;
      const names = (definition.defined.macro.parameters ?? []).map((p) => p.name);
      const documentation = commentsOf(view.analysis, definition);
      return {
        signatures: [signature(`${entity?.name ?? ''}(`, names, ')', documentation)],
        active: 0,
        parameter: commas,
      };
    }
  }
  return undefined;
}

function signature(
  start: string,
  parts: readonly string[],
  end: string,
  documentation: string,
): Signature {
  let label = start;
  const parameters = parts.map((part, i): readonly [number, number] => {
    if (i > 0) label += ', ';
    const from = label.length;
    label += part;
    return [from, label.length];
  });
  return { label: label + end, parameters, documentation };
}

function macroSignature(view: FileView, head: Token, parameter: number): SignatureHelp | undefined {
  const entity = view.macro(head.text);
  const { analysis } = view;
  if (!entity || !analysis) return undefined;
  const signatures = entity.definitions.flatMap((definition) => {
    if (definition.defined?.as !== 'macro') return [];
    const { macro } = definition.defined;
    const documentation = commentsOf(analysis, definition);
    return [{ macro, own: signature(`${macro.name} `, macroParameters(macro), '', documentation) }];
  });
  const fits = signatures.findIndex(({ macro }) => parameter < macro.maximum || macro.greedy);
  const active = Math.max(fits, 0);
  const last = (signatures[active]?.own.parameters.length ?? 1) - 1;
  return {
    signatures: signatures.map(({ own }) => own),
    active,
    parameter: Math.min(parameter, last),
  };
}

/** `%1`, `[%2 = default]`, `%3…`. */
function macroParameters({ minimum, maximum, greedy, defaults }: MultiLineMacro): string[] {
  const count = maximum === Infinity ? minimum + defaults.length : maximum;
  const names = Array.from({ length: count }, (_, i) => {
    const name = `%${String(i + 1)}`;
    if (i < minimum) return name;
    const value = defaults[i - minimum];
    return value ? `[${name} = ${tokensText(value)}]` : `[${name}]`;
  });
  if (maximum === Infinity) names.push('…');
  else if (greedy && names.length > 0) names[names.length - 1] += '…';
  return names;
}

function forms(shape: LineShape, bits: Bits, parameter: number): SignatureHelp | undefined {
  const entry = findMnemonic(shape.word);
  if (!entry) return undefined;
  const keys = operandKeys(shape);
  const usable = formsOf(entry).filter((form) => form.modes[bits] && form.written > 0);
  const fitting = usable.filter((form) => keys.every((key, i) => mayTake(form, i, key)));
  const labels = new Map<string, Signature>();
  const documentation = describeMnemonic(shape.word) ?? '';
  for (const form of fitting.length > 0 ? fitting : usable) {
    const info = CodeExt.opCode(form.code);
    const [, name = '', operands = ''] = /^(\S+)\s*(.*)$/.exec(info.instructionString) ?? [];
    info.free();
    const made = signature(`${name.toLowerCase()} `, operands.split(', '), '', documentation);
    if (labels.size < MOST_FORMS) labels.set(made.label, made);
  }
  if (labels.size === 0) return undefined;
  return { signatures: [...labels.values()], active: 0, parameter };
}

/** Whether what is written so far could be the operand of the form. */
function mayTake(form: Form, i: number, key: string): boolean {
  const info = form.operands[i];
  const register = registerOf(key);
  if (register !== undefined) return info?.cls === classOf(register) || info?.fixed === register;
  if (key === 'mem') return info?.memory === true || info?.offset === true;
  return true;
}
