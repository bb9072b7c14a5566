/** What may stand after `%if`, `%elif` and `%is` (NASM manual 4.5), each also with an `n` before it. */
export const CONDITION_STEMS = [
  ...['', 'ctx', 'def', 'defalias', 'difi', 'empty', 'env', 'id', 'idn', 'idni', 'macro', 'num'],
  ...['str', 'token', 'usable', 'using'],
] as const;

export const CONDITION_NAMES: readonly string[] = CONDITION_STEMS.flatMap((stem) => [
  stem,
  `n${stem}`,
]);
