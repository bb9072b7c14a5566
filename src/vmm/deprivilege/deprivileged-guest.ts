import {
  accessRightsOf,
  descriptorBase,
  descriptorLimit,
  descriptorOf,
  Selector,
} from '../../isa/segments';
import { AccessRights, SegmentType } from '../../isa/access-rights';
import { Msr } from '../../isa/registers/msr';
import { Gpr } from '../../isa/registers/general';
import { walk, type Access } from '../../processor/paging/walk';
import type { Persistent } from '../../processor/persistent';
import type { Processor } from '../../processor/processor';
import { isNull, isUsable, nullSegment } from '../../processor/segments/descriptor';
import { loadDataSegment } from '../../processor/segments/load-data';
import { returnToCode } from '../../processor/segments/transfer';
import type { CpuState, SegmentRegister } from '../../processor/state/cpu-state';
import { CS, DS, ES, FS, GS, LDTR, SS } from '../../processor/state/layout';
import type { SoftwareProcessor } from '../emulator/software-processor';
import { accessOf } from '../memory/faulting-access';
import type { GuestPager } from './guest-pager';
import {
  EFER,
  codeSelector,
  cr0For,
  cr4For,
  flagsAfter,
  flagsFor,
  isKernelAsUser,
  stackSelector,
  whoRuns,
} from './deprivileged-registers';
import { isLoadable, obstacle, type Obstacle } from './direct';
import { FIRST_OWN_SELECTOR, TABLE_SIZE, type MonitorTables } from './monitor-tables';
import { ShadowDescriptorTable } from './shadow-descriptor-table';
import { TrapFrame } from './trap-frame';

const DATA_SEGMENTS = [ES, DS, FS, GS] as const;
const READ_ANYTHING: Access = { write: false, execute: false, user: false, unchecked: true };
/** MSRs that instructions of any ring read. */
const READ_ANYWHERE = [Msr.TSC_AUX] as const;
const IRETQ = { interrupt: true, release: 0 };

/** What it keeps outside of the computer. */
export interface DeprivilegedState {
  readonly gdt: number;
  readonly ldt: number;
  /** The selectors with which the guest was entered: ES, CS, SS, DS, FS, GS. */
  readonly entered: readonly number[];
}

/** An IF that guest and monitor share. */
export interface SharedFlag {
  /** The guest's flags with what it has made of its IF there since the monitor looked. */
  flagsWith(flags: bigint): bigint;
  /** Puts the IF of the guest's flags there. */
  show(flags: bigint): void;
}

/** Registers of a guest that the processor has, while the guest runs or at the gate by which it left. */
export interface RealRegisters {
  readonly rip: bigint;
  readonly cs: number;
  readonly rflags: bigint;
  readonly rsp: bigint;
  readonly ss: number;
}

/**
 * The frame of a guest-physical page.
 *
 * @param bring whether RAM gets one that has none; else nothing changes
 */
export type FrameOf = (guestPhysical: bigint, bring: boolean) => number | undefined;

/**
 * A guest that runs on the processor itself, in a ring outside of the one it believes to be in. Its virtual
 * processor's registers are in their area while it does not run; here they become those of the
 * processor, and become virtual again.
 */
export class DeprivilegedGuest implements Persistent<DeprivilegedState> {
  readonly frame: TrapFrame;
  protected readonly gdt: ShadowDescriptorTable;
  protected readonly ldt: ShadowDescriptorTable;
  private entered: number[] = [];
  /** Where the guest changes its IF without a trap: in memory. */
  sharedFlag?: SharedFlag;
  /** The sets of frames that are watched. */
  private watching: readonly ReadonlySet<number>[] = [];

  constructor(
    protected readonly cpu: Processor,
    readonly software: SoftwareProcessor,
    public pager: GuestPager,
    readonly tables: MonitorTables,
    /** Host-physical address of a guest-physical page, where it is memory. */
    protected readonly frameOf: FrameOf,
  ) {
    const { physical } = cpu;
    this.frame = new TrapFrame(physical, tables.stackTop);
    this.gdt = new ShadowDescriptorTable(physical, tables.gdt, FIRST_OWN_SELECTOR);
    this.ldt = new ShadowDescriptorTable(physical, tables.ldt, TABLE_SIZE);
    physical.onWrite((address, length) => {
      this.written(address, length);
    });
  }

  save(): DeprivilegedState {
    return { gdt: this.gdt.save(), ldt: this.ldt.save(), entered: [...this.entered] };
  }

