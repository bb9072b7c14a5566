const LEGACY = 'ax|bx|cx|dx|si|di|sp|bp';
const NAMES = new RegExp(
  `^([re]?(${LEGACY})|[abcd][hl]|(si|di|sp|bp)l|r(8|9|1[0-5])[dwb]?|[c-gs]s|[re]?ip|[re]?flags` +
    '|cr[02348]|dr[0-367]|[xyz]mm\\d+|st[0-7]|mm[0-7])$',
  'i',
);

export function isRegister(word: string): boolean {
  return NAMES.test(word);
}

/** What a general register is part of: 'ax' for AL, AX, EAX and RAX, 'r8' for R8D; undefined for other words. */
export function registerFamily(word: string): string | undefined {
  const name = word.toLowerCase();
  const [, numbered] = /^(r(?:8|9|1[0-5]))[dwb]?$/.exec(name) ?? [];
  if (numbered !== undefined) return numbered;
  const [, letter] = /^([abcd])[hl]$/.exec(name) ?? [];
  if (letter !== undefined) return `${letter}x`;
  return new RegExp(`^[re]?(${LEGACY})l?$`).exec(name)?.[1];
}
