import type { TableOrigin } from '../reasons/tables';
import { AccessRights } from '../../isa/access-rights';
import { Cr0, Cr4, Efer } from '../../isa/registers/control';
import { DR7_ENABLES } from '../../isa/registers/debug';
import { Rflags, RFLAGS_FIXED, STATUS_FLAGS } from '../../isa/registers/flags';
import { Msr } from '../../isa/registers/msr';
import { CS, SS, Segment, State, Table, Units, gprSlot, segmentSlot, wordOf } from './layout';
import { DEFAULT_PROFILE } from '../profile/default';
import type { Profile } from '../profile/profile';
import { readStatusFlags, writeStatusFlags } from './status-flags';

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

/** What MONITOR watches: a line of host-physical memory, and what it held. */
export interface MonitoredLine {
  readonly address: number;
  readonly contents: readonly bigint[];
}

/** Where model-specific registers are kept that are plain storage and have no slot. */
export interface MsrStore extends Iterable<[number, bigint]> {
  get(number: number): bigint | undefined;
  set(number: number, value: bigint): unknown;
  clear(): void;
}

const LOW32 = 0xffffffffn;
const DR7_ENABLES_LOW = Number(DR7_ENABLES);
const STATUS_FLAGS_LOW = Number(STATUS_FLAGS);
const FIXED_LOW = Number(RFLAGS_FIXED);

const carry = (low: number): number => (low > 0xffffffff ? 1 : 0);

export type ActivityState = 'active' | 'hlt' | 'mwait' | 'shutdown' | 'wait-for-SIPI';

/** Model-specific registers that have a slot of their own. */
const MSR_SLOTS: ReadonlyMap<number, number> = new Map([
  [Msr.DEBUGCTL, State.IA32_DEBUGCTL],
  [Msr.SYSENTER_CS, State.IA32_SYSENTER_CS],
  [Msr.SYSENTER_ESP, State.IA32_SYSENTER_ESP],
  [Msr.SYSENTER_EIP, State.IA32_SYSENTER_EIP],
  [Msr.PAT, State.IA32_PAT],
]);

/** Where the slots of `layout.ts` are: a memory of at least 4 KBytes, seen in different ways. */
export interface RegisterWindow {
  readonly view: DataView;
  /** The memory as 32-bit words; see `wordOf`. */
  readonly words: Int32Array;
  /** The slots of `State`, all of them, as bytes. */
  readonly slots: Uint8Array;
  /** RAX … R15, in encoding order. */
  readonly gprs: BigUint64Array;
  /** DR0 … DR7 (4 and 5 unused). */
  readonly dr: BigUint64Array;
  /** The PDPTE registers of PAE paging (SDM 3A 4.4.1). */
  readonly pdptes: BigUint64Array;
  /** The registers of the x87 and vector units, as `Units` lays them out. */
  readonly units: Uint8Array;
}

/** The window at the beginning of a view. */
export function registerWindow(view: DataView): RegisterWindow {
  const { buffer, byteOffset: start, byteLength } = view;
  return {
    view,
    words: new Int32Array(buffer, start, byteLength >>> 2),
    slots: new Uint8Array(buffer, start + State.GPR, State.END - State.GPR),
    gprs: new BigUint64Array(buffer, start + State.GPR, 16),
    dr: new BigUint64Array(buffer, start + State.DR, 8),
    pdptes: new BigUint64Array(buffer, start + State.PDPTES, 4),
    units: new Uint8Array(buffer, start + Units.VECTOR, Units.END - Units.VECTOR),
  };
}

/**
 * The registers of one processor. Most lie in the WebAssembly memory, where instructions and the
 * transitions of guest mode find them (`layout.ts`); the rest is here.
 */
export class CpuState implements RegisterWindow {
  /** Where the slots are at present; see `RegisterWindow`. */
  view: DataView;
  words: Int32Array;
  slots: Uint8Array;
  gprs: BigUint64Array;
  dr: BigUint64Array;
  pdptes: BigUint64Array;
  units: Uint8Array;
  /** Model-specific registers that are plain storage and have no slot, by number. */
  private msrs: MsrStore = new Map<number, bigint>();
  /** What was loaded into GDTR and IDTR, and from where: for people, no part of the state. */
  readonly tableOrigins: { gdtr?: TableOrigin; idtr?: TableOrigin } = {};
  /** Its number among the processors of its computer, which is its initial APIC identifier, and how many there are. */
  place = { number: 0, of: 1 };
  activity: ActivityState = 'active';
  monitored: MonitoredLine | undefined;
  /** The generator behind RDRAND and RDSEED. */
  random = 0n;
  /** What holds off interrupts for one instruction (SDM 3A 6.8.3; 3C table 25-3). */
  interruptShadow: 'none' | 'sti' | 'mov-ss' = 'none';
  nmiBlocked = false;
  /** The present instruction has loaded RF, which therefore is not over with it (SDM 3B 18.3.1.1). */
  loadsRf = false;
  /** The present instruction has seen to its single-step trap itself. */
  tracesItself = false;
  /** Debug exceptions that are due before the next instruction, with the bits of DR6 (SDM 3C 25.4.2). */
  pendingDebug = 0;

