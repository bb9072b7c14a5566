import type { PhysicalMemory } from '../../processor/physical-memory';
import type { FrameAllocator } from '../host/frames';

/** Rights in an EPT entry (SDM 3C 29.3.2). */
export const EptRights = { READ: 1, WRITE: 2, EXECUTE: 4, ALL: 7 } as const;
const WRITE_BACK = 6n << 3n;

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
    return BigInt(this.root) | 6n | (3n << 3n);
  }

  /** Maps a guest-physical page to a host frame. */
  map(guestPhysical: bigint, frame: number, rights: number = EptRights.ALL): void {
    const entry = BigInt(frame) | BigInt(rights) | (rights === 0 ? 0n : WRITE_BACK);
    this.memory.write64(this.entryAddress(guestPhysical), entry);
  }

  /** The address of the last-level entry, its tables made as needed. */
  private entryAddress(guestPhysical: bigint): number {
    let table = this.root;
    for (let level = 4; level > 1; level--) {
      const at = table + index(guestPhysical, level) * 8;
      let entry = this.memory.read64(at);
      if ((entry & 7n) === 0n) {
        entry = BigInt(this.frames.allocate()) | BigInt(EptRights.ALL);
        this.memory.write64(at, entry);
      }
      table = Number(entry & 0x7ffffff000n);
    }
    return table + index(guestPhysical, 1) * 8;
  }
}

function index(guestPhysical: bigint, level: number): number {
  return Number((guestPhysical >> BigInt(12 + 9 * (level - 1))) & 0x1ffn);
}
