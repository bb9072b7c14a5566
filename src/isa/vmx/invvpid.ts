/** The types of INVVPID: what is forgotten of a VPID, by the manual's names (SDM 3C 31.3). */
export const Invvpid = {
  'individual-address': 0n,
  'single-context': 1n,
  'all-context': 2n,
  'single-context, retaining globals': 3n,
} as const;

export type InvvpidType = keyof typeof Invvpid;
