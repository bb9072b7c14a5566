/** How long ago a line was executed, in steps that an eye can tell: 0 is the latest. */
export const AGES = 4;
const BOUNDS = [4, 16, 64] as const;

export function ageOf(ago: number): number {
  const age = BOUNDS.findIndex((bound) => ago <= bound);
  return age < 0 ? AGES - 1 : age;
}
