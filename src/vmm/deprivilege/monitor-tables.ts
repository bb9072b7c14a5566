import { SegmentRights } from '../../isa/access-rights';
import { SystemType } from '../../isa/segments';
import type { PhysicalMemory } from '../../processor/physical-memory';
import type { CpuState } from '../../processor/state/cpu-state';
import { CS, LDTR, PAGE_SIZE, SS, TR } from '../../processor/state/layout';
import { directMap } from '../host/address-space';
import { allocateRun, type SequentialFrames } from '../host/frames';

/** The descriptor tables and the stack with which a monitor in ring 0 lives beside a guest that has less of a ring. */

/** In bytes: as long as a descriptor table can be. */
export const TABLE_SIZE = 0x10000;
/** The last selectors of the GDT are the monitor's; all before them are for the guest's descriptors. */
export const FIRST_OWN_SELECTOR = 0xffa0;
const OWN = { CACHED: 0xffa0, LDT: 0xffd0, DATA: 0xffe0, CODE: 0xffe8, TSS: 0xfff0 } as const;
/** Flat data of ring 3: the stack segment of a 64-bit kernel that believes to need none. */
export const STACK_SELECTOR = OWN.DATA | 3;
const CODE_64 = 0x00af9b000000ffffn;
const DATA_RING_3 = 0x00cff3000000ffffn;
const VECTORS = 256;
const GATE_DISTANCE = 16n;
/** Without a map of I/O ports behind it: every port is refused to rings 1 to 3. */
const TSS_LIMIT = 0x67;
const RSP0 = 4;
const IO_MAP_BASE = 102;
const P = 1n << 47n;
const TYPE = 40n;

/** A descriptor of 16 bytes of the processor's own structures (SDM 3A 3.5.2, 8.2.3). */
function systemDescriptor(base: bigint, limit: number, type: number): [low: bigint, high: bigint] {
  const low = BigInt(limit) | ((base & 0xffffffn) << 16n) | ((base & 0xff000000n) << 32n);
  return [low | (BigInt(type) << TYPE) | P, base >> 32n];
}

/** An interrupt gate of ring 0 (SDM 3A 6.14.1). */
function interruptGate(offset: bigint, selector: number): [low: bigint, high: bigint] {
  const low = (offset & 0xffffn) | (BigInt(selector) << 16n) | ((offset & 0xffff0000n) << 32n);
  return [low | (BigInt(SystemType.INTERRUPT_GATE) << TYPE) | P, offset >> 32n];
}

export class MonitorTables {
  /** Host-physical addresses. */
  readonly gdt: number;
  readonly ldt: number;
  private readonly idt: number;
  private readonly tss: number;
  /** The linear address behind the stack's last byte. */
  readonly stackTop: bigint;

  constructor(
    private readonly memory: PhysicalMemory,
    frames: SequentialFrames,
    /** The linear address of the gate page. */
    private readonly gates: bigint,
  ) {
    const several = (bytes: number): number => allocateRun(frames, bytes);
    this.gdt = several(TABLE_SIZE);
    this.ldt = several(TABLE_SIZE);
    this.idt = several(VECTORS * 16);
    this.tss = several(PAGE_SIZE);
    this.stackTop = directMap(several(PAGE_SIZE) + PAGE_SIZE);
  }

  /** Fills them in: every vector leads to a gate of the same number, on the monitor's stack. */
  write(): void {
    const { memory, gdt, idt, tss, gates } = this;
    for (let vector = 0; vector < VECTORS; vector++) {
      const gate = interruptGate(gates + BigInt(vector) * GATE_DISTANCE, OWN.CODE);
      this.writeBoth(idt + vector * 16, gate);
    }
    memory.write64(tss + RSP0, this.stackTop);
    memory.write16(tss + IO_MAP_BASE, TSS_LIMIT + 1);
    memory.write64(gdt + OWN.CODE, CODE_64);
    memory.write64(gdt + OWN.DATA, DATA_RING_3);
    const { LDT, TSS_BUSY } = SystemType;
    this.writeBoth(gdt + OWN.LDT, systemDescriptor(directMap(this.ldt), TABLE_SIZE - 1, LDT));
    this.writeBoth(gdt + OWN.TSS, systemDescriptor(directMap(tss), TSS_LIMIT, TSS_BUSY));
  }

  private writeBoth(address: number, [low, high]: [bigint, bigint]): void {
    this.memory.write64(address, low);
    this.memory.write64(address + 8, high);
  }

  /** LGDT, LIDT, LTR, and the code segment that the gates lead to. */
  load(state: CpuState): void {
    state.gdtr = { base: directMap(this.gdt), limit: TABLE_SIZE - 1 };
    state.idtr = { base: directMap(this.idt), limit: VECTORS * 16 - 1 };
    const { TSS_BUSY, FLAT_CODE_64, UNUSABLE } = SegmentRights;
    const tr = { selector: OWN.TSS, base: directMap(this.tss), limit: TSS_LIMIT };
    state.setSegment(TR, { ...tr, accessRights: TSS_BUSY });
    const flat = { selector: OWN.CODE, base: 0n, limit: 0xffffffff };
    state.setSegment(CS, { ...flat, accessRights: FLAT_CODE_64 });
    state.setSegment(SS, { selector: 0, base: 0n, limit: 0, accessRights: UNUSABLE });
    this.useLdt(state, false);
  }

  /**
   * A descriptor for a data segment register that the guest's tables do not have, or not any more.
   *
   * @param index of the register
   * @returns the selector that loads it
   */
  cache(index: number, descriptor: bigint): number {
    const selector = OWN.CACHED + index * 8;
    this.memory.write64(this.gdt + selector, descriptor);
    return selector | 3;
  }

  /** LLDT: the guest has a local descriptor table, or none. */
  useLdt(state: CpuState, used: boolean): void {
    const base = directMap(this.ldt);
    const { LDT, UNUSABLE } = SegmentRights;
    state.setSegment(
      LDTR,
      used
        ? { selector: OWN.LDT, base, limit: TABLE_SIZE - 1, accessRights: LDT }
        : { selector: 0, base: 0n, limit: 0, accessRights: UNUSABLE },
    );
  }
}
