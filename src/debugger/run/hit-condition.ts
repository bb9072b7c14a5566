const HIT_CONDITION = /^(>=|<=|==|=|>|<|%)?\s*(\d+)$/;

/**
 * What a hit condition says of the number of hits so far: `5` and `>= 5` from the fifth on, `== 5`
 * only the fifth, `% 5` every fifth.
 *
 * @returns undefined for what is no hit condition
 */
export function parseHitCondition(text: string): ((hits: number) => boolean) | undefined {
  const match = HIT_CONDITION.exec(text.trim());
  if (!match) return undefined;
  const n = Number(match[2]);
  switch (match[1]) {
    case '>':
      return (hits) => hits > n;
    case '<':
      return (hits) => hits < n;
    case '<=':
      return (hits) => hits <= n;
    case '==':
    case '=':
      return (hits) => hits === n;
    case '%':
      return (hits) => n > 0 && hits % n === 0;
    default:
      return (hits) => hits >= n;
  }
}