  restore({ gdt, ldt, entered }: DeprivilegedState): void {
    this.gdt.restore(gdt);
    this.ldt.restore(ldt);
    this.entered = [...entered];
    this.watching = [];
  }

  /** The virtual processor's registers, as they are between two of its instructions. */
  get virtual(): CpuState {
    return this.software.state;
  }

  /** The processor has the guest's registers: in place while it runs, in the frame once it has left. */
  get real(): RealRegisters {
    const { cpu, frame } = this;
    const { state } = cpu;
    if (state.cpl === 0) return frame;
    const [cs, ss] = [state.selector(CS), state.selector(SS)];
    return { rip: state.rip, cs, rflags: state.rflags, rsp: state.gpr(Gpr.RSP), ss };
  }

  /** The guest's flags as it would have them: what it could not change is as it was. */
  get flags(): bigint {
    const { real, virtual } = this;
    return flagsAfter(real.rflags, this.withheldFlags, real.rip === virtual.rip);
  }

  /** Flags of which those count that the guest could not change. */
  protected get withheldFlags(): bigint {
    const { rflags } = this.virtual;
    return this.sharedFlag?.flagsWith(rflags) ?? rflags;
  }

  /** The task priority. */
  get cr8(): bigint {
    return this.virtual.cr8;
  }

  set cr8(value: bigint) {
    this.virtual.cr8 = value;
  }

  /** An MSR of the guest's that its local APIC needs: RDTSC is not the monitor's to do, so the time is the processor's. */
  msr(number: number): bigint {
    return this.cpu.state.msr(number);
  }

  /** A general register of the guest's, while the processor has them. */
  gpr(index: number): bigint {
    return index === Gpr.RSP ? this.real.rsp : this.cpu.state.gpr(index);
  }

  /** A segment register of the guest's: what it has not loaded anew is as it was when it was entered. */
  segment(index: number): SegmentRegister {
    const { cpu, virtual } = this;
    const selector = this.selector(index);
    const same = index > GS || selector === this.entered[index];
    const inCode = index === CS || index === SS;
    const loaded = inCode ? (selector & ~3) | virtual.cpl : selector;
    const segment = same ? virtual.segment(index) : this.segmentOf(loaded);
    if (!virtual.longMode || (index !== FS && index !== GS)) return segment;
    return { ...segment, base: cpu.state.segment(index).base };
  }

  /** What the processor has in a segment register, or has pushed of it. */
  private selector(index: number): number {
    if (index === CS) return this.real.cs;
    return index === SS ? this.real.ss : this.cpu.state.selector(index);
  }

  /** General registers, and what else a gate leaves in the processor, go to the virtual processor's area. */
  takeRegisters(): void {
    const { cpu, virtual } = this;
    const { gprs } = cpu.state;
    for (let n = 0; n < gprs.length; n++) if (n !== Gpr.RSP) virtual.setGpr(n, gprs[n] ?? 0n);
    virtual.units.set(cpu.state.units);
    for (const index of DATA_SEGMENTS) virtual.setSegment(index, this.segment(index));
  }

  /** So does what it has pushed: the rest of the registers. */
  takeFrame(): void {
    const { virtual, real, flags } = this;
    const [code, stack] = [this.segment(CS), this.segment(SS)];
    virtual.setSegment(CS, code);
    virtual.setSegment(SS, stack);
    virtual.rip = real.rip;
    virtual.rflags = flags;
    this.sharedFlag?.show(flags);
    virtual.setGpr(Gpr.RSP, real.rsp);
    this.software.changed();
  }

  /** A segment register that has been loaded with a selector, by the guest's own tables. */
  segmentOf(selector: number): SegmentRegister {
    if (isNull(selector)) return nullSegment(selector);
    // Those of the monitor's that are data of ring 3 a guest can load.
    const own = (selector & 0xfff8) >= FIRST_OWN_SELECTOR && !(selector & Selector.TI);
    const low = own ? this.shadowOf(selector) : this.descriptorOf(selector);
    return {
      selector,
      base: descriptorBase(low),
      limit: descriptorLimit(low),
      accessRights: accessRightsOf(low) | SegmentType.ACCESSED,
    };
  }

  /** The guest's descriptor that a selector names, as it stood when it was looked at last. */
  descriptorOf = (selector: number): bigint => {
    const table = selector & Selector.TI ? this.ldt : this.gdt;
    if (!table.isKnown) this.readTables(false);
    return table.original(selector);
  };

  /** The descriptor that the processor finds in its place. */
  shadowOf(selector: number): bigint {
    return (selector & Selector.TI ? this.ldt : this.gdt).shadow(selector);
  }

