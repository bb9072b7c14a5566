/** Where arguments and local variables lie. */
export interface StackModel {
  readonly register: string;
  /** Bytes of a slot. */
  readonly slot: number;
  /** The next argument's distance from the register, and how far local variables reach below it. */
  argument: number;
  local: number;
}

export const STACK_MODELS: Readonly<
  Record<string, readonly [register: string, slot: number, first: number]>
> = {
  flat: ['ebp', 4, 8],
  flat64: ['rbp', 8, 16],
  large: ['bp', 2, 4],
  small: ['bp', 2, 6],
};

export function stackModel(name: string): StackModel | undefined {
  const found = STACK_MODELS[name];
  if (!found) return undefined;
  const [register, slot, argument] = found;
  return { register, slot, argument, local: 0 };
}

/** What `%arg` and `%local` assume before any `%stacksize`. */
export const defaultStack = (): StackModel => ({
  register: 'ebp',
  slot: 4,
  argument: 8,
  local: 0,
});
