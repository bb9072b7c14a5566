import { createHash } from 'node:crypto';

/** Of a group of recorded cases so many are kept as they are; the others by their digest. */
export const EXPLICIT_CASES = 8;

/** Stands for a list of results. */
export function digestOf(results: readonly string[]): string {
  return createHash('sha256').update(results.join('\n')).digest('hex').slice(0, 16);
}
