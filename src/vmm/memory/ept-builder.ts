import { EptRights, EptWalkLength } from '../../isa/ept';
import { MemoryType } from '../../isa/memory-types';
import { SecondLevelTables } from './second-level-tables';

/** The memory type of the pages, and of the EPT paging structures themselves. */
const WRITE_BACK = BigInt(MemoryType.WB);
const TYPE_SHIFT = 3n;

/** The EPT paging structures (SDM 3C 29.3). */
export class EptBuilder extends SecondLevelTables {
  protected readonly tableRights = BigInt(EptRights.ALL);

  /** EPTP: write-back, 4 levels (SDM 3C 25.6.11). Accessed and dirty flags are off. */
  get pointer(): bigint {
    return BigInt(this.root) | WRITE_BACK | EptWalkLength.LEVELS_4;
  }

  protected pageBits(rights: number): bigint {
    return BigInt(rights) | (WRITE_BACK << TYPE_SHIFT);
  }

  protected allowsWrites(entry: bigint): boolean {
    return (entry & BigInt(EptRights.WRITE)) !== 0n;
  }
}
