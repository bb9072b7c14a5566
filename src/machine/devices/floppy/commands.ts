import type { FloppyController } from './floppy-controller';
import { St0, St3 } from './registers';
import { startTransfer, type TransferKind } from './sector-transfer';

/** The commands of the controller (82077AA data sheet, chapter 5). */

interface Command {
  /** Bytes after the first. */
  readonly parameters: number;
  run(controller: FloppyController, bytes: readonly number[]): void;
}

const drivesOf = (bytes: readonly number[]): number => (bytes[1] ?? 0) & 3;

/** What the 82077AA tells VERSION. */
const ENHANCED_CONTROLLER = 0x90;
const TO_TRACK_0 = -1;
const CYLINDER_MOST = 0xff;

const data = (kind: TransferKind, parameters: number): Command => ({
  parameters,
  run: (c, bytes) => {
    startTransfer(c, kind, bytes);
  },
});
const specify: Command = {
  parameters: 2,
  run: (c, [, first = 0, second = 0]) => {
    c.registers.specify = [first, second];
    c.answer([]);
  },
};
const senseDriveStatus: Command = {
  parameters: 1,
  run: (c, bytes) => {
    const track0 = c.drive(drivesOf(bytes))?.track === 0 ? St3.TRACK_0 : 0;
    c.answer([St3.ALWAYS | track0 | ((bytes[1] ?? 0) & 7)]);
  },
};
const recalibrate: Command = {
  parameters: 1,
  run: (c, bytes) => {
    c.seek(drivesOf(bytes), TO_TRACK_0);
    c.answer([]);
  },
};
/** Tells one thing after the other that no result has told: the end of a seek, of a reset. */
const senseInterrupt: Command = {
  parameters: 0,
  run: (c) => {
    const finding = c.registers.findings.shift();
    c.interrupt(false);
    c.answer(finding ? [finding.st0, finding.track] : [St0.INVALID]);
  },
};
/** From where the controller believes the heads to be. */
const seek: Command = {
  parameters: 2,
  run: (c, bytes) => {
    c.seek(drivesOf(bytes), bytes[2] ?? 0);
    c.answer([]);
  },
};
/** So many tracks up (bit 6) or down. */
const relativeSeek: Command = {
  parameters: 2,
  run: (c, bytes) => {
    const [code = 0, , distance = 0] = bytes;
    const from = c.registers.cylinders[drivesOf(bytes)] ?? 0;
    const to = code & 0x40 ? from + distance : from - distance;
    c.seek(drivesOf(bytes), Math.min(Math.max(to, 0), CYLINDER_MOST));
    c.answer([]);
  },
};
const dumpRegisters: Command = {
  parameters: 0,
  run: (c) => {
    const { cylinders, specify, lastSector, locked, perpendicular, config } = c.registers;
    const flags = (locked ? 0x80 : 0) | perpendicular;
    c.answer([...cylinders, ...specify, lastSector, flags, ...config]);
  },
};
const version: Command = {
  parameters: 0,
  run: (c) => {
    c.answer([ENHANCED_CONTROLLER]);
  },
};
const perpendicularMode: Command = {
  parameters: 1,
  run: (c, [, value = 0]) => {
    // Which drives are meant can only be changed with OW.
    const { perpendicular } = c.registers;
    c.registers.perpendicular = value & 0x80 ? value & 0x3f : (perpendicular & 0x3c) | (value & 3);
    c.answer([]);
  },
};
const configure: Command = {
  parameters: 3,
  run: (c, [, , second = 0, third = 0]) => {
    c.registers.config = [second, third];
    c.answer([]);
  },
};
/** The FIFO's settings outlive a reset. */
const lock: Command = {
  parameters: 0,
  run: (c, [code = 0]) => {
    c.registers.locked = (code & 0x80) !== 0;
    c.answer([c.registers.locked ? 0x10 : 0]);
  },
};

/** By the first byte; bits of the mask are options: multi-track, MFM, skip, direction. */
const COMMANDS: readonly (readonly [code: number, options: number, command: Command])[] = [
  [0x02, 0x60, data('read-track', 8)],
  [0x03, 0x00, specify],
  [0x04, 0x00, senseDriveStatus],
  [0x05, 0xc0, data('write', 8)],
  [0x06, 0xe0, data('read', 8)],
  [0x07, 0x00, recalibrate],
  [0x08, 0x00, senseInterrupt],
  [0x0a, 0x40, data('read-id', 1)],
  [0x0d, 0x40, data('format', 5)],
  [0x0e, 0x00, dumpRegisters],
  [0x0f, 0x00, seek],
  [0x10, 0x00, version],
  [0x12, 0x00, perpendicularMode],
  [0x13, 0x00, configure],
  [0x14, 0x80, lock],
  [0x16, 0xe0, data('verify', 8)],
  [0x8f, 0x40, relativeSeek],
];

/** What a command's first byte means. */
export const commandOf = (code: number): Command | undefined =>
  COMMANDS.find(([known, options]) => (code & ~options) === known)?.[2];
