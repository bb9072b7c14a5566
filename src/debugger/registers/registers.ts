import { WideEfer } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import type { PagingState } from '../../processor/paging/walk';
import type { Processor } from '../../processor/processor';
import { readMsr, writeMsr } from '../../processor/system/msr';
import { writeControlRegister } from '../../processor/system/control-registers';
import type { SegmentRegister, TableRegister } from '../../processor/state/cpu-state';
import { UnitRegisters } from './unit-registers';

/** The registers of one world, wherever they lie at the moment. Values are unsigned. */
export interface Registers {
  gpr(index: number): bigint;
  setGpr(index: number, value: bigint): void;
  rip: bigint;
  rflags: bigint;
  /** 0, 2, 3, 4 or 8: as the processor has it, without read shadows. */
  controlRegister(number: number): bigint;
  setControlRegister(number: number, value: bigint): void;
  segment(index: number): SegmentRegister;
  setSegment(index: number, value: SegmentRegister): void;
  readonly gdtr: TableRegister;
  readonly idtr: TableRegister;
  debugRegister(number: number): bigint;
  /** undefined when there is no such MSR. */
  msr(number: number): bigint | undefined;
  setMsr(number: number, value: bigint): void;
  /** Of the x87 and vector units. */
  readonly units: UnitRegisters;
}

/** MSRs that whoever runs a world keeps for it, outside of the processor. */
export interface KeptMsrs {
  /** undefined: it keeps none of that number. */
  read(number: number): bigint | undefined;
  /** @throws RangeError or Fault for a value that it does not take */
  write(number: number, value: bigint): void;
}

/** How code runs in a world: mode, privilege, width. */
export interface Mode {
  readonly name: 'real' | 'virtual-8086' | 'protected' | 'compatibility' | '64-bit';
  readonly ring: number;
  readonly bits: 16 | 32 | 64;
}

/** Whether IA-32e mode is active: 64-bit or compatibility mode. */
export function isLongMode(registers: Registers): boolean {
  return ((registers.msr(Msr.EFER) ?? 0n) & WideEfer.LMA) !== 0n;
}

/** How code is decoded: CS.D, CS.L, IA-32e mode. */
function codeBits(registers: Registers): 16 | 32 | 64 {
  const rights = registers.segment(1).accessRights;
  if (rights & 0x2000 && isLongMode(registers)) return 64;
  return rights & 0x4000 ? 32 : 16;
}

export function modeOf(registers: Registers): Mode {
  const ring = (registers.segment(2).accessRights >> 5) & 3;
  const long = isLongMode(registers);
  const bits = codeBits(registers);
  if (!(registers.controlRegister(0) & 1n)) return { name: 'real', ring: 0, bits };
  if (registers.rflags & 0x20000n) return { name: 'virtual-8086', ring: 3, bits };
  if (!long) return { name: 'protected', ring, bits };
  return { name: bits === 64 ? '64-bit' : 'compatibility', ring, bits };
}

/** The processor's own registers: those of the world that runs. */
export class LiveRegisters implements Registers {
  constructor(
    private readonly cpu: Processor,
    private readonly kept?: KeptMsrs,
  ) {}

  gpr(index: number): bigint {
    return this.cpu.state.gpr(index);
  }

  setGpr(index: number, value: bigint): void {
    this.cpu.state.setGpr(index, value);
  }

  get rip(): bigint {
    return this.cpu.state.rip;
  }

  set rip(value: bigint) {
    this.cpu.state.rip = value;
  }

  get rflags(): bigint {
    return this.cpu.state.rflags;
  }

  set rflags(value: bigint) {
    this.cpu.state.rflags = value;
  }

  controlRegister(number: number): bigint {
    const { state, guestMode } = this.cpu;
    if (number === 8) return guestMode.taskPriority() ?? state.cr8;
    return { 0: state.cr0, 2: state.cr2, 3: state.cr3, 4: state.cr4 }[number] ?? state.cr8;
  }

  setControlRegister(number: number, value: bigint): void {
    writeControlRegister(this.cpu, number, value);
  }

  segment(index: number): SegmentRegister {
    return this.cpu.state.segment(index);
  }

  setSegment(index: number, value: SegmentRegister): void {
    this.cpu.state.setSegment(index, value);
    this.cpu.updateDerivedState();
  }

  get gdtr(): TableRegister {
    return this.cpu.state.gdtr;
  }

  get idtr(): TableRegister {
    return this.cpu.state.idtr;
  }

  debugRegister(number: number): bigint {
    return this.cpu.state.dr[number] ?? 0n;
  }

  msr(number: number): bigint | undefined {
    try {
      return this.kept?.read(number) ?? readMsr(this.cpu, number);
    } catch {
      return undefined; // #GP: no such MSR
    }
  }

  setMsr(number: number, value: bigint): void {
    if (this.kept?.read(number) === undefined) writeMsr(this.cpu, number, value);
    else this.kept.write(number, value);
  }

  get units(): UnitRegisters {
    return new UnitRegisters(this.cpu);
  }
}

/** The paging of a world, by its registers. */
export function pagingOf(registers: Registers): PagingState {
  const cr0 = registers.controlRegister(0);
  const efer = registers.msr(Msr.EFER) ?? 0n;
  return {
    cr0,
    cr3: registers.controlRegister(3),
    cr4: registers.controlRegister(4),
    efer,
    paging: (cr0 & (1n << 31n)) !== 0n,
    longMode: (efer & WideEfer.LMA) !== 0n,
    systemFlags: registers.rflags,
    pdptes: [],
  };
}

/** CS base + RIP, as fetches compute it. */
export function linearRip(registers: Registers): bigint {
  if (codeBits(registers) === 64) return registers.rip;
  return (registers.segment(1).base + registers.rip) & 0xffffffffn;
}
