import type * as vscode from 'vscode';

/** The language ids that extensions have given to x86 assembly; ours is `nasm`. */
export const ASSEMBLY_LANGUAGES = [
  'nasm',
  'asm',
  'asm-collection',
  'asm-intel-x86-generic',
  'gas',
  'masm',
  'x86asm',
  'assembly',
] as const;

/** Whatever another extension calls it: a file that can be debugged. */
export function isAssembly(document: vscode.TextDocument): boolean {
  const known: readonly string[] = ASSEMBLY_LANGUAGES;
  return known.includes(document.languageId) || isAssemblyPath(document.uri.path);
}

export const isAssemblyPath = (path: string): boolean => /\.(asm|nasm)$/i.test(path);

/** Where our providers apply. */
export const ASSEMBLY_SELECTOR: vscode.DocumentSelector = [
  ...ASSEMBLY_LANGUAGES.map((language) => ({ language })),
  { pattern: '**/*.{asm,nasm,inc}' },
];

/**
 * Where we speak as the language's own extension: our language, and those of others that may well be NASM. Not `gas` and
 * `masm`, whose names say that they are something else.
 */
export const NASM_LANGUAGES = [
  'nasm',
  'asm',
  'asm-collection',
  'asm-intel-x86-generic',
  'x86asm',
  'assembly',
] as const;

export const NASM_SELECTOR: readonly vscode.DocumentFilter[] = NASM_LANGUAGES.map((language) => ({
  language,
}));

/** Views of old versions and other texts that nobody edits. */
const FOREIGN_SCHEMES = new Set(['git', 'debug', 'output', 'vscode-scm']);

export function isNasm({ languageId, uri }: vscode.TextDocument): boolean {
  const known: readonly string[] = NASM_LANGUAGES;
  return known.includes(languageId) && !FOREIGN_SCHEMES.has(uri.scheme);
}
