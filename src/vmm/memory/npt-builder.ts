import { EptRights } from '../../isa/ept';
import { Pte } from '../../isa/paging';
import { SecondLevelTables } from './second-level-tables';

/**
 * Nested page tables (APM 2 15.25): page tables of 4 levels as any others, which the processor walks with accesses from
 * user mode, whatever the guest's privilege level.
 */
export class NptBuilder extends SecondLevelTables {
  protected readonly tableRights = Pte.P | Pte.RW | Pte.US;

  /** nCR3. */
  get pointer(): bigint {
    return BigInt(this.root);
  }

  protected pageBits(rights: number): bigint {
    const writable = rights & EptRights.WRITE ? Pte.RW : 0n;
    const executable = rights & EptRights.EXECUTE ? 0n : Pte.XD;
    return Pte.P | Pte.US | writable | executable;
  }

  protected allowsWrites(entry: bigint): boolean {
    return (entry & Pte.RW) !== 0n;
  }
}
