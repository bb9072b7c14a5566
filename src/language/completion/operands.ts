import * as l10n from '@vscode/l10n';
import { gprByName } from '../../isa/registers/general';
import { SEG_NAMES } from '../../isa/registers/segment';
import { bitsOf, classOf, needs64, registerNames, registerOf } from '../../program/x86/registers';
import { allWords } from '../words';
import type { CompletionContext } from './context';
import type { CompletionItem } from './item';
import { symbolItems } from './names';

/** What may stand among the operands of the line's head. */
export function operandItems(context: CompletionContext): CompletionItem[] {
  const { shape } = context;
  const chosen = fixedItems(context);
  if (chosen) return chosen;
  switch (shape.word) {
    case '%ifdef':
    case '%ifndef':
    case '%elifdef':
    case '%elifndef':
    case '%undef':
      return symbolItems(context, ['define']);
    case '%ifmacro':
    case '%ifnmacro':
    case '%unmacro':
      return symbolItems(context, ['macro']);
    case 'global':
    case 'static':
      return symbolItems(context, ['symbol']);
    default:
  }
  if (/^%(include|macro|define|error|warning|note|fatal)$/.test(shape.word)) return [];
  const names = symbolItems(context, ['symbol', 'define']);
  if (shape.kind === 'data' || shape.kind === 'directive') return [...names, ...words(context)];
  return [...names, ...registers(context), ...words(context)];
}

const STANDARD_SECTIONS = ['.text', '.data', '.bss', '.rodata'];

/** Arguments of directives that take one of a few words. */
function fixedItems(context: CompletionContext): CompletionItem[] | undefined {
  const { shape, range, view } = context;
  const list = (
    labels: readonly string[],
    kind: CompletionItem['kind'] = 'word',
  ): CompletionItem[] =>
    labels.map((label, i) => ({
      label,
      kind,
      detail: '',
      range,
      sort: `0${String(i).padStart(3, '0')}`,
    }));
  switch (shape.word) {
    case 'bits':
      return list(['16', '32', '64']);
    case 'default':
      return list(['rel', 'abs']);
    case '%use':
      return list(['smartalign', 'fp', 'ifunc']);
    case 'section':
    case 'segment': {
      if (shape.operands[0] && shape.operands[0].length > 1)
        return list(['align=', 'start=', 'vstart=', 'follows=', 'vfollows=', 'progbits', 'nobits']);
      const own = (view.analysis?.index.entities ?? [])
        .filter((e) => e.kind === 'section')
        .map((e) => e.name);
      return list([...new Set([...own, ...STANDARD_SECTIONS])], 'section');
    }
    case 'istruc':
      return symbolItems(context, ['symbol']).filter(({ kind }) => kind === 'structure');
    default:
      return undefined;
  }
}

/** Registers of the mode: those that only 64-bit code can name are left out elsewhere. */
function registers(context: CompletionContext): CompletionItem[] {
  const { view, position, typed, range } = context;
  const bits = view.bits(position.line);
  const upper = /^[A-Z]/.test(typed);
  const first = typed.charAt(0).toLowerCase();
  const items: CompletionItem[] = [];
  for (const name of registerNames()) {
    const register = registerOf(name);
    if (register === undefined || !name.startsWith(first)) continue;
    if (bits !== 64 && needs64(register)) continue;
    const usual = gprByName(name) !== undefined || SEG_NAMES.includes(name.toUpperCase() as 'CS');
    const rare = !usual && classOf(register) !== 'cr';
    // r8l and the like are other names of r8b.
    if ((rare && first === '') || /^r\d+l$/.test(name)) continue;
    items.push({
      label: upper ? name.toUpperCase() : name,
      kind: 'register',
      detail: l10n.t('register, {0} bits', String(bitsOf(register))),
      range,
      sort: `${rare ? '5' : '2'}${name.padEnd(8)}`,
    });
  }
  return items;
}

function words({ range, typed }: CompletionContext): CompletionItem[] {
  const first = typed.charAt(0).toLowerCase();
  if (first === '$' || first === '.') return [];
  return [...allWords()]
    .filter(({ kind, name }) => kind === 'operand' && /^[a-z]/.test(name) && name.startsWith(first))
    .map(({ name, gloss }) => ({
      label: name,
      kind: 'word',
      detail: gloss,
      range,
      sort: `3${name}`,
    }));
}
