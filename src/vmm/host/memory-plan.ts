import { VBE_MEMORY } from '../../machine/devices/vga/vbe';
import { PAGE_SIZE } from '../../processor/state/layout';
import { FREE_FRAMES } from '../hosting/host-kernel';
import { FramePool } from '../memory/shadow/frame-pool';
import type { Paging } from '../techniques';

/** The monitor's own memory. */
const MONITOR_START = 0x100000;
/** For each virtual processor of a guest. */
const MONITOR_SIZE = 16 * 2 ** 20;

/** A guest, as far as it takes room. */
interface GuestSize {
  /** How many virtual processors it has. Default: 1. */
  readonly processors?: number;
  /** Bytes of RAM. */
  readonly memory: number;
}

/** Enough for the tables of a few address spaces that use much of memory. */
const shadowFramesFor = (pages: number): number => Math.max(512, Math.ceil(pages / 32));

const pagesOf = ({ memory }: GuestSize): number => Math.ceil(memory / PAGE_SIZE);

/** What lies where in host memory: the monitor's structures, shadow tables, guests, memory of their video cards. */
export class MemoryPlan {
  /** Frames for all guests together. */
  readonly pages: number;
  readonly guestStart: number;
  private readonly shadow: readonly { readonly start: number; readonly count: number }[];

  constructor(
    private readonly guests: readonly GuestSize[],
    paging: Paging,
    /** Bytes that a host has for its processes; undefined where there is none, and guests have all they ask for. */
    hosted?: number,
  ) {
    const wanted = guests.reduce((sum, guest) => sum + pagesOf(guest), 0);
    this.pages = hosted === undefined ? wanted : Math.floor(hosted / PAGE_SIZE) + FREE_FRAMES;
    // Room for the EPTs of all of guest memory, or what stands in their place, beside other structures.
    const tables = guests.reduce((sum, guest) => sum + Math.ceil(pagesOf(guest) / 512), 0);
    // A process has page tables as large beside them.
    const maps = hosted === undefined ? 1 : 2;
    const processors = guests.reduce((sum, { processors: count = 1 }) => sum + count, 0);
    let at = MONITOR_START + processors * MONITOR_SIZE + maps * tables * PAGE_SIZE;
    this.shadow = guests.map((guest) => {
      const [start, count] = [at, paging === 'shadow' ? shadowFramesFor(pagesOf(guest)) : 0];
      at += count * PAGE_SIZE;
      return { start, count };
    });
    this.guestStart = at;
  }

  /** What the monitor has for itself, and for the maps of guest memory. */
  get monitorStart(): number {
    return MONITOR_START;
  }

  get monitorEnd(): number {
    return this.shadow[0]?.start ?? this.guestStart;
  }

  shadowPool(number: number): FramePool | undefined {
    const { start, count } = this.shadow[number] ?? { start: 0, count: 0 };
    return count > 0 ? new FramePool(start, count) : undefined;
  }

  /** Behind all guest memory. */
  card(number: number): number {
    return this.guestStart + this.pages * PAGE_SIZE + number * VBE_MEMORY;
  }

  get end(): number {
    return this.card(this.guests.length);
  }
}
