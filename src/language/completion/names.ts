import { kindName } from '../hover/symbol-hover';
import type { Entity } from '../entity';
import { outlineKind } from '../outline';
import { commentsOf, symbolInfo } from '../program-view';
import type { CompletionContext } from './context';
import type { CompletionItem, ItemKind } from './item';

/** Names of the program: labels, constants, macros. Local labels of this procedure come first and by their short names. */
export function symbolItems(
  context: CompletionContext,
  kinds: readonly Entity['kind'][],
): CompletionItem[] {
  const { view, position } = context;
  const { analysis } = view;
  if (!analysis) return [];
  const parent = view.parentAt(position.line);
  const items: CompletionItem[] = [];
  for (const entity of analysis.index.entities) {
    if (!kinds.includes(entity.kind) || entity.definitions.length === 0) continue;
    if (entity.name.startsWith('..@')) continue;
    const item = itemOf(context, entity, parent);
    if (item) items.push(item);
  }
  return items;
}

function itemOf(
  context: CompletionContext,
  entity: Entity,
  parent: string,
): CompletionItem | undefined {
  const { view, range, typed } = context;
  const { analysis } = view;
  const [definition] = entity.definitions;
  if (!definition || !analysis) return undefined;
  const own = entity.what === 'local' && entity.name.startsWith(`${parent}.`);
  // Those of other procedures only for one who writes their full name.
  if (entity.what === 'local' && !own && !typed.includes('.')) return undefined;
  if (typed.startsWith('.') && !own) return undefined;
  const label = own ? entity.name.slice(parent.length) : entity.name;
  const info = symbolInfo(analysis, entity);
  const value = info ? ` 0x${BigInt.asUintN(64, info.value).toString(16)}` : '';
  const [comment = ''] = commentsOf(analysis, definition).split('\n').slice(-1);
  const detail = [kindName(entity) + value, comment].filter(Boolean).join(' · ');
  const kind = (outlineKind(analysis, definition) ?? 'code') as string;
  return { label, kind: KINDS[kind] ?? 'label', detail, range, sort: `${own ? '0' : '1'}${label}` };
}

const KINDS: Readonly<Record<string, ItemKind>> = {
  code: 'label',
  local: 'label',
  data: 'data',
  constant: 'constant',
  structure: 'structure',
  field: 'field',
  macro: 'macro',
  define: 'define',
  section: 'section',
};
