import type { Assembly } from '../../program';
import type { PlatformState } from '../../machine/platform';
import type { StartState } from '../../processor/state/start-state';

/** Bytes that lie in memory before the first instruction. */
export interface Piece {
  /** Guest-physical. */
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** The programs that were burnt into the firmware's chips, where their sources are known. */
export const firmwarePrograms = ({ firmware }: BootImage): readonly Assembly[] =>
  (firmware?.roms ?? []).flatMap(({ assembly }) => (assembly ? [assembly] : []));

/** A chip of ROM. */
export interface Chip extends Piece {
  /** What its bytes came from; its lines know where they are loaded. */
  readonly assembly?: Assembly | undefined;
}

/** The firmware's chips, and what it has left behind when the program starts. */
export interface PoweredOn {
  /** The chips of ROM. */
  readonly roms: readonly Chip[];
  /** The state of the devices, at the time that they say; as after RESET where it is undefined. */
  readonly devices?: PlatformState | undefined;
  /** Model-specific registers that firmware sets and locks, by number. */
  readonly msrs: readonly (readonly [number: number, value: bigint])[];
  /** ROMs of adapters that firmware finds in the firmware configuration device. */
  readonly optionRoms?: readonly Piece[];
}

/** What lies in the machine's drives: whole images, which are never written. */
export interface Media {
  /** The disks on the ATA channels, in their order; the first one is booted from. */
  readonly disks: readonly Uint8Array[];
  /** A:, B:. */
  readonly floppies: readonly Uint8Array[];
  readonly cdrom?: Uint8Array | undefined;
  /** Firmware tries the CD before all others. */
  readonly cdFirst?: boolean | undefined;
}

/** A program as a machine starts it: what is in memory, in the registers, in the devices. */
export interface BootImage {
  readonly pieces: readonly Piece[];
  readonly start: StartState;
  /** Undefined where there is no firmware: devices are as after RESET, and there is no ROM. */
  readonly firmware?: PoweredOn | undefined;
  readonly media?: Media | undefined;
}

/** One byte more than the last that lies in memory. */
export const endOfPieces = (pieces: readonly Piece[]): number =>
  Math.max(0, ...pieces.map(({ address, bytes }) => address + bytes.length));
