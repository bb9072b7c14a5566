/** Small pieces of Markdown. */

export const code = (text: string): string => `\`${text.replaceAll('`', 'ˋ')}\``;

/** A block of assembly, coloured as in the editor. */
export const block = (text: string): string =>
  `\`\`\`nasm\n${text.replaceAll('```', "'''")}\n\`\`\``;

/** Text of a person, such as a comment, that must not be taken for Markdown. */
export const plain = (text: string): string => text.replace(/[\\`*_{}[\]<>()#|~!]/g, '\\$&');

/** Rows of a name and what there is to say. Empty ones are left out. */
export function rows(
  pairs: readonly (readonly [name: string, text: string | undefined])[],
): string {
  const kept = pairs.filter(([, text]) => text !== undefined && text !== '');
  if (kept.length === 0) return '';
  return [
    '| | |',
    '|:--|:--|',
    ...kept.map(([name, text]) => `| **${name}** | ${(text ?? '').replaceAll('|', '\\|')} |`),
  ].join('\n');
}

export const paragraphs = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join('\n\n');
