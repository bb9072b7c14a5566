import * as l10n from '@vscode/l10n';
import { Vector } from '../../../isa/exceptions';
import { Field } from '../../../isa/vmx/fields';
import type { PagingState } from '../../../processor/paging/walk';
import type { Vmcs } from '../../../processor/vmx/vmcs';
import {
  guestPagingState,
  shadowedControls,
  vcpuOffset,
  type GuestControls,
  type Intercept,
  type SoftwareProcessor,
  type VirtualMachine,
} from '../../../vmm';
import type { Registers } from '../../registers/registers';
import { GuestMap } from '../emulate/guest-map';
import { emulationOccasion } from '../emulate/occasion';
import { VcpuRegisters } from '../emulate/vcpu-registers';
import type { SecondLevel } from '../second-level';
import type { Side, TlbTags } from '../technique';
import { BuiltInVtx } from './built-in';
import { guestPaging } from './guest-area';
import { ShadowedRegisters } from '../shadowed-registers';

/**
 * VT-x without EPT, as the built-in monitor uses it: the guest's memory is translated by shadow page tables, and
 * software executes the guest in real mode.
 */
export class BuiltInShadowVtx extends BuiltInVtx {
  private readonly map: SecondLevel;

  constructor(vm: VirtualMachine, intercepts: readonly Intercept[] | undefined) {
    super(vm, intercepts);
    this.map = new GuestMap(vm.computer.memory, vm.guestMemory.map);
  }

  /** Software, while it is what executes the guest. */
  private get software(): SoftwareProcessor | undefined {
    return this.vm.software;
  }

  override get side(): Side {
    const { software, vm } = this;
    if (!software) return super.side;
    return vm.monitor.active && !software.executes ? 'monitor' : 'guest';
  }

  override get guest(): Registers {
    const { software, vmcs } = this;
    if (software) return new VcpuRegisters(software);
    const actual = super.guest;
    return vmcs ? new ShadowedRegisters(actual, () => this.controls(vmcs)) : actual;
  }

  override get guestPaging(): PagingState {
    const { software, vmcs, cpu } = this;
    if (software) return software.state;
    if (!vmcs) return super.guestPaging;
    const { rflags } = super.guest;
    return guestPagingState(this.controls(vmcs), rflags, cpu.state.pkru);
  }

  /** The registers with which the processor walks the shadow tables: its own, or those that it is entered with. */
  get shadowPaging(): PagingState | undefined {
    const { software, vmcs, cpu } = this;
    if (software || !vmcs) return undefined;
    return this.inGuest ? cpu.state : guestPaging(cpu, vmcs);
  }

  /** No hardware reads it: shadow tables are made of it, and of the guest's. */
  override get secondLevel(): SecondLevel {
    return this.map;
  }

  /** The processor's page faults are those of the shadow tables: whether the guest gets them is decided then. */
  withholds(vector: number): boolean {
    return vector === Vector.PF && this.inGuest;
  }

  /** What software translates has no tag, and is the guest's. */
  override get tlbTags(): TlbTags | undefined {
    const tags = super.tlbTags;
    if (!tags || !this.software) return tags;
    return { ...tags, guest: l10n.t('in software'), ofThisGuest: true };
  }

  override get operation(): string {
    return this.software && this.side === 'guest' ? l10n.t('in software') : super.operation;
  }

  override get occasion(): string | undefined {
    const { software, vm } = this;
    return software && emulationOccasion(vm, software);
  }

  /** What the guest reads. Of CR0 and CR4 some bits are its own, and in the processor while it runs. */
  private controls(vmcs: Vmcs): GuestControls {
    const { cpu } = this;
    const read = (field: Field): bigint => {
      if (this.inGuest && field === Field.GUEST_CR0) return cpu.state.cr0;
      if (this.inGuest && field === Field.GUEST_CR4) return cpu.state.cr4;
      return vmcs.read(field);
    };
    const { saveArea } = this.vm;
    return shadowedControls(read, (register) =>
      cpu.physical.read64(saveArea + vcpuOffset[register]),
    );
  }
}
