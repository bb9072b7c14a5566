import { Gpr } from '../../isa/registers/general';
import type { Processor } from '../../processor/processor';
import type { PhysicalBus } from '../emulator/guest-bus';
import {
  InstructionEmulator,
  type EmulatedState,
  type Emulation,
} from '../emulator/instruction-emulator';
import { guestProfile } from '../guest-profile';
import type { GuestArea } from './guest-area';

/** The host, as far as software has to do with the guest's registers. */
export interface GuestKeeper {
  readonly cpu: Processor;
  /** What the guest's instructions access. */
  readonly instructionBus: PhysicalBus;
  readonly area: GuestArea;
  /** RAX to R15, as they were saved; what the area has is not among them. */
  readonly saved: BigUint64Array;
  setGuestRegister(index: number, value: bigint): void;
  passTime(): void;
  /** Linear addresses of the guest may lead elsewhere. */
  addressSpaceChanged(): void;
}

/** A guest that the processor runs in guest mode, in the hands of software that does an instruction for it. */
export class HardwareGuest {
  private emulator: InstructionEmulator | undefined;

  constructor(private readonly host: GuestKeeper) {}

  /** Instructions that software has done one by one; for whoever compares. */
  get emulated(): number {
    return this.emulator?.executed ?? 0;
  }

  /** The guest's instruction in software. @returns whether it could be done */
  emulateInstruction(): boolean {
    return this.emulate((emulator, before) => emulator.execute(before));
  }

  /** The delivery of an event in software. @param information as the processor tells what it was delivering */
  emulateEvent(information: bigint, errorCode: bigint): boolean {
    const event = this.host.area.event(information, errorCode);
    if (!event) return false;
    return this.emulate((emulator, before) => emulator.deliver(before, event));
  }

  /** The registers as an instruction finds them. */
  registers(): EmulatedState {
    const { area, saved, cpu } = this.host;
    return area.registers(Array.from(saved), cpu.state.units.slice());
  }

  /** Puts back what has changed. */
  store(before: EmulatedState, after: EmulatedState): void {
    const { host } = this;
    const { gprs } = after.registers;
    gprs.forEach((value, index) => {
      if (index !== Gpr.RSP) host.setGuestRegister(index, value);
    });
    if (host.area.store(before, after)) host.addressSpaceChanged();
  }

  private emulate(
    act: (emulator: InstructionEmulator, before: EmulatedState) => Emulation,
  ): boolean {
    const { host } = this;
    const { mmu, state } = host.cpu;
    host.passTime();
    this.emulator ??= new InstructionEmulator(host.instructionBus, guestProfile(state.profile));
    const before = this.registers();
    const after = act(this.emulator, before);
    if ('unable' in after) return false;
    this.store(before, after);
    // A repeated instruction is much work in one.
    host.cpu.progress.credit(0, Math.max(0, after.work - 1));
    mmu.setPkru(after.pkru); // the translations depend on it
    state.units.set(after.units);
    return true;
  }
}
