import type { Persistent } from '../../../processor/persistent';
import type { AtaChannel, Transfer } from './ata-channel';
import { identifyPacket } from './identify-packet';
import {
  CD_SECTOR,
  PACKET_COMMANDS,
  PACKET_LENGTH,
  Sense,
  SenseError,
  type PacketAnswer,
  type SenseCode,
} from './packet-commands';
import { initialTaskFile, type TaskFile } from './task-file';

/** A CD-ROM drive on an ATA channel: commands come in packets (ATA/ATAPI-6 chapter 9, 8.23). */

/** What a command gives, and how much of it the program has read. */
interface Answer {
  /** Undefined where it lies on the disc. */
  readonly bytes: Uint8Array | undefined;
  /** Where on the disc it begins. */
  readonly start: number;
  readonly length: number;
  done: number;
}

export interface CdState {
  readonly sense: SenseCode;
  readonly locked: boolean;
  readonly loaded: boolean;
  readonly answer: Answer | undefined;
  readonly limit: number;
}

/** In the count register: what the data register is for (ATA/ATAPI-6 8.23.4). */
const Reason = { COMMAND: 1, TO_HOST: 2, STATUS: 3 } as const;
/** The most bytes between two interrupts: an even number of 16 bits. */
const MOST_BYTES = 0xfffe;

export class CdDrive implements Persistent<CdState> {
  /** Why the last command has failed. */
  sense: SenseCode = Sense.NONE;
  /** The tray is held closed. */
  locked = false;
  /** The disc is in. */
  loaded = true;
  private answer: Answer | undefined;
  /** The most bytes between two interrupts that the program wants. */
  private limit = 0;

  /** @param image the disc; a last sector that is not full is filled up with zeros */
  constructor(
    readonly image: Uint8Array,
    private readonly serial: string,
  ) {}

  get sectors(): number {
    return Math.ceil(this.image.length / CD_SECTOR);
  }

  /** A command in the command register. */
  command(channel: AtaChannel, code: number): void {
    switch (code) {
      case PACKET:
        this.awaitPacket(channel);
        break;
      case IDENTIFY_PACKET_DEVICE:
        this.limit = 0;
        this.tell(channel, identifyPacket(this.serial));
        break;
      case DEVICE_RESET:
        this.reset();
        Object.assign(channel.taskFile, signature());
        break;
      case SET_FEATURES:
      case STANDBY_IMMEDIATE:
      case IDLE_IMMEDIATE:
      case SLEEP:
        channel.complete();
        break;
      case CHECK_POWER_MODE:
        channel.taskFile.count[0] = 0xff;
        channel.complete();
        break;
      default:
        // What a drive without packets would do is refused with the signature of one that has them.
        if (code !== NOP) putSignature(channel.taskFile);
        channel.abort();
    }
  }

  /** A block has been read by the program. */
  nextRead(channel: AtaChannel): void {
    const { answer } = this;
    if (answer && answer.done < answer.length) this.offerBlock(channel, answer);
    else if (answer) this.complete(channel);
    else channel.finish();
  }

  /** The packet is complete. */
  nextWrite(channel: AtaChannel, { bytes }: Transfer): void {
    const packet = bytes.slice(0, PACKET_LENGTH);
    const run = PACKET_COMMANDS.get(packet[0] ?? 0);
    const keepsSense = packet[0] === REQUEST_SENSE;
    try {
      if (!run) throw new SenseError(Sense.INVALID_COMMAND);
      const data = run(this, packet);
      if (!keepsSense) this.sense = Sense.NONE;
      this.give(channel, data);
    } catch (error) {
      if (!(error instanceof SenseError)) throw error;
      this.sense = error.sense;
      channel.taskFile.count[0] = Reason.STATUS;
      channel.abort((error.sense.key << 4) | ABORTED);
    }
  }

  private awaitPacket(channel: AtaChannel): void {
    const { middle, high, count } = channel.taskFile;
    this.answer = undefined;
    const asked = middle[0] | (high[0] << 8);
    this.limit = asked === 0 || asked > MOST_BYTES ? MOST_BYTES : asked;
    count[0] = Reason.COMMAND;
    const bytes = new Uint8Array(PACKET_LENGTH);
    channel.offer(
      { direction: 'out', bytes, position: 0, remaining: 0, sector: 0, block: 1 },
      false,
    );
  }

  private give(channel: AtaChannel, data: PacketAnswer): void {
    const { length } = data;
    if (length === 0) {
      this.complete(channel);
      return;
    }
    const [bytes, start] = data instanceof Uint8Array ? [data, 0] : [undefined, data.start];
    this.answer = { bytes, start, length, done: 0 };
    this.offerBlock(channel, this.answer);
  }

  /** As much as the program wants at a time; how much it is stands in the byte count registers. */
  private offerBlock(channel: AtaChannel, answer: Answer): void {
    const left = answer.length - answer.done;
    // Only the last block may have an odd number of bytes.
    const size = left <= this.limit ? left : Math.max(2, this.limit & ~1);
    const { bytes: known, start, done } = answer;
    const bytes = new Uint8Array(size);
    if (known) bytes.set(known.subarray(done, done + size));
    else bytes.set(this.image.subarray(start + done, start + done + size));
    answer.done += size;
    const { taskFile } = channel;
    taskFile.count[0] = Reason.TO_HOST;
    taskFile.middle[0] = size & 0xff;
    taskFile.high[0] = size >> 8;
    channel.offer({ direction: 'in', bytes, position: 0, remaining: 0, sector: 0, block: 1 }, true);
  }

  private tell(channel: AtaChannel, bytes: Uint8Array): void {
    this.answer = undefined;
    channel.offer({ direction: 'in', bytes, position: 0, remaining: 0, sector: 0, block: 1 }, true);
  }

  private complete(channel: AtaChannel): void {
    channel.taskFile.count[0] = Reason.STATUS;
    channel.complete();
  }

  save(): CdState {
    const { sense, locked, loaded, answer, limit } = this;
    return structuredClone({ sense, locked, loaded, answer, limit });
  }

  restore(state: CdState): void {
    Object.assign(this, structuredClone(state));
  }

  reset(): void {
    this.sense = Sense.NONE;
    this.locked = false;
    this.answer = undefined;
    this.limit = 0;
  }
}

const NOP = 0x00;
const DEVICE_RESET = 0x08;
const PACKET = 0xa0;
const IDENTIFY_PACKET_DEVICE = 0xa1;
const STANDBY_IMMEDIATE = 0xe0;
const IDLE_IMMEDIATE = 0xe1;
const CHECK_POWER_MODE = 0xe5;
const SLEEP = 0xe6;
const SET_FEATURES = 0xef;
const REQUEST_SENSE = 0x03;
/** Error register: the command was aborted; the sense key is in bits 7:4. */
const ABORTED = 4;

function putSignature(taskFile: TaskFile): void {
  const { count, low, middle, high } = signature();
  Object.assign(taskFile, { count, low, middle, high });
}

/** The registers after a reset: the signature of a drive with packets, not ready for other commands (9.12). */
export const signature = (): Pick<
  TaskFile,
  'error' | 'count' | 'low' | 'middle' | 'high' | 'status'
> => {
  const { error, count, low } = initialTaskFile();
  return { error, count, low, middle: [0x14, 0], high: [0xeb, 0], status: 0 };
};
