import type { CountedHole, Outcome } from '../../session';

/** What machines are told, in reports: the same in every language. */

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** The word for how a run ended; the contract of `--json`. */
export const STOP: Readonly<Record<Outcome['kind'], string>> = {
  'exit-device': 'exit-device',
  halted: 'halt',
  asleep: 'halt',
  hypercall: 'halt',
  'power-off': 'power-off',
  reset: 'reset',
  shutdown: 'triple-fault',
  'vmx-abort': 'vmx-abort',
  failure: 'monitor-stop',
  'instruction-limit': 'instruction-limit',
  'not-implemented': 'not-implemented',
};

/** A hole as machines are told of it. */
export const holeOf = ({ hole, count }: CountedHole) => ({
  instruction: hole.mnemonic,
  kind: hole.kind,
  address: hex(hole.linear),
  found: hex(hole.found),
  right: hex(hole.right),
  count,
});
