/** Exits that the monitor asks for beyond what it needs, so that they can be watched. */
export type Intercept = 'cr3' | 'invlpg' | 'msr' | 'rdtsc' | 'pause' | 'mov-dr';

/** All of them, in the order in which people are told of them. */
export const INTERCEPTS: readonly Intercept[] = [
  'cr3',
  'invlpg',
  'msr',
  'rdtsc',
  'pause',
  'mov-dr',
];
