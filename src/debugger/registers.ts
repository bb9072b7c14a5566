import { Field } from '../isa/vmx/fields';
import { Msr } from '../isa/registers/msr';
import type { Processor } from '../processor/processor';
import { readMsr, writeMsr } from '../processor/system/msr';
import { writeControlRegister } from '../processor/system/control-registers';
import type { SegmentRegister, TableRegister } from '../processor/state';
import { UNUSABLE } from '../processor/state';
import { GUEST_SEGMENT_FIELDS, HOST_SELECTOR_FIELDS } from '../processor/vmx/segment-fields';
import type { Vmcs } from '../processor/vmx/vmcs';

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
}

const EFER_LMA = 1n << 10n;

/** How code runs in a world: mode, privilege, width. */
export interface Mode {
  readonly name: 'real' | 'virtual-8086' | 'protected' | 'compatibility' | '64-bit';
  readonly ring: number;
  readonly bits: 16 | 32 | 64;
}

export function modeOf(registers: Registers): Mode {
  const rights = registers.segment(1).accessRights;
  const ring = (registers.segment(2).accessRights >> 5) & 3;
  const long = ((registers.msr(Msr.EFER) ?? 0n) & EFER_LMA) !== 0n;
  const bits = long && rights & 0x2000 ? 64 : rights & 0x4000 ? 32 : 16;
  if (!(registers.controlRegister(0) & 1n)) return { name: 'real', ring: 0, bits };
  if (registers.rflags & 0x20000n) return { name: 'virtual-8086', ring: 3, bits };
  if (!long) return { name: 'protected', ring, bits };
  return { name: bits === 64 ? '64-bit' : 'compatibility', ring, bits };
}

/** The processor's own registers: those of the world that runs. */
export class LiveRegisters implements Registers {
  constructor(private readonly cpu: Processor) {}

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
    const { state } = this.cpu;
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
      return readMsr(this.cpu, number);
    } catch {
      return undefined; // #GP: no such MSR
    }
  }

  setMsr(number: number, value: bigint): void {
    writeMsr(this.cpu, number, value);
  }
}

const IN_GUEST_AREA: ReadonlyMap<number, Field> = new Map([
  [Msr.EFER, Field.GUEST_IA32_EFER],
  [Msr.FS_BASE, Field.GUEST_FS_BASE],
  [Msr.GS_BASE, Field.GUEST_GS_BASE],
  [Msr.SYSENTER_CS, Field.GUEST_SYSENTER_CS],
  [Msr.SYSENTER_ESP, Field.GUEST_SYSENTER_ESP],
  [Msr.SYSENTER_EIP, Field.GUEST_SYSENTER_EIP],
]);

/**
 * A guest's registers while its monitor runs: in the guest-state area of the VMCS, and in the
 * monitor's save area for those that hardware does not switch. Until the monitor has saved them,
 * they are still in the processor.
 */
export class SavedGuestRegisters implements Registers {
  constructor(
    private readonly cpu: Processor,
    private readonly vmcs: Vmcs,
    /** Host-physical address of the save area; undefined while the registers are in the processor. */
    private readonly saveArea: number | undefined,
  ) {}

  gpr(index: number): bigint {
    if (index === 4) return this.vmcs.read(Field.GUEST_RSP);
    if (this.saveArea === undefined) return this.cpu.state.gpr(index);
    return this.cpu.physical.read64(this.saveArea + index * 8);
  }

  setGpr(index: number, value: bigint): void {
    if (index === 4) this.vmcs.write(Field.GUEST_RSP, value);
    else if (this.saveArea === undefined) this.cpu.state.setGpr(index, value);
    else this.cpu.physical.write64(this.saveArea + index * 8, value);
  }

  get rip(): bigint {
    return this.vmcs.read(Field.GUEST_RIP);
  }

  set rip(value: bigint) {
    this.vmcs.write(Field.GUEST_RIP, value);
  }

  get rflags(): bigint {
    return this.vmcs.read(Field.GUEST_RFLAGS);
  }

  set rflags(value: bigint) {
    this.vmcs.write(Field.GUEST_RFLAGS, value);
  }

  controlRegister(number: number): bigint {
    const field = GUEST_CR[number];
    if (field !== undefined) return this.vmcs.read(field);
    return number === 2 ? this.cpu.state.cr2 : this.cpu.state.cr8; // hardware does not switch these
  }

  setControlRegister(number: number, value: bigint): void {
    const field = GUEST_CR[number];
    if (field !== undefined) this.vmcs.write(field, value);
    else if (number === 2) this.cpu.state.cr2 = value;
  }

  segment(index: number): SegmentRegister {
    const fields = GUEST_SEGMENT_FIELDS[index];
    if (!fields) throw new RangeError(`segment ${String(index)}`);
    return {
      selector: this.vmcs.readNumber(fields.selector),
      base: this.vmcs.read(fields.base),
      limit: this.vmcs.readNumber(fields.limit),
      accessRights: this.vmcs.readNumber(fields.accessRights),
    };
  }

  setSegment(index: number, value: SegmentRegister): void {
    const fields = GUEST_SEGMENT_FIELDS[index];
    if (!fields) throw new RangeError(`segment ${String(index)}`);
    this.vmcs.write(fields.selector, value.selector);
    this.vmcs.write(fields.base, value.base);
    this.vmcs.write(fields.limit, value.limit);
    this.vmcs.write(fields.accessRights, value.accessRights);
  }

