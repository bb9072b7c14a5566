import { Vector } from '../../../isa/exceptions';
import type { PagingState } from '../../../processor/paging/walk';
import {
  guestPagingState,
  keptControls,
  vcpuOffset,
  type GuestControls,
  type Intercept,
  type VirtualMachine,
} from '../../../vmm';
import type { Registers } from '../../registers/registers';
import { GuestMap } from '../emulate/guest-map';
import type { SecondLevel } from '../second-level';
import { ShadowedRegisters } from '../shadowed-registers';
import { BuiltInSvm } from './built-in';

/** SVM without nested paging, as the built-in monitor uses it: the guest's memory is translated by shadow page tables. */
export class BuiltInShadowSvm extends BuiltInSvm {
  private readonly map: SecondLevel;

  constructor(vm: VirtualMachine, intercepts: readonly Intercept[] | undefined) {
    super(vm, intercepts);
    this.map = new GuestMap(vm.computer.memory, vm.guestMemory.map);
  }

  override get guest(): Registers {
    return new ShadowedRegisters(super.guest, () => this.controls);
  }

  override get guestPaging(): PagingState {
    const { rflags } = super.guest;
    return guestPagingState(this.controls, rflags, this.cpu.state.pkru);
  }

  /** The registers with which the processor walks the shadow tables: its own, or those that it is entered with. */
  get shadowPaging(): PagingState {
    return this.inGuest ? this.cpu.state : super.guestPaging;
  }

  /** No hardware reads it: shadow tables are made of it, and of the guest's. */
  override get secondLevel(): SecondLevel {
    return this.map;
  }

  /** The processor's page faults are those of the shadow tables: whether the guest gets them is decided then. */
  override withholds(vector: number): boolean {
    return super.withholds(vector) || (vector === Number(Vector.PF) && this.inGuest);
  }

  /** What the guest reads. */
  private get controls(): GuestControls {
    const { saveArea } = this.vm;
    return keptControls((register) => this.cpu.physical.read64(saveArea + vcpuOffset[register]));
  }
}
