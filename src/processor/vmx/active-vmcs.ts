import { SecondaryControl } from '../../isa/vmx/controls';
import { Field } from '../../isa/vmx/fields';
import type { GuestAddressSpace, GuestModeHost } from '../guest-mode/host';
import type { VmxCapabilities } from './capabilities';
import type { Controls } from './controls';
import { PassedChecks } from './entry-checks/passed-checks';
import { WatchedWords, type FindChange } from './entry-checks/watched-words';
import { ExtendedPageTables } from './ept';
import { Intercepts } from './intercepts';
import { Vmcs } from './vmcs';
import { fieldWord } from './vmcs-layout';

const EPT_POINTER = fieldWord(Field.EPT_POINTER);

/**
 * A VMCS that is active on the processor (SDM 3C 25.1), with what the processor keeps beside the
 * region from one VM entry to the next. Whatever is kept is compared with the region before use.
 */
export class ActiveVmcs {
  readonly vmcs: Vmcs;
  /** The checks on VM entry that it has passed. */
  readonly checks: PassedChecks;
  readonly intercepts: Intercepts;
  private ept: ExtendedPageTables | undefined;
  /** The halves of the EPT pointer that it was made for. */
  private eptLow = 0;
  private eptHigh = 0;

  /**
   * @param address host-physical address of the region, 4-KByte aligned
   * @param list the list of watched words that it has for its checks
   */
  constructor(
    private readonly cpu: GuestModeHost,
    address: number,
    capabilities: VmxCapabilities,
    findChange: FindChange,
    readonly list: number,
  ) {
    this.vmcs = new Vmcs(cpu.physical, address);
    const watched = new WatchedWords(this.vmcs, findChange, list);
    this.checks = new PassedChecks(this.vmcs, cpu.physical, capabilities, watched);
    this.intercepts = new Intercepts(cpu, this.vmcs);
  }

  /**
   * How the guest's accesses to memory go from now on.
   *
   * @returns what the guest's translations depend on, beside their tag
   */
  translateBy(controls: Controls): Omit<GuestAddressSpace, 'tag'> {
    const { mmu } = this.cpu;
    const ept = (controls.secondary & SecondaryControl.ENABLE_EPT) !== 0;
    const secondLevel = ept ? this.extendedPageTables : undefined;
    mmu.secondLevel = secondLevel;
    mmu.guarded = this.intercepts.guardedPage;
    return { root: secondLevel?.pointer ?? 0n, guarded: mmu.guarded?.frame };
  }

  /** EPT, as the EPT pointer has it now. */
  private get extendedPageTables(): ExtendedPageTables {
    const { words } = this.vmcs;
    const low = words[EPT_POINTER] ?? 0;
    const high = words[EPT_POINTER + 1] ?? 0;
    if (!this.ept || this.eptLow !== low || this.eptHigh !== high) {
      this.eptLow = low;
      this.eptHigh = high;
      this.ept = this.makeExtendedPageTables();
    }
    return this.ept;
  }

  private makeExtendedPageTables(): ExtendedPageTables {
    return new ExtendedPageTables(
      this.cpu.physical,
      this.vmcs.read(Field.EPT_POINTER),
      (reason, qualification, guestPhysical, guestLinear) =>
        this.intercepts.exit({ reason, qualification, guestPhysical, guestLinear }),
    );
  }
}
