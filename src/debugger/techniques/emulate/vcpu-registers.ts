import type { SoftwareProcessor } from '../../../vmm';
import type { SegmentRegister, TableRegister } from '../../../processor/state/cpu-state';
import { LiveRegisters, type Registers } from '../../registers/registers';
import { UnitRegisters } from '../../registers/unit-registers';

/**
 * The registers of a guest that is executed in software: read where they lie, in the virtual processor's area; written
 * as the virtual processor would, so that what derives from them follows.
 */
export class VcpuRegisters implements Registers {
  constructor(private readonly software: SoftwareProcessor) {}

  private get state() {
    return this.software.state;
  }

  private write(act: (registers: Registers) => void): void {
    this.software.using((cpu) => {
      act(new LiveRegisters(cpu));
      cpu.updateDerivedState();
    });
  }

  gpr(index: number): bigint {
    return this.state.gpr(index);
  }

  setGpr(index: number, value: bigint): void {
    this.state.setGpr(index, value);
  }

  get rip(): bigint {
    return this.state.rip;
  }

  set rip(value: bigint) {
    this.state.rip = value;
  }

  get rflags(): bigint {
    return this.state.rflags;
  }

  set rflags(value: bigint) {
    this.write((registers) => {
      registers.rflags = value;
    });
  }

  controlRegister(number: number): bigint {
    const { cr0, cr2, cr3, cr4, cr8 } = this.state;
    return { 0: cr0, 2: cr2, 3: cr3, 4: cr4 }[number] ?? cr8;
  }

  setControlRegister(number: number, value: bigint): void {
    this.write((registers) => {
      registers.setControlRegister(number, value);
    });
  }

  segment(index: number): SegmentRegister {
    return this.state.segment(index);
  }

  setSegment(index: number, value: SegmentRegister): void {
    this.write((registers) => {
      registers.setSegment(index, value);
    });
  }

  get gdtr(): TableRegister {
    return this.state.gdtr;
  }

  get idtr(): TableRegister {
    return this.state.idtr;
  }

  debugRegister(number: number): bigint {
    return this.state.dr[number] ?? 0n;
  }

  msr(number: number): bigint | undefined {
    return this.software.using((cpu) => new LiveRegisters(cpu).msr(number));
  }

  setMsr(number: number, value: bigint): void {
    this.write((registers) => {
      registers.setMsr(number, value);
    });
  }

  get units(): UnitRegisters {
    const { software } = this;
    return new UnitRegisters({
      state: software.state,
      mmu: {
        setPkru: (value) => {
          software.using((cpu) => {
            cpu.mmu.setPkru(value);
          });
        },
      },
      updateDerivedState: () => {
        software.changed();
      },
    });
  }
}
