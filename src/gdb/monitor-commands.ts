import * as l10n from '@vscode/l10n';
import type { Debuggee } from '../debugger/debuggee';
import {
  describeError,
  evaluate,
  ExpressionError,
  guestContext,
  presentContext,
  splitFormat,
  wholeNumber,
  worldContext,
} from '../debugger/expressions';
import { disassembleAround } from '../debugger/places/disassembly';
import type { Target } from '../debugger/target';
import type { Row, View, ViewName, ViewRequest } from '../debugger/views/row';
import { Views } from '../debugger/views/views';

/**
 * What `monitor …` in a client asks for: the views of the debugger as text, and instructions as the processor reads
 * them at present.
 */

/** A view by the word after `info`, and how many levels of its tree are printed. */
const VIEWS: Readonly<Record<string, { readonly view: ViewName; readonly depth: number }>> = {
  registers: { view: 'registers', depth: 2 },
  vmcs: { view: 'vmcs', depth: 2 },
  vmcb: { view: 'vmcs', depth: 2 },
  tlb: { view: 'tlb', depth: 40 },
  exits: { view: 'exits', depth: 1 },
  machines: { view: 'machines', depth: 3 },
};
/** Of a walk: the entries, and for each the walk of the second level that leads to it. */
const WALK_DEPTH = 3;
const MOST_ROWS = 4000;
const MOST_INSTRUCTIONS = 1000;

/** Prints what a command asks for, in lines. @param target whose thread the client has chosen */
export function monitorCommand(debuggee: Debuggee, target: Target, text: string): string {
  const [command = '', ...words] = text.trim().split(/\s+/);
  const rest = words.join(' ');
  try {
    switch (command) {
      case '':
      case 'help':
        return helpLines();
      case 'info':
        return info(debuggee, target, words);
      case 'walk':
        return viewText(debuggee, target, { view: 'translation', address: rest }, WALK_DEPTH);
      case 'x':
        return instructions(target, words);
      default:
        return `${l10n.t('Unknown command: {0}', command)}\n${helpLines()}`;
    }
  } catch (error) {
    if (error instanceof ExpressionError) return `${describeError(error)}\n`;
    if (error instanceof RangeError) return `${error.message}\n`;
    throw error;
  }
}

function helpLines(): string {
  const lines: readonly [string, string][] = [
    ['info registers [TEXT]', l10n.t('All registers, with the names of their bits')],
    ['info vmcs [TEXT]', l10n.t('The VMCS or VMCB, and whether the next VM entry will pass')],
    ['info tlb [TEXT]', l10n.t('The translations in the TLB, stale ones first')],
    ['info exits [TEXT]', l10n.t('The last VM exits')],
    ['info machines [TEXT]', l10n.t('The virtual machines of the computer')],
    ['walk [user] [write] ADDRESS', l10n.t('The way of an address through all page tables')],
    ['x [ADDRESS] [COUNT]', l10n.t('Instructions, in the mode that the processor is in')],
  ];
  const longest = Math.max(...lines.map(([usage]) => usage.length));
  return lines.map(([usage, what]) => `${usage.padEnd(longest)}  ${what}\n`).join('');
}

function info(debuggee: Debuggee, target: Target, [what = '', ...filter]: string[]): string {
  const found = Object.hasOwn(VIEWS, what) ? VIEWS[what] : undefined;
  if (!found) {
    return `${l10n.t('Unknown command: {0}', `info ${what}`)}\n${helpLines()}`;
  }
  return viewText(debuggee, target, { view: found.view }, found.depth, filter.join(' '));
}

function viewText(
  debuggee: Debuggee,
  target: Target,
  request: Omit<ViewRequest, 'focus'>,
  depth: number,
  filter = '',
): string {
  const focus = presentContext(target).world.side;
  const views = new Views(target, (text, side) => valueOf(target, text, side), debuggee);
  const top = views.rows({ ...request, focus });
  const rows = (node: string): readonly Row[] => views.rows({ ...request, focus, node }).rows;
  const lines = linesOf(top.rows, rows, depth);
  const wanted = filter.toLowerCase();
  const shown = lines.filter((line) => line.toLowerCase().includes(wanted));
  return [...headOf(top), ...shown].map((line) => `${line}\n`).join('');
}

const headOf = ({ title, summary, message }: View): string[] =>
  [title, summary, message].filter((line) => line !== undefined && line !== '') as string[];

/** A tree as lines, its levels indented. */
function linesOf(
  rows: readonly Row[],
  below: (node: string) => readonly Row[],
  depth: number,
): string[] {
  const lines: string[] = [];
  const add = (each: readonly Row[], level: number): void => {
    for (const { id, label, description = '', children } of each) {
      if (lines.length >= MOST_ROWS) return;
      lines.push(`${'  '.repeat(level)}${label}${description === '' ? '' : `  ${description}`}`);
      if (children !== 'none' && level + 1 < depth) add(below(id), level + 1);
    }
  };
  add(rows, 0);
  return lines;
}

function valueOf(target: Target, text: string, side: 'guest' | 'host'): bigint {
  const { hostWorld } = target;
  const context =
    side === 'host' && hostWorld ? worldContext(target, hostWorld) : guestContext(target);
  return wholeNumber(evaluate(splitFormat(text).expression, context), 1);
}

/** `x`, `x 20`, `x ADDRESS`, `x ADDRESS 20`: a number alone that is small is a count. */
function instructions(target: Target, words: readonly string[]): string {
  const [last = ''] = words.slice(-1);
  const counted = /^\d{1,4}$/.test(last);
  const count = counted ? Math.min(Number(last), MOST_INSTRUCTIONS) : 10;
  const text = words.slice(0, counted ? -1 : undefined).join(' ');
  const { side } = target.present;
  const address = text === '' ? target.linearRip : valueOf(target, text, side);
  const here = target.linearRip;
  return disassembleAround(target, 'gva', address, 0, count)
    .map(({ address: at, symbol, text: instruction }) => {
      const name = symbol === undefined ? '' : `<${symbol}>:\n`;
      return `${name}${at === here ? '=> ' : '   '}0x${at.toString(16)}:  ${instruction}\n`;
    })
    .join('');
}
