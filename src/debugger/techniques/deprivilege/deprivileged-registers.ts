import type { SegmentRegister, TableRegister } from '../../../processor/state/cpu-state';
import type { Processor } from '../../../processor/processor';
import type { DeprivilegedGuest } from '../../../vmm';
import type { Registers } from '../../registers/registers';
import { UnitRegisters } from '../../registers/unit-registers';
import { VcpuRegisters } from '../emulate/vcpu-registers';

/**
 * The registers of a guest that the processor runs in an outer ring, as the guest would have them: what it can change
 * is in the processor, or in the frame that the processor has pushed; what it only believes to change is with the
 * virtual processor.
 */
export class DeprivilegedRegisters implements Registers {
  private readonly virtual: VcpuRegisters;

  constructor(
    private readonly cpu: Processor,
    private readonly running: DeprivilegedGuest,
    /** Software has to go on with the guest. */
    private readonly leaveToSoftware: () => void,
  ) {
    this.virtual = new VcpuRegisters(running.software);
  }

  /** All that is more than a number in one place: the guest is taken out of the processor and put back. */
  private edit(act: (registers: VcpuRegisters) => void): void {
    const runs = this.running.edit(() => {
      act(this.virtual);
    });
    if (!runs) this.leaveToSoftware();
  }

  gpr(index: number): bigint {
    return this.running.gpr(index);
  }

  setGpr(index: number, value: bigint): void {
    this.edit((registers) => {
      registers.setGpr(index, value);
    });
  }

  get rip(): bigint {
    return this.running.real.rip;
  }

  set rip(value: bigint) {
    this.edit((registers) => {
      registers.rip = value;
    });
  }

  get rflags(): bigint {
    return this.running.flags;
  }

  set rflags(value: bigint) {
    this.edit((registers) => {
      registers.rflags = value;
    });
  }

  controlRegister(number: number): bigint {
    return number === 8 ? this.running.cr8 : this.virtual.controlRegister(number);
  }

  setControlRegister(number: number, value: bigint): void {
    this.edit((registers) => {
      registers.setControlRegister(number, value);
    });
  }

  segment(index: number): SegmentRegister {
    return this.running.segment(index);
  }

  setSegment(index: number, value: SegmentRegister): void {
    this.edit((registers) => {
      registers.setSegment(index, value);
    });
  }

  get gdtr(): TableRegister {
    return this.virtual.gdtr;
  }

  get idtr(): TableRegister {
    return this.virtual.idtr;
  }

  debugRegister(number: number): bigint {
    return this.virtual.debugRegister(number);
  }

  msr(number: number): bigint | undefined {
    return this.virtual.msr(number);
  }

  setMsr(number: number, value: bigint): void {
    this.edit((registers) => {
      registers.setMsr(number, value);
    });
  }

  get units(): UnitRegisters {
    return new UnitRegisters(this.cpu);
  }
}
