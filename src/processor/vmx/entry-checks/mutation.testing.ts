import { LONG_MODE, type FieldValues } from './valid-vmcs.testing';
import type { EntryFacts } from './view';

/** What is changed, and the check that must be the first to fail. */
export type Mutation = readonly [
  expected: string,
  change: FieldValues,
  facts?: Partial<EntryFacts>,
];

export const PIN = Number(LONG_MODE.PIN_BASED_VM_EXEC_CONTROL);
export const PRIMARY = Number(LONG_MODE.CPU_BASED_VM_EXEC_CONTROL);
export const SECONDARY = Number(LONG_MODE.SECONDARY_VM_EXEC_CONTROL);
export const EXIT = Number(LONG_MODE.VM_EXIT_CONTROLS);
export const ENTRY = Number(LONG_MODE.VM_ENTRY_CONTROLS);
export const VALID = 0x80000000;
export const BEYOND = 1n << 40n;
