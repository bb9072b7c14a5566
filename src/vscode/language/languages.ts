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
  return known.includes(document.languageId) || /\.(asm|nasm)$/i.test(document.uri.path);
}

/** Where our providers apply. */
export const ASSEMBLY_SELECTOR: vscode.DocumentSelector = [
  ...ASSEMBLY_LANGUAGES.map((language) => ({ language })),
  { pattern: '**/*.{asm,nasm,inc}' },
];
