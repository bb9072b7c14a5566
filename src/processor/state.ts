import { DEFAULT_PROFILE } from './profile/default';
import type { Profile } from './profile/profile';
import { RESET } from '../isa/reset';
import { AccessRights } from '../isa/access-rights';
import { WideCr0, WideEfer } from '../isa/registers/control';
import { RFLAGS_FIXED, STATUS_FLAGS, WideRflags } from '../isa/registers/flags';
import { CS, SEGMENT_SIZE, SS, Segment, State, gprSlot, segmentSlot } from './layout';

/** A segment register with its hidden part. Access rights in VMX format (SDM 3C 25.4.1). */
export interface SegmentRegister {
  selector: number;
  base: bigint;
  limit: number;
  accessRights: number;
}

/** GDTR or IDTR. */
export interface TableRegister {
  base: bigint;
  limit: number;
}

/** In the access rights: the segment register holds no usable segment. */
export const { UNUSABLE } = AccessRights;

export type ActivityState = 'active' | 'hlt' | 'shutdown' | 'wait-for-SIPI';

/**
 * The registers of one processor. General registers, RIP, flags and segment registers lie in the
 * WebAssembly memory, where instructions find them; the rest is here.
 */
export class CpuState {
  cr0 = RESET.cr0;
  cr2 = 0n;
  cr3 = 0n;
  cr4 = 0n;
  cr8 = 0n;
  efer = 0n;
  gdtr: TableRegister = { ...RESET.table };
  idtr: TableRegister = { ...RESET.table };
  /** The PDPTE registers of PAE paging (SDM 3A 4.4.1). */
  pdptes: [bigint, bigint, bigint, bigint] = [0n, 0n, 0n, 0n];
  /** DR0 … DR7 (4 and 5 unused). */
  dr: bigint[] = [0n, 0n, 0n, 0n, 0n, 0n, RESET.dr6, RESET.dr7];
  /** Model-specific registers that are plain storage, by number. */
  readonly msrs = new Map<number, bigint>();
  activity: ActivityState = 'active';
  /** What holds off interrupts for one instruction (SDM 3A 6.8.3; 3C table 25-3). */
  interruptShadow: 'none' | 'sti' | 'mov-ss' = 'none';
  nmiBlocked = false;

  constructor(
    private readonly view: DataView,
    readonly profile: Profile = DEFAULT_PROFILE,
  ) {}

  get physicalAddressWidth(): number {
    return this.profile.physicalAddressWidth;
  }

  gpr(index: number): bigint {
    return this.view.getBigUint64(gprSlot(index), true);
  }

  setGpr(index: number, value: bigint): void {
    this.view.setBigUint64(gprSlot(index), value, true);
  }

  get rip(): bigint {
    return this.view.getBigUint64(State.RIP, true);
  }

  set rip(value: bigint) {
    this.view.setBigUint64(State.RIP, value, true);
  }

  get rflags(): bigint {
    return this.status() | this.slot(State.SYSTEM_FLAGS);
  }

  set rflags(value: bigint) {
    this.setSlot(State.SYSTEM_FLAGS, (value & ~STATUS_FLAGS) | RFLAGS_FIXED);
    this.setStatus(value);
  }

  /** RFLAGS without the status flags, which is cheap to read. */
  get systemFlags(): bigint {
    return this.slot(State.SYSTEM_FLAGS);
  }

  set systemFlags(value: bigint) {
    this.setSlot(State.SYSTEM_FLAGS, (value & ~STATUS_FLAGS) | RFLAGS_FIXED);
  }

  segment(index: number): SegmentRegister {
    const slot = segmentSlot(index);
    return {
      selector: this.view.getUint16(slot + Segment.SELECTOR, true),
      base: this.slot(slot + Segment.BASE),
      limit: this.view.getUint32(slot + Segment.LIMIT, true),
      accessRights: this.view.getUint32(slot + Segment.ACCESS_RIGHTS, true),
    };
  }

  /** Loads a segment register as it stands. Whoever calls sees to the derived state. */
  setSegment(index: number, register: SegmentRegister): void {
    const slot = segmentSlot(index);
    this.view.setUint16(slot + Segment.SELECTOR, register.selector, true);
    this.setSlot(slot + Segment.BASE, register.base);
    this.view.setUint32(slot + Segment.LIMIT, register.limit, true);
    this.view.setUint32(slot + Segment.ACCESS_RIGHTS, register.accessRights, true);
  }

