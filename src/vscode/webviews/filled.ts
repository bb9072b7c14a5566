/** Texts that a page shows are given to it with places for what only the page knows. */

/** `{0}` and its like become what is given. */
export const filled = (text: string, ...values: readonly (string | number)[]): string =>
  text.replace(/\{(\d)\}/g, (_, n: string) => number(values[Number(n)] ?? ''));

export const number = (value: string | number): string =>
  typeof value === 'number' ? value.toLocaleString('en') : value;
