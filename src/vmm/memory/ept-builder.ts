import { MemoryType } from '../../isa/memory-types';
import { EptRights, EptWalkLength, Epte } from '../../isa/ept';
import type { PhysicalMemory } from '../../processor/physical-memory';
import type { FrameAllocator } from '../host/frames';

const ALL = BigInt(EptRights.ALL);
/** The memory type of the pages, and of the EPT paging structures themselves. */
const WRITE_BACK = BigInt(MemoryType.WB);
const TYPE_SHIFT = 3n;

/** Builds the EPT paging structures in host memory, one 4-KByte mapping at a time. */
export class EptBuilder {
  private readonly root: number;

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly frames: FrameAllocator,
  ) {
    this.root = frames.allocate();
  }

  /** EPTP: write-back, 4 levels (SDM 3C 25.6.11). Accessed and dirty flags are off. */
  get pointer(): bigint {
    return BigInt(this.root) | WRITE_BACK | EptWalkLength.LEVELS_4;
  }

  /** Maps a guest-physical page to a host frame. */
  map(guestPhysical: bigint, frame: number, rights: number = EptRights.ALL): void {
    const entry = BigInt(frame) | BigInt(rights) | (rights === 0 ? 0n : WRITE_BACK << TYPE_SHIFT);
    this.memory.write64(this.entryAddress(guestPhysical), entry);
  }

  /** The address of the last-level entry, its tables made as needed. */
  private entryAddress(guestPhysical: bigint): number {
    let table = this.root;
    for (let level = 4; level > 1; level--) {
      const at = table + index(guestPhysical, level) * 8;
      let entry = this.memory.read64(at);
      if ((entry & ALL) === 0n) {
        entry = BigInt(this.frames.allocate()) | ALL;
        this.memory.write64(at, entry);
      }
      table = Number(entry & Epte.ADDRESS);
    }
    return table + index(guestPhysical, 1) * 8;
  }
}

function index(guestPhysical: bigint, level: number): number {
  return Number((guestPhysical >> BigInt(12 + 9 * (level - 1))) & 0x1ffn);
}
