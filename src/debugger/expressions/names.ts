import * as l10n from '@vscode/l10n';
import { listed } from '../../isa/phrases';
import { describeVector } from '../../isa/exceptions';
import type { SymbolInfo } from '../../program';
import { symbolAt } from '../places/program-place';
import type { Technique } from '../techniques';
import { isException } from '../trace/event-log';
import { linearRip } from '../registers/registers';
import { variableValue } from './compiled';
import type { ExpressionContext } from './context';
import { ExpressionError } from './error';
import { namedReal } from './reals';
import { registerValue } from './registers';
import { typeName } from './type-name';
import { plain, type Value } from './value';

/**
 * What a name means. Registers, flags and the words of the debugger come first; a symbol of the program
 * that has such a name is written with a dollar sign, as in NASM: `$cf`.
 *
 * @throws ExpressionError when nothing has that name
 */
export function nameValue(name: string, context: ExpressionContext, column: number): Value {
  if (name === '$') return { ...plain(context.registers.rip), type: 'address' };
  if (name.startsWith('$')) {
    const symbol = symbolValue(name.slice(1), context);
    if (symbol) return symbol;
    throw new ExpressionError(l10n.t('the program has no symbol {0}', name.slice(1)), column);
  }
  const builtIn = builtInValue(name, context, column);
  const variable = builtIn ? undefined : variableValue(name, context);
  if (variable) return variable;
  const symbol = symbolValue(name, context);
  if (builtIn && symbol) {
    const note = l10n.t(
      '{0} is the {1}; the symbol of that name is written ${0}',
      name,
      typeName(builtIn.type),
    );
    return { ...builtIn, note };
  }
  const found = builtIn ?? symbol;
  if (found) return found;
  const hint = similarSymbol(name, context);
  throw new ExpressionError(
    hint === undefined
      ? l10n.t('{0} is no register, flag or symbol', name)
      : l10n.t('{0} is no register, flag or symbol; did you mean {1}?', name, hint),
    column,
  );
}

function builtInValue(name: string, context: ExpressionContext, column: number): Value | undefined {
  const dot = name.indexOf('.');
  const [prefix, rest] = [name.slice(0, dot).toLowerCase(), name.slice(dot + 1)];
  if (dot > 0) {
    switch (prefix) {
      case 'guest':
        return registerValue(rest, context.target.guest, context.target.memory);
      case 'host':
        return hostValue(rest, context, column);
      case 'vmcs':
      case 'vmcb':
        return fieldValue(prefix, rest, context, column);
      case 'exit':
        return exitValue(rest, context, column);
      case 'event':
        return eventValue(rest, context, column);
    }
  }
  return registerValue(name, context.registers, context.memory) ?? namedReal(name);
}

function hostValue(name: string, { target }: ExpressionContext, column: number): Value | undefined {
  const { host } = target;
  if (!host)
    throw new ExpressionError(l10n.t('there is no host side: nothing is virtualized'), column);
  return registerValue(name, host, target.hostMemory);
}

function fieldValue(
  prefix: 'vmcs' | 'vmcb',
  name: string,
  { target }: ExpressionContext,
  column: number,
): Value {
  const { structure } = target.technique;
  if (structure?.name.toLowerCase() !== prefix) {
    const message =
      prefix === 'vmcb' ? l10n.t('there is no VMCB') : l10n.t('there is no current VMCS');
    throw new ExpressionError(message, column);
  }
  const field = structure.field(name);
  if (!field)
    throw new ExpressionError(l10n.t('the {0} has no field {1}', structure.name, name), column);
  const { width, id } = field;
  return {
    value: field.read(),
    width,
    type: id,
    assign: (value) => {
      field.write(value);
    },
  };
}

/** The words behind `exit.` that there are under every technique. */
const EXIT_WORDS = ['number', 'rip', 'instructions'];

/** All of a technique's, for completions. */
export const exitWords = ({ exits }: Technique): readonly string[] => [
  ...exits.words.map((word) => word.name),
  ...EXIT_WORDS,
];

function exitValue(name: string, { target }: ExpressionContext, column: number): Value {
  const { last } = target.trace;
  const { technique } = target;
  if (!last) throw new ExpressionError(l10n.t('there was no VM exit yet'), column);
  const word = technique.exits.words.find((each) => each.name === name.toLowerCase());
  if (word) {
    const { width, type, value, meaning } = word;
    return { value: value(last), width, type, meaning: () => meaning(last) };
  }
  switch (name.toLowerCase()) {
    case 'number':
      return { ...plain(BigInt(last.number)), type: 'number of the VM exit' };
    case 'rip':
      return { value: last.rip, width: 64, type: 'RIP at the VM exit' };
    case 'instructions':
      return { ...plain(BigInt(last.instructions)), type: 'instructions retired' };
    default:
      throw new ExpressionError(
        l10n.t('exit has no {0}; it has {1}', name, listed(exitWords(technique))),
        column,
      );
  }
}

function eventValue(name: string, { target }: ExpressionContext, column: number): Value {
  const event = target.events.raised ?? target.events.last;
  if (!event)
    throw new ExpressionError(l10n.t('no interrupt or exception was delivered yet'), column);
  switch (name.toLowerCase()) {
    case 'vector':
      return {
        value: BigInt(event.vector),
        width: 8,
        type: 'vector',
        meaning: () => (isException(event) ? describeVector(event.vector) : undefined),
      };
    case 'from':
      return { value: event.from, width: 64, type: 'address' };
    default:
      throw new ExpressionError(
        l10n.t('event has no {0}; it has {1}', name, listed(['vector', 'from'])),
        column,
      );
  }
}

function symbolValue(name: string, context: ExpressionContext): Value | undefined {
  const symbol = name.startsWith('.') ? localSymbol(name, context) : symbolOf(name, context);
  if (!symbol) return undefined;
  const label = symbol.kind === 'label';
  const memory = { space: 'gva', address: BigInt.asUintN(64, symbol.value), bytes: 8 } as const;
  return {
    ...plain(label ? BigInt.asUintN(64, symbol.value) : symbol.value),
    type: label ? 'symbol' : 'constant',
    memory: label ? memory : undefined,
  };
}

/** The main program's, or that of the first other one that has it. */
function symbolOf(name: string, { target }: ExpressionContext): SymbolInfo | undefined {
  for (const { symbols } of target.programs) {
    const symbol = symbols.get(name);
    if (symbol) return symbol;
  }
  return undefined;
}

/** `.loop` of the present global label; of another one where only one has such a label. */
function localSymbol(name: string, context: ExpressionContext): SymbolInfo | undefined {
  const here = symbolOf(`${globalHere(context)}${name}`, context);
  if (here) return here;
  const all = context.target.programs.flatMap(({ symbols }) => symbols.all);
  const others = all.filter((symbol) => symbol.name.endsWith(name));
  return others.length === 1 ? others[0] : undefined;
}

/** The global label before the present instruction, to which `.loop` belongs. */
function globalHere(context: ExpressionContext): string {
  const { target } = context;
  const world = context.world.isProgram ? context : target.guestWorld;
  const here = symbolAt(target, linearRip(world.registers), world.memory) ?? '';
  return here.split(/[.+]/)[0] ?? '';
}

/** A symbol that differs only in case, or that the name begins. */
function similarSymbol(name: string, context: ExpressionContext): string | undefined {
  const lower = name.toLowerCase();
  const all = context.target.programs.flatMap(({ symbols }) => symbols.all);
  return (
    all.find((symbol) => symbol.name.toLowerCase() === lower) ??
    all.find((symbol) => symbol.name.toLowerCase().startsWith(lower))
  )?.name;
}
