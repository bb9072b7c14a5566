/** The kinds of names that are coloured, by VS Code's standard names. */
export const TOKEN_TYPES = [
  'function',
  'variable',
  'enumMember',
  'struct',
  'property',
  'macro',
  'namespace',
  'parameter',
  'comment',
] as const;
export const TOKEN_MODIFIERS = ['declaration', 'readonly'] as const;

export type TokenType = (typeof TOKEN_TYPES)[number];
