import { SecondaryControl } from '../../isa/vmx/controls';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import type { GuestAddressSpace, GuestModeHost } from '../guest-mode/host';
import type { VmxCapabilities } from './capabilities';
import type { Controls } from './controls';
import { PassedChecks } from './entry-checks/passed-checks';
import { WatchedWords, type FindChange } from './entry-checks/watched-words';
import { ExtendedPageTables, type EptExit } from './ept';
import { Intercepts } from './intercepts';
import { logModification } from './page-modification-log';
import { raiseVirtualizationException } from './virtualization-exception';
import { Vmcs } from './vmcs';
import { fieldWord } from './vmcs-layout';

const EPT_POINTER = fieldWord(Field.EPT_POINTER);
/** The controls that change what walks of the EPT do. */
const OF_EPT =
  SecondaryControl.ENABLE_PML |
  SecondaryControl.EPT_VIOLATION_VE |
  SecondaryControl.MODE_BASED_EXECUTE_CONTROL;

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
  /** The halves of the EPT pointer that it was made for, and the controls. */
  private eptLow = 0;
  private eptHigh = 0;
  private eptControls = 0;

  /**
   * @param address host-physical address of the region, 4-KByte aligned
   * @param list where its checks have their list of watched words
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
    const secondLevel = ept ? this.extendedPageTables(controls.secondary) : undefined;
    mmu.secondLevel = secondLevel;
    mmu.guarded = this.intercepts.guardedPage;
    return { root: secondLevel?.pointer ?? 0n, guarded: mmu.guarded?.frame };
  }

  /** The guest's address space is another from now on; translations of the same one may stay. */
  enterAddressSpace(controls: Controls): void {
    const tagged = (controls.secondary & SecondaryControl.ENABLE_VPID) !== 0;
    const tag = tagged ? this.vmcs.readNumber(Field.VIRTUAL_PROCESSOR_ID) : 0;
    this.cpu.spaces.enterGuest({ tag, ...this.translateBy(controls) });
  }

  /** EPT, as the EPT pointer and the controls have it now. */
  private extendedPageTables(secondary: number): ExtendedPageTables {
    const { words } = this.vmcs;
    const low = words[EPT_POINTER] ?? 0;
    const high = words[EPT_POINTER + 1] ?? 0;
    const controls = secondary & OF_EPT;
    const same = this.eptLow === low && this.eptHigh === high && this.eptControls === controls;
    if (!this.ept || !same) {
      this.eptLow = low;
      this.eptHigh = high;
      this.eptControls = controls;
      this.ept = this.makeExtendedPageTables(controls);
    }
    return this.ept;
  }

  private makeExtendedPageTables(controls: number): ExtendedPageTables {
    const { cpu, vmcs, intercepts } = this;
    const has = (control: number): boolean => (controls & control) !== 0;
    const exit: EptExit = ({ linear, convertible, ...failure }) => {
      const information = { ...failure, guestLinear: linear };
      if (convertible && has(SecondaryControl.EPT_VIOLATION_VE)) {
        raiseVirtualizationException(cpu, vmcs, information);
      }
      return intercepts.exit(information);
    };
    const log = (guestPhysical: bigint): void => {
      if (!logModification(cpu.physical, vmcs, guestPhysical)) {
        intercepts.exit({ reason: ExitReason.PML_FULL });
      }
    };
    return new ExtendedPageTables(cpu.physical, vmcs.read(Field.EPT_POINTER), exit, {
      modeBased: has(SecondaryControl.MODE_BASED_EXECUTE_CONTROL),
      beforeDirty: has(SecondaryControl.ENABLE_PML) ? log : undefined,
    });
  }
}
