import { describeMnemonic } from '../hover/instruction-hover';
import { instructionMarkdown } from '../hover/instruction-hover';
import { registerMarkdown } from '../hover/register-hover';
import { factsOfName } from '../instruction-facts';
import { block, paragraphs } from '../markdown';
import type { Bits } from '../mode';
import type { FileView } from '../program-view';
import type { Position } from '../text';
import { wordInfo } from '../words';
import { contextAt } from './context';
import type { CompletionItem } from './item';
import { operandItems } from './operands';
import { statementItems } from './statements';

/** A file or folder that an `%include` could name. */
export interface NamedFile {
  readonly name: string;
  readonly isFolder: boolean;
}

/**
 * What may stand at a position.
 * @param files lists the files that could be meant by a path that begins like this
 */
export async function completionsAt(
  view: FileView,
  position: Position,
  files: (beginning: string) => Promise<readonly NamedFile[]>,
): Promise<CompletionItem[]> {
  const context = contextAt(view, position);
  switch (context.place) {
    case 'nowhere':
      return [];
    case 'statement':
      return statementItems(context);
    case 'operand':
      return operandItems(context);
    case 'file': {
      const { range, typed } = context;
      const cut = typed.lastIndexOf('/') + 1;
      const start = { ...range.start, character: range.start.character + cut };
      return (await files(typed.slice(0, cut))).map(({ name, isFolder }) => ({
        label: isFolder ? `${name}/` : name,
        kind: isFolder ? 'folder' : 'file',
        detail: '',
        range: { start, end: range.end },
        sort: `${isFolder ? '1' : '0'}${name}`,
      }));
    }
  }
}

/** What there is to say about an item, asked for when it is looked at. */
export function documentationOf(
  label: string,
  kind: CompletionItem['kind'],
  bits: Bits,
): string | undefined {
  const word = label.toLowerCase();
  switch (kind) {
    case 'instruction':
      return describeMnemonic(word) === undefined && !factsOfName(word, [], bits)
        ? undefined
        : instructionMarkdown({
            mnemonic: word,
            operands: [],
            facts: factsOfName(word, [], bits),
            address: undefined,
          });
    case 'register':
      return registerMarkdown(word, bits);
    case 'directive':
    case 'word': {
      const info = wordInfo(word);
      return info && paragraphs(block(info.usage), info.gloss);
    }
    default:
      return undefined;
  }
}