  selector(index: number): number {
    return this.view.getUint16(segmentSlot(index) + Segment.SELECTOR, true);
  }

  accessRights(index: number): number {
    return this.view.getUint32(segmentSlot(index) + Segment.ACCESS_RIGHTS, true);
  }

  /** The current privilege level: the DPL of SS (SDM 3C 25.4.1). */
  get cpl(): number {
    return (this.accessRights(SS) & AccessRights.DPL) >> AccessRights.DPL_SHIFT;
  }

  /** EFER.LMA: IA-32e mode is active. */
  get longMode(): boolean {
    return (this.efer & WideEfer.LMA) !== 0n;
  }

  /** Unaligned accesses raise #AC: CR0.AM, RFLAGS.AC and ring 3 (SDM 3A 6.15, interrupt 17). */
  get checksAlignment(): boolean {
    const mask = (this.cr0 & WideCr0.AM) !== 0n;
    return mask && (this.systemFlags & WideRflags.AC) !== 0n && this.cpl === 3;
  }

  get protectedMode(): boolean {
    return (this.cr0 & WideCr0.PE) !== 0n;
  }

  get virtual8086(): boolean {
    return (this.systemFlags & WideRflags.VM) !== 0n;
  }

  /** Real-address or virtual-8086 mode: a selector is a paragraph. */
  get realStyleSegments(): boolean {
    return !this.protectedMode || this.virtual8086;
  }

  /** 16, 32 or 64: how code is decoded now (CS.D, CS.L, IA-32e mode). */
  get codeBits(): 16 | 32 | 64 {
    const rights = this.accessRights(CS);
    if (this.longMode && rights & AccessRights.L) return 64;
    return rights & AccessRights.DB ? 32 : 16;
  }

  get paging(): boolean {
    return (this.cr0 & WideCr0.PG) !== 0n;
  }

  slot(address: number): bigint {
    return this.view.getBigUint64(address, true);
  }

  setSlot(address: number, value: bigint): void {
    this.view.setBigUint64(address, value, true);
  }

  setWord(address: number, value: number): void {
    this.view.setUint32(address, value, true);
  }

  /** A copy of the slots that instructions touch, for snapshots. */
  copySlots(): Uint8Array {
    const length = State.SEGMENTS + 8 * SEGMENT_SIZE - State.GPR;
    return new Uint8Array(this.view.buffer, State.GPR, length).slice();
  }

  restoreSlots(slots: Uint8Array): void {
    new Uint8Array(this.view.buffer, State.GPR, slots.length).set(slots);
  }

  /** The encoding that semantics/flags.ts documents, read. */
  private status(): bigint {
    const result = this.slot(State.FLAG_RESULT);
    const sign = this.slot(State.FLAG_SIGN);
    const a = this.slot(State.CARRY_A);
    const b = this.slot(State.CARRY_B);
    const c = this.slot(State.CARRY_C);
    const cf = ((a & b) | ((a | b) & ~c)) >> 63n;
    const of = ((a ^ c) & (b ^ c)) >> 63n;
    let low = Number(sign & 0xffn);
    low ^= low >> 4;
    low ^= low >> 2;
    low ^= low >> 1;
    const pf = low & 1 ? 0n : 4n;
    const zf = result === 0n ? 0x40n : 0n;
    return (cf & 1n) | pf | ((a ^ b ^ c) & 0x10n) | zf | ((sign >> 63n) << 7n) | ((of & 1n) << 11n);
  }

  /** The same, written. */
  private setStatus(flags: bigint): void {
    const bit = (n: bigint): bigint => (flags >> n) & 1n;
    this.setSlot(State.FLAG_RESULT, bit(6n) ^ 1n);
    this.setSlot(State.FLAG_SIGN, (bit(7n) << 63n) | (bit(2n) ^ 1n));
    this.setSlot(State.CARRY_A, bit(0n) << 63n);
    this.setSlot(State.CARRY_B, bit(0n) << 63n);
    this.setSlot(State.CARRY_C, ((bit(0n) ^ bit(11n)) << 63n) | (bit(4n) << 4n));
  }
}
