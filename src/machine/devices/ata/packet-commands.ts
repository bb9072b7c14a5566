import type { CdDrive } from './cd-drive';

/** The commands of a CD-ROM drive, by their first bytes (SFF-8020i; MMC-3; SPC-3). Numbers are big-endian. */

/** Sense key, additional sense code and its qualifier (SPC-3 4.5). */
export interface SenseCode {
  readonly key: number;
  readonly code: number;
  readonly qualifier: number;
}

export const Sense = {
  NONE: { key: 0, code: 0, qualifier: 0 },
  NO_MEDIUM: { key: 2, code: 0x3a, qualifier: 0 },
  INVALID_COMMAND: { key: 5, code: 0x20, qualifier: 0 },
  OUT_OF_RANGE: { key: 5, code: 0x21, qualifier: 0 },
  INVALID_FIELD: { key: 5, code: 0x24, qualifier: 0 },
  LOCKED: { key: 5, code: 0x53, qualifier: 2 },
} as const satisfies Record<string, SenseCode>;

/** A command has failed. */
export class SenseError extends Error {
  constructor(readonly sense: SenseCode) {
    super(`sense key ${String(sense.key)}`);
  }
}

/** Bytes in a sector of data. */
export const CD_SECTOR = 2048;

/** Bytes, or a piece of the disc. */
export type PacketAnswer = Uint8Array | { readonly start: number; readonly length: number };

export const PACKET_LENGTH = 12;

type PacketCommand = (drive: CdDrive, packet: Uint8Array) => PacketAnswer;

const NOTHING = new Uint8Array();

const u16 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const u32 = (bytes: Uint8Array, at: number): number =>
  u16(bytes, at) * 0x10000 + u16(bytes, at + 2);
const word = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
const double = (value: number): number[] => [...word(value >>> 16), ...word(value & 0xffff)];

/** As much of an answer as the program has room for. */
const allocated = (bytes: readonly number[], room: number): Uint8Array =>
  Uint8Array.from(bytes.slice(0, room));

function requireMedium(drive: CdDrive): void {
  if (!drive.loaded) throw new SenseError(Sense.NO_MEDIUM);
}

const testUnitReady: PacketCommand = (drive) => {
  requireMedium(drive);
  return NOTHING;
};

/** What is told is told once. */
const requestSense: PacketCommand = (drive, packet) => {
  const { key, code, qualifier } = drive.sense;
  drive.sense = Sense.NONE;
  const rest = [0, 0, 0, 0, 10, 0, 0, 0, 0, code, qualifier, 0, 0, 0, 0];
  return allocated([0x70, 0, key, ...rest], packet[4] ?? 0);
};

const text = (value: string, length: number): number[] =>
  [...value.padEnd(length)].map((character) => character.charCodeAt(0));

const inquiry: PacketCommand = (_drive, packet) =>
  allocated(
    [
      ...[0x05, 0x80, 0x00, 0x21, 31, 0, 0, 0], // CD-ROM, removable, ATAPI, 31 bytes follow
      ...text('RINGSIDE', 8),
      ...text('CD-ROM', 16),
      ...text('1.0', 4),
    ],
    packet[4] ?? 0,
  );

/** Bit 1: the tray is meant; bit 0: in. */
const startStop: PacketCommand = (drive, packet) => {
  const how = packet[4] ?? 0;
  if ((how & 2) === 0) return NOTHING;
  const opens = (how & 1) === 0;
  if (opens && drive.locked) throw new SenseError(Sense.LOCKED);
  drive.loaded = !opens;
  return NOTHING;
};

const preventRemoval: PacketCommand = (drive, packet) => {
  drive.locked = ((packet[4] ?? 0) & 1) !== 0;
  return NOTHING;
};

const readCapacity: PacketCommand = (drive) => {
  requireMedium(drive);
  return Uint8Array.from([...double(drive.sectors - 1), ...double(CD_SECTOR)]);
};

function sectors(drive: CdDrive, first: number, count: number): PacketAnswer {
  requireMedium(drive);
  if (first + count > drive.sectors) throw new SenseError(Sense.OUT_OF_RANGE);
  return { start: first * CD_SECTOR, length: count * CD_SECTOR };
}

const read10: PacketCommand = (drive, packet) => sectors(drive, u32(packet, 2), u16(packet, 7));
const read12: PacketCommand = (drive, packet) => sectors(drive, u32(packet, 2), u32(packet, 6));

/** READ CD: sectors with what surrounds the data, of which only the data are to be had. */
const readCd: PacketCommand = (drive, packet) => {
  const count = u32(packet, 5) & 0xff_ffff;
  const fields = (packet[9] ?? 0) & 0xf8;
  if (fields === 0) return testUnitReady(drive, packet);
  if (fields !== 0x10) throw new SenseError(Sense.INVALID_FIELD);
  return sectors(drive, u32(packet, 2), count);
};

const seek: PacketCommand = (drive, packet) => {
  sectors(drive, u32(packet, 2), 1);
  return NOTHING;
};

/** Minutes, seconds, frames of an address: frame 150 is sector 0. */
function msf(sector: number): number[] {
  const frame = sector + 150;
  return [0, Math.floor(frame / 75 / 60) & 0xff, Math.floor(frame / 75) % 60, frame % 75];
}