  /** Why the processor cannot run the guest as it is now. */
  get obstacle(): Obstacle | undefined {
    const { virtual, software } = this;
    if (!virtual.protectedMode) return 'real mode';
    this.followTables();
    return obstacle(virtual, software.isSettled, whoRuns(virtual), this.descriptorOf);
  }

  /** Where the guest's descriptor tables lie. Writes to them are traced from now on. */
  private followTables(): void {
    if (this.pager.seesNoWrites) for (const table of [this.gdt, this.ldt]) table.forget();
    this.readTables(true);
    this.watchFrames();
  }

  /** Sets of frames to which writes have to be seen. */
  protected get traced(): readonly ReadonlySet<number>[] {
    return [this.gdt.traced, this.ldt.traced];
  }

  protected watchFrames(): void {
    const { traced, watching } = this;
    if (traced.length === watching.length && traced.every((each, n) => each === watching[n]))
      return;
    this.watching = traced;
    this.pager.watch(new Set(traced.flatMap((frames) => [...frames])));
  }

  /** The guest's descriptor tables as they are, for whoever looks. @param bring as in `FrameOf` */
  private readTables(bring: boolean): void {
    const { gdt, ldt, virtual } = this;
    const pageOf = (linear: bigint): number | undefined => this.lookUp(linear, bring);
    gdt.follow(virtual.gdtr.base, virtual.gdtr.limit, pageOf);
    const local = virtual.segment(LDTR);
    const hasLocal = isUsable(local.accessRights) && !isNull(local.selector);
    ldt.follow(local.base, hasLocal ? local.limit : -1, pageOf);
  }

  /** Where a page of the guest's lies, by its own tables, without any trace in them. @param bring as in `FrameOf` */
  private lookUp(linear: bigint, bring: boolean): number | undefined {
    const { physical } = this.cpu;
    const frameOf = (address: bigint): number | undefined =>
      this.pager.frameOf ? this.pager.frameOf(address) : this.frameOf(address, bring);
    const entries = {
      entryAddress: (address: bigint) => {
        const frame = frameOf(address & -4096n);
        return frame === undefined ? physical.size : frame + Number(address & 0xfffn);
      },
      read32: (address: number) => physical.read32(address),
      read64: (address: number) => physical.read64(address),
      write32: () => undefined,
      write64: () => undefined,
    };
    const { translation } = walk(this.virtual, entries, linear, READ_ANYTHING, false);
    return translation && frameOf(translation.address & -4096n);
  }

  protected written(address: number, length: number): void {
    for (const table of [this.gdt, this.ldt]) {
      for (const frame of table.traced) {
        if (address < frame + 4096 && frame < address + length) table.forget();
      }
    }
  }

  /** The shadow descriptor tables for whoever runs next. */
  writeDescriptors(): void {
    const { virtual, gdt, ldt, tables, cpu } = this;
    if (!gdt.isKnown || !ldt.isKnown) this.readTables(true);
    const runs = whoRuns(virtual);
    const used = [ES, CS, SS, DS, FS, GS].map((index) => virtual.selector(index));
    const indexes = (ti: number): Set<number> =>
      new Set(used.filter((each) => (each & Selector.TI) === ti).map((each) => each >> 3));
    gdt.write(runs, indexes(0));
    ldt.write(runs, indexes(Selector.TI));
    tables.useLdt(cpu.state, ldt.traced.size > 0);
  }

  /** Host-physical address of the root of the shadow page tables for whoever runs next. */
  get root(): number {
    return this.pager.root(this.virtual, isKernelAsUser(this.virtual));
  }

  /** @param errorCode of the page fault that the processor has met, which knows other rings than the guest */
  walkForAccess(linear: bigint, errorCode: bigint): bigint {
    const access = this.accessOf(errorCode);
    const { translation, fault } = this.pager.walk(this.virtual, linear, access);
    return translation ? translation.address : -1n - BigInt(fault.errorCode);
  }

  fill(linear: bigint, errorCode: bigint): ReturnType<GuestPager['fill']> {
    const { virtual, pager } = this;
    return pager.fill(virtual, linear, this.accessOf(errorCode), isKernelAsUser(virtual));
  }

  /** The processor's ring is not the guest's. */
  private accessOf(errorCode: bigint): Access {
    return { ...accessOf(errorCode), user: this.virtual.cpl === 3 };
  }

