import { Msr } from '../../isa/registers/msr';
import { Field } from '../../isa/vmx/fields';
import type { Processor } from '../../processor/processor';
import { injectedEvent } from '../../processor/vmx/interruption';
import type { GuestBus } from '../emulator/guest-bus';
import {
  InstructionEmulator,
  type EmulatedState,
  type Emulation,
} from '../emulator/instruction-emulator';
import type { SoftwareProcessor } from '../emulator/software-processor';
import { emulatedState, storeEmulatedState } from './emulated-state';
import { isEnterable } from './enterable';
import type { GuestTranslation } from './guest-translation';
import { fromSoftware, savedRegisters, toSoftware } from './software-guest';
import { storeControls } from './stored-controls';
import type { VcpuRegister } from './vcpu-area';

/** The host, as far as software has to do with the guest's registers. */
export interface GuestKeeper {
  readonly cpu: Processor;
  readonly bus: GuestBus;
  readonly translation: GuestTranslation;
  /** Memory is translated by shadow tables: the guest has control registers beside those in the VMCS. */
  readonly shadowed: boolean;
  readonly virtualApicBase: bigint;
  /** RAX to R15, as they were saved; without RSP. */
  readonly saved: BigUint64Array;
  vmread(field: Field): bigint;
  vmwrite(field: Field, value: bigint | number): void;
  writeVcpu(register: VcpuRegister, value: bigint): void;
  setGuestRegister(index: number, value: bigint): void;
  passTime(): void;
  /** Linear addresses of the guest may lead elsewhere. */
  addressSpaceChanged(): void;
}

/** A guest of VT-x in the hands of software, which does an instruction for it, or all of them for a while. */
export class VtxGuest {
  private emulator: InstructionEmulator | undefined;

  constructor(private readonly host: GuestKeeper) {}

  /** Instructions that it has done in software one by one; for whoever compares. */
  get emulated(): number {
    return this.emulator?.executed ?? 0;
  }

  /** The guest's instruction in software. @returns whether it could be done */
  emulateInstruction(): boolean {
    return this.emulate((emulator, before) => emulator.execute(before));
  }

  /** The delivery of an event in software. @param information in the format of the VMCS */
  emulateEvent(information: bigint, errorCode: bigint): boolean {
    const rip = this.host.vmread(Field.GUEST_RIP);
    const length = Number(this.host.vmread(Field.VM_EXIT_INSTRUCTION_LEN));
    const event = injectedEvent(Number(information), Number(errorCode), rip, length);
    if (!event) return false;
    return this.emulate((emulator, before) => emulator.deliver(before, event));
  }

  private emulate(
    act: (emulator: InstructionEmulator, before: EmulatedState) => Emulation,
  ): boolean {
    const { host } = this;
    const { mmu, state } = host.cpu;
    host.passTime();
    this.emulator ??= new InstructionEmulator(host.bus);
    const before = this.registers();
    const after = act(this.emulator, before);
    if ('unable' in after) return false;
    this.store(before, after);
    // A repeated instruction is much work in one.
    host.cpu.progress.credit(0, Math.max(0, after.work - 1));
    state.units.set(after.registers.units);
    state.cr2 = after.cr2;
    mmu.setPkru(after.pkru); // the translations depend on it
    state.units.set(after.units);
    return true;
  }

  /** Software goes on with the guest. */
  leaveTo(software: SoftwareProcessor): void {
    const { host } = this;
    toSoftware(software, host.cpu, this.registers(), (field) => host.vmread(field));
    software.state.setMsr(Msr.APIC_BASE, host.virtualApicBase);
  }

  /** Whether the processor can go on with the guest that software has. */
  canEnter(software: SoftwareProcessor): boolean {
    return isEnterable(software.state);
  }

  /** The registers go to where the processor takes them from. */
  takeFrom(software: SoftwareProcessor): void {
    const { host } = this;
    const before = this.registers();
    this.store(
      before,
      fromSoftware(software, host.cpu, (field, value) => {
        host.vmwrite(field, value);
      }),
    );
  }

  private registers(): EmulatedState {
    const { host } = this;
    const { cr2, units } = host.cpu.state;
    const { controls } = host.translation;
    const read = (field: Field): bigint => host.vmread(field);
    return emulatedState(read, controls, Array.from(host.saved), cr2, units.slice());
  }

  /** Writes back what has changed to the VMCS and the save area. */
  private store(before: EmulatedState, after: EmulatedState): void {
    const { host } = this;
    const write = (field: Field, value: bigint | number): void => {
      host.vmwrite(field, value);
    };
    const beside = (register: VcpuRegister, value: bigint): void => {
      host.writeVcpu(register, value);
    };
    storeEmulatedState(write, before, after);
    const leadElsewhere = storeControls(
      (field) => host.vmread(field),
      write,
      host.shadowed ? beside : undefined,
      { ...before.registers, pdptes: before.pdptes },
      { ...after.registers, pdptes: after.pdptes },
    );
    if (leadElsewhere) host.addressSpaceChanged();
    for (const [index, value] of savedRegisters(after)) host.setGuestRegister(index, value);
  }
}
