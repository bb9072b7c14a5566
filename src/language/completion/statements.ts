import { glossedMnemonics } from '../../isa/instructions/glosses';
import { COMMON_INSTRUCTIONS } from '../../isa/instructions/common';
import { conditionalGloss } from '../../isa/instructions/conditions';
import { CodeExt } from 'iced-x86';
import { codesOf } from '../../program/x86/codes';
import { findMnemonic, isRareMnemonic, mnemonicNames } from '../../program/x86/mnemonics';
import { describeMnemonic, featureLine } from '../hover/instruction-hover';
import { featuresOf } from '../instruction-facts';
import type { Bits } from '../mode';
import { allWords } from '../words';
import type { CompletionContext } from './context';
import type { CompletionItem } from './item';
import { symbolItems } from './names';

let modes: Map<string, number> | undefined;

const MODE_BITS: Readonly<Record<Bits, number>> = { 16: 1, 32: 2, 64: 4 };

/** In which modes each mnemonic has a form, as bits. */
function modesOf(mnemonic: string): number {
  modes ??= new Map();
  let bits = modes.get(mnemonic);
  if (bits === undefined) {
    bits = 0;
    for (const code of (findMnemonic(mnemonic)?.mnemonics ?? []).flatMap(codesOf)) {
      const info = CodeExt.opCode(code);
      bits |= (info.mode16 ? 1 : 0) | (info.mode32 ? 2 : 0) | (info.mode64 ? 4 : 0);
      info.free();
    }
    modes.set(mnemonic, bits);
  }
  return bits;
}

const extensions = new Map<string, string>();

/** For instructions without a sentence: what they belong to. */
function extension(name: string): string {
  let text = extensions.get(name);
  if (text === undefined) {
    const [code] = (findMnemonic(name)?.mnemonics ?? []).flatMap(codesOf);
    text = code === undefined ? '' : featureLine({ features: featuresOf(code) });
    extensions.set(name, text);
  }
  return text;
}

const COMMON = new Set(COMMON_INSTRUCTIONS);

let usual: Set<string> | undefined;

/** Instructions that programs of this kind are made of; the two thousand others come behind them. */
const isUsual = (name: string): boolean =>
  (usual ??= new Set(glossedMnemonics())).has(name) || conditionalGloss(name) !== undefined;

/** What its mnemonic is sorted by: those that a person most likely means come first. */
function placeAmong(name: string): string {
  if (COMMON.has(name)) return '1';
  if (isUsual(name)) return '2';
  return isRareMnemonic(name) ? '6' : '4';
}

/** Mnemonics, directives and macros: what may begin a statement. */
export function statementItems(context: CompletionContext): CompletionItem[] {
  const { typed, range, view, position } = context;
  const first = typed.charAt(0).toLowerCase();
  const items: CompletionItem[] = [];
  if (first === '%') return preprocessorItems(context);
  const upper = /^[A-Z]/.test(typed);
  const add = (
    name: string,
    kind: 'instruction' | 'directive',
    detail: string,
    sort: string,
  ): void => {
    const label = upper ? name.toUpperCase() : name;
    items.push({ label, kind, detail, range, sort: sort + name });
  };
  const mode = MODE_BITS[view.bits(position.line)];
  for (const name of mnemonicNames()) {
    if (first !== '' && !name.startsWith(first)) continue;
    if (!isUsual(name) && first === '') continue;
    if ((modesOf(name) & mode) === 0) continue;
    add(name, 'instruction', describeMnemonic(name) ?? extension(name), placeAmong(name));
  }
  for (const { name, kind, gloss } of allWords())
    if (kind === 'directive' && name.startsWith(first)) add(name, 'directive', gloss, '3');
  for (const name of ['lock', 'rep', 'repe', 'repne'])
    if (name.startsWith(first)) add(name, 'instruction', describeMnemonic(name) ?? '', '2');
  return [...items, ...symbolItems(context, ['macro', 'define'])];
}

function preprocessorItems({ range }: CompletionContext): CompletionItem[] {
  return [...allWords()]
    .filter(({ kind }) => kind === 'preprocessor')
    .map(({ name, gloss }) => ({
      label: name,
      kind: 'directive',
      detail: gloss,
      range,
      sort: `1${name}`,
    }));
}