  constructor(
    window: RegisterWindow,
    readonly profile: Profile = DEFAULT_PROFILE,
  ) {
    this.view = window.view;
    this.words = window.words;
    this.slots = window.slots;
    this.gprs = window.gprs;
    this.dr = window.dr;
    this.pdptes = window.pdptes;
    this.units = window.units;
  }

  /** The slots lie elsewhere from now on, with what they hold. */
  moveTo(window: RegisterWindow): void {
    window.slots.set(this.slots);
    window.units.set(this.units);
    Object.assign(this, window);
  }

  /** From now on they are kept elsewhere, with the values that they have there. */
  keepMsrsIn(store: MsrStore): void {
    this.msrs = store;
  }

  get physicalAddressWidth(): number {
    return this.profile.physicalAddressWidth;
  }

  get isAmd(): boolean {
    return this.profile.isAmd;
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

  /** RIP of the next instruction, while a slow path executes one. */
  get nextRip(): bigint {
    return this.slot(State.NEXT_RIP);
  }

  set nextRip(value: bigint) {
    this.setSlot(State.NEXT_RIP, value);
  }

  /**
   * RIP for an instruction that is about to be executed in TypeScript, and for the one after it.
   * @param offset the instruction's offset to RIP_BASE
   */
  beginInstruction(offset: number, length: number): void {
    const { words } = this;
    const rip = wordOf(State.RIP);
    const base = wordOf(State.RIP_BASE);
    const next = wordOf(State.NEXT_RIP);
    const low = ((words[base] ?? 0) >>> 0) + offset;
    const high = (words[base + 1] ?? 0) + carry(low);
    words[rip] = low;
    words[rip + 1] = high;
    const after = (low >>> 0) + length;
    words[next] = after;
    words[next + 1] = this.codeBits === 64 ? high + carry(after) : 0;
  }

  /** RIP becomes that of the next instruction. */
  endInstruction(): void {
    const { words } = this;
    words[wordOf(State.RIP)] = words[wordOf(State.NEXT_RIP)] ?? 0;
    words[wordOf(State.RIP) + 1] = words[wordOf(State.NEXT_RIP) + 1] ?? 0;
  }

  get rflags(): bigint {
    return (this.slot(State.SYSTEM_FLAGS) & ~LOW32) | BigInt(this.flags >>> 0);
  }

  set rflags(value: bigint) {
    this.systemFlags = value;
    this.setStatusFlags(Number(value & LOW32));
  }

  /** RFLAGS without the status flags, which is cheap to read. */
  get systemFlags(): bigint {
    return this.slot(State.SYSTEM_FLAGS);
  }

  set systemFlags(value: bigint) {
    this.setSlot(State.SYSTEM_FLAGS, (value & ~STATUS_FLAGS) | RFLAGS_FIXED);
  }

  /** The low 32 bits of RFLAGS, where all its flags are. */
  get flags(): number {
    return this.low(State.SYSTEM_FLAGS) | readStatusFlags(this.words);
  }

  /** The upper 32 bits become 0, as they always are. */
  set flags(value: number) {
    this.words[wordOf(State.SYSTEM_FLAGS)] = (value & ~STATUS_FLAGS_LOW) | FIXED_LOW;
    this.words[wordOf(State.SYSTEM_FLAGS) + 1] = 0;
    this.setStatusFlags(value);
  }

  /** Whether one of these flags is set; not for the status flags. */
  hasFlag(mask: number): boolean {
    return (this.low(State.SYSTEM_FLAGS) & mask) !== 0;
  }

  get cr0(): bigint {
    return this.slot(State.CR0);
  }

  set cr0(value: bigint) {
    this.setSlot(State.CR0, value);
  }

  /** Whether one of these bits of CR0 is set. */
  hasCr0(mask: number): boolean {
    return (this.low(State.CR0) & mask) !== 0;
  }

  get cr2(): bigint {
    return this.slot(State.CR2);
  }

  set cr2(value: bigint) {
    this.setSlot(State.CR2, value);
  }

  get cr3(): bigint {
    return this.slot(State.CR3);
  }

  set cr3(value: bigint) {
    this.setSlot(State.CR3, value);
  }

  get cr4(): bigint {
    return this.slot(State.CR4);
  }

  set cr4(value: bigint) {
    this.setSlot(State.CR4, value);
  }

  /** Whether one of these bits of CR4 is set. */
  hasCr4(mask: number): boolean {
    return (this.low(State.CR4) & mask) !== 0;
  }

  get pkru(): bigint {
    return this.slot(Units.PKRU);
  }

  get cr8(): bigint {
    return this.slot(State.CR8);
  }

  set cr8(value: bigint) {
    this.setSlot(State.CR8, value);
  }

  get efer(): bigint {
    return this.slot(State.EFER);
  }

  set efer(value: bigint) {
    this.setSlot(State.EFER, value);
  }

  get gdtr(): TableRegister {
    return this.table(State.GDTR);
  }

  set gdtr(value: TableRegister) {
    this.setTable(State.GDTR, value);
  }

  get idtr(): TableRegister {
    return this.table(State.IDTR);
  }

  set idtr(value: TableRegister) {
    this.setTable(State.IDTR, value);
  }

  private table(slot: number): TableRegister {
    return { base: this.slot(slot + Table.BASE), limit: this.low(slot + Table.LIMIT) >>> 0 };
  }

  private setTable(slot: number, { base, limit }: TableRegister): void {
    this.setSlot(slot + Table.BASE, base);
    this.setWord(slot + Table.LIMIT, limit);
  }

  /** A model-specific register that is plain storage. */
  msr(number: number): bigint {
    const slot = MSR_SLOTS.get(number);
    return slot === undefined
      ? (this.msrs.get(number) ?? this.profile.msrReset(number))
      : this.slot(slot);
  }

  setMsr(number: number, value: bigint): void {
    const slot = MSR_SLOTS.get(number);
    if (slot === undefined) this.msrs.set(number, value);
    else this.setSlot(slot, value);
  }

  /** Those that are plain storage and were written to, by rising number. */
  storedMsrs(): (readonly [number, bigint])[] {
    const inSlots = [...MSR_SLOTS].map(([number, slot]) => [number, this.slot(slot)] as const);
    return [...this.msrs, ...inSlots].sort(([a], [b]) => a - b);
  }

  /** All of them hold what they hold after reset. */
  resetMsrs(): void {
    this.msrs.clear();
    for (const [number, slot] of MSR_SLOTS) this.setSlot(slot, this.profile.msrReset(number));
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
    return (this.low(State.EFER) & Efer.LMA) !== 0;
  }

  /** Unaligned accesses raise #AC: CR0.AM, RFLAGS.AC and ring 3 (SDM 3A 6.15, interrupt 17). */
  get checksAlignment(): boolean {
    return this.hasCr0(Cr0.AM) && this.hasFlag(Rflags.AC) && this.cpl === 3;
  }

  /** A breakpoint of the debug registers is enabled: L0 to G3 of DR7 (SDM 3B 18.2.4). */
  get hasBreakpoints(): boolean {
    return (this.low(State.DR + 7 * 8) & DR7_ENABLES_LOW) !== 0;
  }

  /** Every access to data has to be looked at. */
  get watchesData(): boolean {
    return this.checksAlignment || this.hasBreakpoints;
  }

  get protectedMode(): boolean {
    return this.hasCr0(Cr0.PE);
  }

  get virtual8086(): boolean {
    return this.hasFlag(Rflags.VM);
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
    return this.hasCr0(Cr0.PG);
  }

  /** PAE paging, which has its PDPTEs in registers (SDM 3A 4.4.1). */
  get usesPdptes(): boolean {
    return this.paging && this.hasCr4(Cr4.PAE) && !this.longMode;
  }

  /** The low 32 bits of a slot. */
  private low(slot: number): number {
    return this.words[wordOf(slot)] ?? 0;
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

  /** Sets the six status flags as they stand in a value of RFLAGS; the others stay. */
  setStatusFlags(flags: number): void {
    writeStatusFlags(this.words, flags);
  }
}