  get gdtr(): TableRegister {
    return {
      base: this.vmcs.read(Field.GUEST_GDTR_BASE),
      limit: this.vmcs.readNumber(Field.GUEST_GDTR_LIMIT),
    };
  }

  get idtr(): TableRegister {
    return {
      base: this.vmcs.read(Field.GUEST_IDTR_BASE),
      limit: this.vmcs.readNumber(Field.GUEST_IDTR_LIMIT),
    };
  }

  debugRegister(number: number): bigint {
    return number === 7 ? this.vmcs.read(Field.GUEST_DR7) : (this.cpu.state.dr[number] ?? 0n);
  }

  msr(number: number): bigint | undefined {
    const field = IN_GUEST_AREA.get(number);
    if (field !== undefined) return this.vmcs.read(field);
    return new LiveRegisters(this.cpu).msr(number); // the monitor leaves these in the processor
  }

  setMsr(number: number, value: bigint): void {
    const field = IN_GUEST_AREA.get(number);
    if (field !== undefined) this.vmcs.write(field, value);
    else writeMsr(this.cpu, number, value);
  }
}

const GUEST_CR: Readonly<Record<number, Field>> = {
  0: Field.GUEST_CR0,
  3: Field.GUEST_CR3,
  4: Field.GUEST_CR4,
};

const IN_HOST_AREA: ReadonlyMap<number, Field> = new Map([
  [Msr.EFER, Field.HOST_IA32_EFER],
  [Msr.FS_BASE, Field.HOST_FS_BASE],
  [Msr.GS_BASE, Field.HOST_GS_BASE],
  [Msr.SYSENTER_CS, Field.HOST_IA32_SYSENTER_CS],
  [Msr.SYSENTER_ESP, Field.HOST_IA32_SYSENTER_ESP],
  [Msr.SYSENTER_EIP, Field.HOST_IA32_SYSENTER_EIP],
]);

/**
 * The host's registers while the guest runs: what the next VM exit will load from the host-state
 * area. General registers are not in it; the processor holds the guest's.
 */
export class HostAreaRegisters implements Registers {
  constructor(
    private readonly cpu: Processor,
    private readonly vmcs: Vmcs,
  ) {}

  gpr(index: number): bigint {
    return index === 4 ? this.vmcs.read(Field.HOST_RSP) : this.cpu.state.gpr(index);
  }

  setGpr(index: number, value: bigint): void {
    if (index === 4) this.vmcs.write(Field.HOST_RSP, value);
  }

  get rip(): bigint {
    return this.vmcs.read(Field.HOST_RIP);
  }

  set rip(value: bigint) {
    this.vmcs.write(Field.HOST_RIP, value);
  }

  /** A VM exit clears RFLAGS but for bit 1 (SDM 3C 28.5.3). */
  get rflags(): bigint {
    return 2n;
  }

  set rflags(_value: bigint) {
    throw new RangeError('a VM exit always loads 2 into RFLAGS');
  }

  controlRegister(number: number): bigint {
    const field = HOST_CR[number];
    return field !== undefined ? this.vmcs.read(field) : 0n;
  }

  setControlRegister(number: number, value: bigint): void {
    const field = HOST_CR[number];
    if (field !== undefined) this.vmcs.write(field, value);
  }

  segment(index: number): SegmentRegister {
    const field = HOST_SELECTOR_FIELDS[index];
    if (index === 7) {
      return { selector: this.vmcs.readNumber(Field.HOST_TR_SELECTOR), base: this.vmcs.read(Field.HOST_TR_BASE), limit: 0x67, accessRights: 0x8b }; // prettier-ignore
    }
    if (field === undefined) return { selector: 0, base: 0n, limit: 0, accessRights: UNUSABLE };
    const selector = this.vmcs.readNumber(field);
    const base = index === 4 ? this.vmcs.read(Field.HOST_FS_BASE) : index === 5 ? this.vmcs.read(Field.HOST_GS_BASE) : 0n; // prettier-ignore
    const rights = index === 1 ? 0xa09b : selector === 0 ? UNUSABLE : 0xc093;
    return { selector, base, limit: 0xffffffff, accessRights: rights };
  }

  setSegment(index: number, value: SegmentRegister): void {
    const field = HOST_SELECTOR_FIELDS[index];
    if (field !== undefined) this.vmcs.write(field, value.selector);
  }

  get gdtr(): TableRegister {
    return { base: this.vmcs.read(Field.HOST_GDTR_BASE), limit: 0xffff };
  }

  get idtr(): TableRegister {
    return { base: this.vmcs.read(Field.HOST_IDTR_BASE), limit: 0xffff };
  }

  /** A VM exit loads 400H into DR7 and leaves the others alone. */
  debugRegister(number: number): bigint {
    return number === 7 ? 0x400n : (this.cpu.state.dr[number] ?? 0n);
  }

  msr(number: number): bigint | undefined {
    const field = IN_HOST_AREA.get(number);
    if (field !== undefined) return this.vmcs.read(field);
    return new LiveRegisters(this.cpu).msr(number);
  }

  setMsr(number: number, value: bigint): void {
    const field = IN_HOST_AREA.get(number);
    if (field !== undefined) this.vmcs.write(field, value);
    else writeMsr(this.cpu, number, value);
  }
}

const HOST_CR: Readonly<Record<number, Field>> = {
  0: Field.HOST_CR0,
  3: Field.HOST_CR3,
  4: Field.HOST_CR4,
};