const DATA_TRACK = 0x14;
const LEAD_OUT = 0xaa;

/** One track of data, in one session. */
const readToc: PacketCommand = (drive, packet) => {
  requireMedium(drive);
  const place = ((packet[1] ?? 0) & 2) !== 0 ? msf : double;
  const track = (number: number, sector: number): number[] => [
    ...[0, DATA_TRACK, number, 0],
    ...place(sector),
  ];
  const room = u16(packet, 7);
  // Some programs put the format where SFF-8020i has it.
  const format = (packet[2] ?? 0) & 15 || (packet[9] ?? 0) >> 6;
  const first = packet[6] ?? 0;
  if (format === 1) return allocated([...word(10), 1, 1, ...track(1, 0)], room);
  if (format !== 0 || (first > 1 && first !== LEAD_OUT)) throw new SenseError(Sense.INVALID_FIELD);
  const tracks = [...(first <= 1 ? track(1, 0) : []), ...track(LEAD_OUT, drive.sectors)];
  return allocated([...word(tracks.length + 2), 1, 1, ...tracks], room);
};

const CD_ROM_PROFILE = 0x0008;

/** What the drive can (MMC-3 5.2): its profiles, the core, and that discs can be taken out. */
const getConfiguration: PacketCommand = (drive, packet) => {
  const current = drive.loaded ? 1 : 0;
  const features = [
    ...[...word(0x0000), 0x03, 4, ...word(CD_ROM_PROFILE), current, 0],
    ...[...word(0x0001), 0x03, 8, ...double(2), 0, 0, 0, 0], // ATAPI
    ...[...word(0x0003), 0x03, 4, 0x29, 0, 0, 0], // a tray that can be locked and opened
  ];
  const profile = drive.loaded ? CD_ROM_PROFILE : 0;
  const head = [...double(features.length + 4), 0, 0, ...word(profile)];
  return allocated([...head, ...features], u16(packet, 7));
};

const MEDIA_EVENTS = 4;

/** Nothing has happened; whether there is a disc. Only who asks again and again is answered. */
const getEventStatus: PacketCommand = (drive, packet) => {
  if (((packet[1] ?? 0) & 1) === 0) throw new SenseError(Sense.INVALID_FIELD);
  const room = u16(packet, 7);
  if (((packet[4] ?? 0) & (1 << MEDIA_EVENTS)) === 0)
    return allocated([0, 2, 0x80, 1 << MEDIA_EVENTS], room);
  const state = drive.loaded ? 2 : 1;
  return allocated([0, 6, MEDIA_EVENTS, 1 << MEDIA_EVENTS, 0, state, 0, 0], room);
};

const ERROR_RECOVERY = [0x01, 6, 0, 5, 0, 0, 0, 0];
const AUDIO = [0x0e, 14, 4, 0, 0, 0, 0, 0, 1, 0xff, 2, 0xff, 0, 0, 0, 0];
/** It reads nothing but CDs; the tray can be locked and opened; 4 × 176 KBytes/s. */
const CAPABILITIES = [
  ...[0x2a, 18, 0x00, 0x00, 0x70, 0x60, 0x29, 0x00],
  ...[...word(706), ...word(2), ...word(512), ...word(706), 0, 0, 0, 0],
];
const PAGES: readonly (readonly number[])[] = [ERROR_RECOVERY, AUDIO, CAPABILITIES];
const ALL_PAGES = 0x3f;
const SAVED_VALUES = 3;

const modeSense: PacketCommand = (drive, packet) => {
  const asked = (packet[2] ?? 0) & ALL_PAGES;
  if ((packet[2] ?? 0) >> 6 === SAVED_VALUES) throw new SenseError(Sense.INVALID_FIELD);
  const pages = PAGES.filter(([code]) => asked === ALL_PAGES || code === asked).flat();
  if (pages.length === 0) throw new SenseError(Sense.INVALID_FIELD);
  const medium = drive.loaded ? 1 : 0x70; // a data disc of 120 mm, none
  const head = [...word(pages.length + 6), medium, 0, 0, 0, 0, 0];
  return allocated([...head, ...pages], u16(packet, 7));
};

/** A complete disc of one session with one track. */
const readDiscInformation: PacketCommand = (drive, packet) => {
  requireMedium(drive);
  const rest = new Array<number>(34 - 7).fill(0);
  return allocated([...word(32), 0x0e, 1, 1, 1, 1, ...rest], u16(packet, 7));
};

const mechanismStatus: PacketCommand = (_drive, packet) =>
  allocated([0, 0, 0, 0, 0, 1, 0, 0], u16(packet, 8));

export const PACKET_COMMANDS: ReadonlyMap<number, PacketCommand> = new Map([
  [0x00, testUnitReady],
  [0x03, requestSense],
  [0x12, inquiry],
  [0x1b, startStop],
  [0x1e, preventRemoval],
  [0x25, readCapacity],
  [0x28, read10],
  [0x2b, seek],
  [0x43, readToc],
  [0x46, getConfiguration],
  [0x4a, getEventStatus],
  [0x51, readDiscInformation],
  [0x5a, modeSense],
  [0xa8, read12],
  [0xbd, mechanismStatus],
  [0xbe, readCd],
]);
