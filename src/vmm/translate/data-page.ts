import { WideRflags } from '../../isa/registers/flags';
import type { PhysicalMemory } from '../../processor/physical-memory';
import type { CpuState } from '../../processor/state/cpu-state';

/** Where what translated code uses lies in the monitor's page of data. */
export const Data = {
  /** Two registers of the guest's that helper instructions use, as long as they do. */
  SPILL: [0x00, 0x08],
  /** Where an indirect branch leads. */
  TARGET: 0x10,
  /** The virtual IF, where RFLAGS has it: 0 or 200H. */
  IF: 0x18,
  /** The virtual IOPL, where RFLAGS has it, less the IF that the processor really has. */
  IOPL_LESS_IF: 0x20,
  /** Whether an interrupt waits for the virtual IF: 0 or 1. */
  PENDING: 0x28,
  CR: { 0: 0x30, 2: 0x38, 3: 0x40, 4: 0x48, 8: 0x50 },
  /** Whether the local APIC has a request, which a lower task priority may let through: 0 or 1. */
  REQUESTS: 0x58,
  /** A value that is looked at byte by byte; zeros follow it. */
  VALUE: 0x60,
  /** What POPF has to do, by bits 8 to 15 of the flags that it loads: a byte each. */
  POPF: 0x100,
  /** Whether a byte is no task priority for CR8: a byte each, 0 or 1. */
  NO_PRIORITY: 0x200,
  /** Where indirect branches go, by the lowest 8 bits of their target: 8 bytes each. */
  LOOKUP: 0x800,
} as const;

export const LOOKUP_ENTRIES = 256;

/** What POPF has to do. */
export const PopfClass = {
  CLEARS_IF: 0,
  SETS_IF: 1,
  /** TF, or another IOPL: that is for the monitor. */
  SPECIAL: 2,
} as const;

const { IF, IOPL, TF } = WideRflags;

/** The monitor's page of data, of which translated code reads and writes what of a processor it may not have. */
export class DataPage {
  constructor(
    private readonly memory: PhysicalMemory,
    /** Host-physical. */
    readonly frame: number,
  ) {}

  read(offset: number): bigint {
    return this.memory.read64(this.frame + offset);
  }

  write(offset: number, value: bigint): void {
    if (this.read(offset) !== value) this.memory.write64(this.frame + offset, value);
  }

  /** The virtual IF and IOPL, as bits of RFLAGS. */
  get flags(): bigint {
    return this.read(Data.IF) | ((this.read(Data.IOPL_LESS_IF) + IF) & IOPL);
  }

  /**
   * What translated code has to find before the guest is entered.
   *
   * @param pending whether an interrupt waits for IF
   * @param requests whether the local APIC has any request
   */
  fill(virtual: CpuState, pending: boolean, requests: boolean): void {
    const { rflags } = virtual;
    this.write(Data.IF, rflags & IF);
    this.write(Data.PENDING, pending ? 1n : 0n);
    this.write(Data.CR[0], virtual.cr0);
    this.write(Data.CR[2], virtual.cr2);
    this.write(Data.CR[3], virtual.cr3);
    this.write(Data.CR[4], virtual.cr4);
    this.write(Data.CR[8], virtual.cr8);
    this.write(Data.REQUESTS, requests ? 1n : 0n);
    this.setIopl(rflags & IOPL);
  }

  private setIopl(iopl: bigint): void {
    const word = BigInt.asUintN(64, iopl - IF);
    if (this.read(Data.IOPL_LESS_IF) === word) return;
    this.memory.write64(this.frame + Data.IOPL_LESS_IF, word);
    for (let high = 0; high < 256; high++) {
      this.memory.write8(this.frame + Data.POPF + high, popfClass(BigInt(high) << 8n, iopl));
      this.memory.write8(this.frame + Data.NO_PRIORITY + high, high > 15 ? 1 : 0);
    }
  }

  lookup(low: number): bigint {
    return this.read(Data.LOOKUP + low * 8);
  }

  /** The linear address where indirect branches go whose target has these lowest 8 bits. */
  setLookup(low: number, address: bigint): void {
    this.write(Data.LOOKUP + low * 8, address);
  }
}

function popfClass(flags: bigint, iopl: bigint): number {
  if (flags & TF || (flags & IOPL) !== iopl) return PopfClass.SPECIAL;
  return flags & IF ? PopfClass.SETS_IF : PopfClass.CLEARS_IF;
}
