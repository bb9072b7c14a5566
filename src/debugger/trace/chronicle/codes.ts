import type { EventKind } from '../../../processor/events/event';
import type { CpuState } from '../../../processor/state/cpu-state';
import type { Mode } from '../../registers/registers';

/** What happens as numbers of 32 bits, and back: rows of the chronicle cost no objects. */

const EVENT_KINDS: readonly EventKind[] = [
  'external-interrupt',
  'NMI',
  'hardware-exception',
  'software-interrupt',
  'privileged-software-exception',
  'software-exception',
];

export interface EventFacts {
  readonly kind: EventKind;
  readonly vector: number;
}

export const eventCode = ({ kind, vector }: { kind: string; vector: number }): number =>
  EVENT_KINDS.findIndex((known) => known === kind) * 256 + vector;

export const eventOf = (code: number): EventFacts => ({
  kind: EVENT_KINDS[code >> 8] ?? 'hardware-exception',
  vector: code & 0xff,
});

const MODES: readonly Mode['name'][] = [
  'real',
  'virtual-8086',
  'protected',
  'compatibility',
  '64-bit',
];

/** A mode, and whether it is that of a guest which a program of the user's runs. */
export interface PlacedMode extends Mode {
  readonly inGuest: boolean;
}

const IN_GUEST = 1024;

/** Of parts: an index into `MODES`, a ring, bits. */
const coded = (name: number, ring: number, bits: number): number => name * 128 + ring * 4096 + bits;

/** As `modeOf`, of a processor's own registers: asked at each change of any segment. */
export function modeCode(state: CpuState, inGuest: boolean): number {
  const { codeBits } = state;
  const place = inGuest ? IN_GUEST : 0;
  if (!state.protectedMode) return coded(0, 0, codeBits) + place;
  if (state.virtual8086) return coded(1, 3, codeBits) + place;
  const name = state.longMode ? (codeBits === 64 ? 4 : 3) : 2;
  return coded(name, state.cpl, codeBits) + place;
}

/** The same of a mode that is known already, outside of such a guest. */
export const codeOfMode = ({ name, ring, bits }: Mode): number =>
  coded(MODES.indexOf(name), ring, bits);

export const modeOfCode = (code: number): PlacedMode => ({
  name: MODES[(code >> 7) & 7] ?? 'real',
  ring: (code >> 12) & 3,
  bits: (code & 127) as Mode['bits'],
  inGuest: (code & IN_GUEST) !== 0,
});

const CHANNELS = ['serial', 'debug-console'] as const;
export type Channel = (typeof CHANNELS)[number];

export const channelCode = (channel: Channel): number => CHANNELS.indexOf(channel);
export const channelOf = (code: number): Channel => CHANNELS[code] ?? 'serial';