  /** CR0, CR4 and the root of the page tables. The TLB is flushed where they say something else than before. */
  loadControls(changed: boolean): void {
    const { cpu, virtual, root } = this;
    const { state } = cpu;
    const [cr0, cr3, cr4] = [cr0For(virtual), BigInt(root), cr4For(virtual)];
    if (!changed && state.cr0 === cr0 && state.cr3 === cr3 && state.cr4 === cr4) return;
    Object.assign(state, { cr0, cr3, cr4, efer: EFER });
    cpu.flushWorld(0);
    cpu.updateDerivedState();
  }

  /** Data segments, general registers and the units: all that IRETQ does not load. */
  loadRegisters(): void {
    const { cpu, virtual } = this;
    const { state } = cpu;
    for (const index of DATA_SEGMENTS) this.loadSegment(index, virtual.segment(index));
    this.loadGeneral();
    if (state.pkru !== virtual.pkru) cpu.mmu.setPkru(virtual.pkru);
    state.units.set(virtual.units);
    for (const number of READ_ANYWHERE) state.setMsr(number, virtual.msr(number));
  }

  private loadSegment(index: number, segment: SegmentRegister): void {
    const { cpu, virtual } = this;
    const selector = this.selectorFor(index, segment);
    loadDataSegment(cpu, index, selector);
    this.entered[index] = selector;
    if (!virtual.longMode || index < FS) return;
    const loaded = cpu.state.segment(index);
    cpu.state.setSegment(index, { ...loaded, base: segment.base });
  }

  /** The selector itself, or one that the monitor has for what the guest's tables do not say (any more). */
  private selectorFor(index: number, segment: SegmentRegister): number {
    const { virtual, tables } = this;
    const { selector, base, limit, accessRights } = segment;
    const wide = virtual.codeBits === 64;
    if (isLoadable(segment, index, wide, whoRuns(virtual), this.descriptorOf)) return selector;
    const descriptor = descriptorOf(base, limit, accessRights | AccessRights.DPL);
    return isUsable(accessRights) && descriptor !== undefined ? tables.cache(index, descriptor) : 0;
  }

  /** The code at the guest's RIP, up to 15 bytes, read without any trace. */
  codeBytes(): Uint8Array {
    const linear = this.segment(CS).base + this.real.rip;
    const bytes: number[] = [];
    for (let n = 0n; n < 15n; n++) {
      const frame = this.lookUp(linear + n, false);
      if (frame === undefined) break;
      bytes.push(this.cpu.physical.read8(frame + Number((linear + n) & 0xfffn)));
    }
    return Uint8Array.from(bytes);
  }

  /**
   * Changes registers of the guest's while the processor has them, or is at the gate with them.
   *
   * @returns whether the processor still has them: with some it could not go on
   */
  edit(change: () => void): boolean {
    const { cpu, frame, real, tables } = this;
    const runs = cpu.state.cpl !== 0;
    if (runs) frame.write(real.rip, real.cs, real.rflags, real.rsp, real.ss);
    this.takeRegisters();
    this.takeFrame();
    change();
    this.sharedFlag?.show(this.virtual.rflags);
    const { obstacle: stopped } = this;
    if (runs) tables.load(cpu.state);
    if (runs && stopped !== undefined) return false;
    if (stopped === undefined) {
      this.prepareEntry();
      this.writeDescriptors();
      this.loadControls(true);
      this.loadRegisters();
    } else {
      this.loadGeneral();
    }
    if (runs) this.enter();
    else this.writeFrame(this.virtual.rip);
    return true;
  }

  /** What else is needed before the guest can be entered with other registers. */
  protected prepareEntry(): void {}

  /** Where the processor goes on for the guest to go on. */
  protected get entryRip(): bigint {
    return this.virtual.rip;
  }

  private loadGeneral(): void {
    const { cpu, virtual } = this;
    for (let n = 0; n < 16; n++) if (n !== Gpr.RSP) cpu.state.setGpr(n, virtual.gpr(n));
  }

  private writeFrame(rip: bigint): void {
    const { virtual } = this;
    const [code, stack] = [codeSelector(virtual), stackSelector(virtual)];
    this.entered[CS] = code;
    this.entered[SS] = stack;
    const flags = flagsFor(virtual.rflags);
    this.frame.write(rip, code, flags, virtual.gpr(Gpr.RSP), stack);
  }

  /** IRETQ with a frame that holds what the guest is to go on with. */
  enter(): void {
    const { cpu, frame } = this;
    this.writeFrame(this.entryRip);
    cpu.state.setGpr(Gpr.RSP, frame.pointer);
    cpu.state.rip = returnToCode(cpu, 8, IRETQ);
  }
}
