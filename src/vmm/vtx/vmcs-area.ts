import { AccessRights } from '../../isa/access-rights';
import { Gpr } from '../../isa/registers/general';
import { WideRflags } from '../../isa/registers/flags';
import { Field } from '../../isa/vmx/fields';
import type { ApicOwner } from '../../machine/processor-apic';
import type { InterruptEvent } from '../../processor/events/event';
import { injectedEvent } from '../../processor/vmx/interruption';
import type { EmulatedState } from '../emulator/instruction-emulator';
import type { GuestArea } from '../hardware/guest-area';
import type { GuestControls } from '../hardware/guest-paging';
import type { Host } from '../host/host';
import { emulatedState, storeEmulatedState } from './emulated-state';
import { ownControls, shadowedControls } from './guest-paging';
import { storeControls } from './stored-controls';

const DPL = BigInt(AccessRights.DPL);

/** The guest-state area of the VMCS, and what the monitor keeps beside it. */
export class VmcsArea implements GuestArea {
  constructor(private readonly host: Host) {}

  private readonly read = (field: Field): bigint => this.host.vmread(field);
  private readonly write = (field: Field, value: bigint | number): void => {
    this.host.vmwrite(field, value);
  };

  get controls(): GuestControls {
    const { host, read } = this;
    if (!host.shadowed) return ownControls(read);
    return shadowedControls(read, (register) => host.readVcpu(register));
  }

  get rflags(): bigint {
    return this.read(Field.GUEST_RFLAGS);
  }

  /** The DPL of SS is the privilege level (SDM 3C 25.4.1). */
  get isUser(): boolean {
    return (this.read(Field.GUEST_SS_AR_BYTES) & DPL) === DPL;
  }

  /** No transition switches CR8. */
  get apic(): ApicOwner {
    const { isPresent, left, cpu } = this.host;
    return isPresent || !left ? cpu.state : left.state;
  }

  gpr(index: number): bigint | undefined {
    return index === Gpr.RSP ? this.read(Field.GUEST_RSP) : undefined;
  }

  setGpr(index: number, value: bigint): boolean {
    if (index !== Gpr.RSP) return false;
    this.write(Field.GUEST_RSP, value);
    return true;
  }

  /** The VM exit has saved RF as it was before the instruction (SDM 3B 18.3.1.1, 3C 28.3.3). */
  complete(next: bigint): void {
    this.write(Field.GUEST_RIP, next);
    const flags = this.rflags;
    if (flags & WideRflags.RF) this.write(Field.GUEST_RFLAGS, flags & ~WideRflags.RF);
  }

  event(information: bigint, errorCode: bigint): InterruptEvent | undefined {
    const rip = this.read(Field.GUEST_RIP);
    const length = Number(this.read(Field.VM_EXIT_INSTRUCTION_LEN));
    return injectedEvent(Number(information), Number(errorCode), rip, length);
  }

  registers(saved: readonly bigint[], units: Uint8Array): EmulatedState {
    return emulatedState(this.read, this.controls, saved, this.host.cpu.state.cr2, units);
  }

  /** No transition switches CR2. */
  store(before: EmulatedState, after: EmulatedState): boolean {
    const { host, read, write } = this;
    storeEmulatedState(write, before, after);
    host.cpu.state.cr2 = after.cr2;
    return storeControls(
      read,
      write,
      host.shadowed ? (register, value) => host.writeVcpu(register, value) : undefined,
      { ...before.registers, pdptes: before.pdptes },
      { ...after.registers, pdptes: after.pdptes },
    );
  }
}
