import type { DebugProtocol } from '@vscode/debugprotocol';
import { LANE_TYPES } from '../../isa/registers/lanes';
import { MSRS } from '../../isa/registers/msr';
import { unitRegister } from '../../isa/registers/units';
import { GPR_NAMES } from '../../isa/registers/general';
import { exitWords } from '../../debugger/expressions/names';
import { OPERAND_WORDS } from '../../debugger/expressions/operand-types';
import { FUNCTIONS } from '../../debugger/expressions/parser';
import { registerNames } from '../../debugger/expressions/registers';
import { modeOf } from '../../debugger/registers/registers';
import type { SessionContext } from '../context';
import { handler, type Handlers } from '../handlers';
import { worldOf } from './worlds';

/** What clients need not be offered more of. */
const MOST = 200;

type Item = DebugProtocol.CompletionItem;

/** Names for the debug console. */
export function completionRequests(context: SessionContext): Handlers {
  return {
    completions: handler(({ text, column, frameId }: DebugProtocol.CompletionsArguments) => {
      const before = text.slice(0, context.client.fromClientColumn(column) - 1);
      const word = wordAtEnd(before);
      const inMsr = /msr\($/i.test(before.slice(0, before.length - word.length).trimEnd());
      const start = context.client.toClientColumn(before.length - word.length + 1);
      const lower = word.toLowerCase();
      const targets = candidates(context, frameId, word, inMsr)
        .filter(({ label }) => label.toLowerCase().startsWith(lower))
        .slice(0, MOST)
        .map((item) => ({ ...item, start, length: word.length }));
      return { targets };
    }),
  };
}

const WORD_CHARACTER = /[\w.$@~#]/;

function wordAtEnd(text: string): string {
  let start = text.length;
  while (start > 0 && WORD_CHARACTER.test(text[start - 1] ?? '')) start--;
  return text.slice(start);
}

function candidates(
  context: SessionContext,
  frameId: number | undefined,
  word: string,
  inMsr: boolean,
): Item[] {
  if (inMsr)
    return MSRS.map(({ name, gloss }) => ({
      label: name.toLowerCase(),
      type: 'value',
      detail: gloss,
    }));
  const lower = word.toLowerCase();
  const { structure } = worldOf(context, frameId).target.technique;
  const inStructure = `${structure?.name.toLowerCase() ?? 'vmcs'}.`;
  if (lower.startsWith(inStructure)) {
    return (structure?.fields ?? []).map(({ id, name }) => ({
      label: `${inStructure}${id.toLowerCase()}`,
      type: 'field',
      detail: name,
    }));
  }
  if (lower.startsWith('exit.')) {
    const { technique } = worldOf(context, frameId).target;
    return exitWords(technique).map((name) => ({ label: `exit.${name}`, type: 'property' }));
  }
  const vector = /^(?:(?:guest|host)\.)?([xy]?mm\d+)\./.exec(lower);
  if (vector) return laneItems(word.slice(0, vector[0].length), vector[1] ?? '');
  const registers = registerItems(context, frameId);
  const prefix = /^(guest|host)\./.exec(lower)?.[0];
  if (prefix !== undefined)
    return registers.map((item) => ({ ...item, label: `${prefix}${item.label}` }));
  const all = worldOf(context, frameId).target.programs.flatMap(({ symbols }) => symbols.all);
  return [
    ...registers,
    ...all
      .filter(({ name }) => !name.startsWith('..@'))
      .map(({ name, kind }): Item => ({
        label: name,
        type: kind === 'label' ? 'function' : 'value',
      })),
    ...FUNCTIONS.map((name): Item => ({ label: `${name}()`, text: `${name}(`, type: 'method' })),
    ...[...OPERAND_WORDS, inStructure, 'exit.', 'event.', 'guest.', 'host.'].map((label): Item => ({
      label,
      type: 'keyword',
    })),
  ];
}

/** `xmm0.f32[` and the like. */
function laneItems(prefix: string, name: string): Item[] {
  const register = unitRegister(name);
  if (!register) return [];
  return LANE_TYPES.map(({ name: lanes, bits }) => ({
    label: `${prefix}${lanes}`,
    text: `${prefix}${lanes}[`,
    type: 'property',
    detail: `[0] – [${register.width / bits - 1}]`,
  }));
}

function registerItems(context: SessionContext, frameId: number | undefined): Item[] {
  const { registers } = worldOf(context, frameId);
  const { bits } = modeOf(registers);
  const general = GPR_NAMES.filter(({ width, index }) => bits === 64 || (width <= 32 && index < 8));
  const units = registers.units.present(bits, registers.controlRegister(4));
  return [...[...general, ...units].map(({ name }) => name), ...registerNames()].map((label) => ({
    label,
    type: 'variable',
  }));
}
