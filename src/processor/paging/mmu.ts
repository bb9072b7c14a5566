import { Vector } from '../../isa/exceptions';
import { FIRMWARE, FIRMWARE_ALIAS } from '../../isa/physical-addresses';
import { WideCr0, WideCr4 } from '../../isa/registers/control';
import { Fault, generalProtection, stackFault } from '../faults';
import { noteDataAccess } from '../events/hardware-breakpoints';
import { addressNotCanonical, misaligned } from '../reasons/memory';
import { pageFaultReason } from '../reasons/paging';
import { PAGE_SIZE, PHYSICAL_BASE, SS, State, Tlb, Units, segmentSlot } from '../state/layout';
import type { PhysicalMemory } from '../physical-memory';
import type { Tally } from '../execution/tally';
import type { CpuState } from '../state/cpu-state';
import type { SoftwareTlb } from './tlb';
import { WatchedMemory, type DecodedPlaces } from './watched-memory';
import { deniedByKey } from './protection-keys';
import {
  walk,
  type Access,
  type EntryMemory,
  type Translation,
  type WalkResult,
  type WalkStep,
} from './walk';

/** What is known of the access when a guest-physical address is translated (for EPT violations). */
export interface GuestPhysicalContext {
  readonly write: boolean;
  readonly execute: boolean;
  /** Read, modify and write: an EPT violation reports both. */
  readonly update: boolean;
  /** The linear address being translated, if any. */
  readonly linear: bigint | undefined;
  /** The access is to a guest paging-structure entry. */
  readonly pageWalk: boolean;
  /** What guest paging says of the page, once it has been translated. */
  readonly page?: Pick<Translation, 'user' | 'writable' | 'executeDisable'>;
}

export interface HostTranslation {
  readonly address: number;
  readonly writable: boolean;
  readonly readable: boolean;
}

/**
 * Second-level translation (EPT, nested paging). Gives the host-physical address, or leaves guest
 * mode by throwing.
 */
export interface SecondLevel {
  /** Entries of its paging structures that translations have read so far, where the processor walks them. */
  readonly entriesRead?: number;
  translate(guestPhysical: bigint, context: GuestPhysicalContext): HostTranslation;
  /** The same for a debugger: no flag is set, nothing is thrown. */
  probe(guestPhysical: bigint): number | undefined;
}

/** A page of which guest mode answers each access itself (VMX: the APIC-access page). */
export interface GuardedPage {
  /** Its host-physical address. */
  readonly frame: number;
  /**
   * Where an access by a linear address goes instead, host-physical; or it leaves guest mode by throwing.
   *
   * @param bytes what is accessed in one piece; more than 4 where that is not known
   */
  access(offset: number, bytes: number, access: GuardedAccess): number;
  /** A page walk under second-level translation has come to it. Leaves guest mode by throwing. */
  accessByWalk(offset: number): void;
}

export interface GuardedAccess {
  readonly write: boolean;
  readonly execute: boolean;
  /** A read whose result will be written back, by an access of its own. */
  readonly update: boolean;
}

/** What the memory management unit has to know of the places that code was decoded from. */
export interface CodeFrames extends DecodedPlaces {
  /** Whether code was decoded from a frame. */
  holdsCode(frame: number): boolean;
  invalidate(address: number, length: number): void;
}

const LINE_20 = 2 ** 20;
const FOUR_GIGABYTES = 2 ** 32;
/** A debugger's access: present pages only, whatever their rights. */
const PROBE: Access = { write: false, execute: false, user: false, unchecked: true };
/** Where nothing answers: an entry read there is all ones, and its reserved bits end the walk. */
const OUTSIDE_MEMORY = 0xffffffff000;

/** Linear addresses to physical memory: the slow way, which also fills the TLB. */
export class Mmu {
  secondLevel: SecondLevel | undefined;
  guarded: GuardedPage | undefined;
  /** Whether address line 20 comes through to memory. */
  addressLine20 = true;
  /** For whoever wants to be told of accesses. */
  readonly watched: WatchedMemory;
  private readonly entries: EntryMemory;

  constructor(
    private readonly state: CpuState,
    private readonly physical: PhysicalMemory,
    private readonly tlb: SoftwareTlb,
    private readonly code: CodeFrames,
    private readonly view: DataView,
    private readonly tally: Tally,
  ) {
    this.watched = new WatchedMemory(physical, tlb, code, view);
    physical.onMap(({ first, last, home }) => {
      tlb.forgetFrames(first, last);
      if (home !== undefined) tlb.forgetFrames(home, home + last - first);
    });
    this.entries = {
      entryAddress: (address, write) => {
        // Setting a flag is no reference of its own: the walk has read the entry.
        if (write) return this.guestPhysical(address, this.pageWalk(true)).address;
        if (this.counting) this.tally.walkReferences++;
        return this.counted(address, this.pageWalk(false)).address;
      },
      read32: (address) => physical.read32(address),
      read64: (address) => physical.read64(address),
      write32: (address, value) => {
        physical.write32(address, value);
      },
      write64: (address, value) => {
        physical.write64(address, value);
      },
    };
  }

  private walking: bigint | undefined;
  /** Whether the present access counts as one that misses the TLB. */
  private counting = true;

  private pageWalk(write: boolean): GuestPhysicalContext {
    return { write, execute: false, update: false, linear: this.walking, pageWalk: true };
  }

  /**
   * Whether the translation is unknown, and not only looked for again. Of descriptor tables none is kept: what that
   * takes belongs to the events that look there.
   */
  private isMiss(linear: bigint, { implicit, execute, write }: Access): boolean {
    if (implicit || (!this.state.paging && !this.secondLevel)) return false;
    const set = this.view.getInt32(State.TLB_SET, true);
    return execute || !this.tlb.knows(set, linear, write ? Tlb.WRITE_TAG : Tlb.READ_TAG);
  }

  /** The host-physical address of a guest-physical one. */
  guestPhysical(address: bigint, context: GuestPhysicalContext): HostTranslation {
    const host = this.secondLevel
      ? this.secondLevel.translate(address, context)
      : { address: this.onBus(Number(address)), writable: true, readable: true };
    if (this.guarded && context.pageWalk && this.secondLevel && this.isGuarded(host.address)) {
      this.guarded.accessByWalk(host.address % PAGE_SIZE);
    }
    return this.isNobodys(host.address) ? { ...host, address: this.physical.size } : host;
  }

  /** The same, for an access or for reading an entry: second-level translation takes part in the walk. */
  private counted(address: bigint, context: GuestPhysicalContext): HostTranslation {
    const { secondLevel } = this;
    const before = secondLevel?.entriesRead ?? 0;
    try {
      return this.guestPhysical(address, context);
    } finally {
      const read = (secondLevel?.entriesRead ?? 0) - before;
      if (this.counting) this.tally.secondLevelReferences += read;
    }
  }

  private isGuarded(address: number): boolean {
    return this.guarded?.frame === address - (address % PAGE_SIZE);
  }

  private isNobodys(address: number): boolean {
    return this.physical.isHidden(address) && !this.physical.regionAt(address);
  }

  /**
   * The host-physical address of a linear one, for an access that is about to happen.
   *
   * @param bytes how many are accessed in one piece; only a guarded page asks
   * @throws Fault #PF, or what second-level translation throws
   */
  translate(linear: bigint, access: Access, update = false, bytes = PAGE_SIZE): number {
    this.counting = this.isMiss(linear, access);
    if (this.counting) this.tally.tlbMisses++;
    this.walking = linear;
    const { translation, fault } = walk(this.state, this.entries, linear, access, true);
    this.walking = undefined;
    if (fault) {
      const reason = pageFaultReason(fault, linear, access);
      throw new Fault(Vector.PF, reason, fault.errorCode, linear);
    }
    const host = this.counted(translation.address, {
      write: access.write,
      execute: access.execute,
      update,
      linear,
      pageWalk: false,
      page: translation,
    });
    if (this.guarded && this.isGuarded(host.address)) {
      const { write, execute } = access;
      return this.guarded.access(host.address % PAGE_SIZE, bytes, { write, execute, update });
    }
    this.noteUnanswered(translation.address, host.address, access.write);
    const lasting = !this.state.watchesData && !this.dependsOnAc(translation.user, access);
    const set = this.view.getInt32(State.TLB_SET, true);
    if (lasting && !access.execute && !access.implicit && this.isSetOf(access, set)) {
      const frame = host.address - (host.address % PAGE_SIZE);
      const home = this.physical.homeOf(frame);
      const region = home === frame ? this.physical.regionAt(frame) : undefined;
      const inRam = this.physical.contains(home, PAGE_SIZE) && !region?.read;
      const mayWrite = access.write || (translation.dirty && this.mayWrite(translation, access));
      this.tlb.fill(set, {
        linear,
        frame: home,
        readable: inRam && host.readable,
        writable: inRam && !region && mayWrite && host.writable,
        holdsCode: this.code.holdsCode(home),
        global: translation.global,
        pageShift: translation.pageShift,
        key: translation.key,
      });
    }
    return host.address;
  }

  /** An event that ring 3 meets is written to the stack of an inner ring while the set of ring 3 is in use. */
  private isSetOf({ user }: Access, set: number): boolean {
    return this.tlb.numberOf(set) % 2 === Number(user);
  }

  private noteUnanswered(physical: bigint, host: number, write: boolean): void {
    if (host < this.physical.size || this.physical.regionAt(host)) return;
    this.tally.unanswered.note(Number(physical), write);
  }

  /** With SMAP, RFLAGS.AC decides anew each time whether the kernel may touch a user page. */
  private dependsOnAc(userPage: boolean, access: Access): boolean {
    return userPage && !access.user && (this.state.cr4 & WideCr4.SMAP) !== 0n && this.state.paging;
  }

  private mayWrite({ writable, key }: Translation, access: Access): boolean {
    const allowed = writable || (!access.user && (this.state.cr0 & WideCr0.WP) === 0n);
    return allowed && !deniedByKey(this.state, key, { ...access, write: true });
  }

  /**
   * PKRU. The TLB holds what it allows: the pages of keys whose rights change go from it, and no
   * others, so that a guest sees stale translations as before.
   */
  setPkru(value: bigint): void {
    const changed = this.state.pkru ^ value;
    if (changed === 0n) return;
    this.state.setSlot(Units.PKRU, value);
    this.tlb.flushKeys((key) => ((changed >> BigInt(2 * key)) & 3n) !== 0n);
  }

  /**
   * The physical addresses of a linear one as a supervisor would reach it, without any trace; for
   * debuggers. `visit` sees each paging-structure entry.
   */
  probe(
    linear: bigint,
    access: Access = PROBE,
    visit?: (step: WalkStep) => void,
  ): { result: WalkResult; host: number | undefined } {
    const entries: EntryMemory = {
      ...this.entries,
      entryAddress: (address) => this.probePhysical(address) ?? OUTSIDE_MEMORY,
    };
    const result = walk(this.state, entries, linear, access, false, visit);
    const host = result.translation && this.probePhysical(result.translation.address);
    return { result, host };
  }

  /** A physical address as memory sees it. */
  onBus(address: number): number {
    if (address >= FIRMWARE_ALIAS && address < FOUR_GIGABYTES) {
      const below = address - FIRMWARE_ALIAS + FIRMWARE;
      const { physical } = this;
      if (physical.regionOnBus(below)?.isChip && !physical.regionAt(address)?.ofProcessor) {
        return below;
      }
    }
    return this.addressLine20 ? address : address - (Math.floor(address / LINE_20) % 2) * LINE_20;
  }

  /** The host-physical address of a guest-physical one, without any trace. */
  probePhysical(address: bigint): number | undefined {
    return this.secondLevel ? this.secondLevel.probe(address) : this.onBus(Number(address));
  }

  /** Reads 1 to 8 bytes at a linear address with the current privilege. */
  load(linear: bigint, bytes: number, segment: number): bigint {
    const at = this.straight(linear, bytes, Tlb.READ_TAG);
    if (at !== undefined) {
      this.watched.loaded(at - PHYSICAL_BASE, bytes);
      return this.physical.read(at - PHYSICAL_BASE, bytes);
    }
    this.checkCanonical(linear, bytes, segment);
    const access = { write: false, execute: false, user: this.state.cpl === 3 };
    this.checkAlignment(linear, bytes, access);
    const value = this.read(linear, bytes, access, false);
    this.note(linear, bytes, false);
    return value;
  }

  /** Reads what will be written back: faults as the write would. */
  loadForUpdate(linear: bigint, bytes: number, segment: number): bigint {
    this.checkCanonical(linear, bytes, segment);
    const access = { write: true, execute: false, user: this.state.cpl === 3 };
    this.checkAlignment(linear, bytes, access);
    return this.read(linear, bytes, access, true);
  }

  store(linear: bigint, bytes: number, segment: number, value: bigint): void {
    const at = this.straight(linear, bytes, Tlb.WRITE_TAG);
    if (at !== undefined) {
      this.physical.write(at - PHYSICAL_BASE, bytes, value);
      this.watched.stored(at - PHYSICAL_BASE, bytes);
      this.tlb.stored(this.view.getInt32(State.TLB_SET, true), linear);
      return;
    }
    this.checkCanonical(linear, bytes, segment);
    const access = { write: true, execute: false, user: this.state.cpl === 3 };
    this.checkAlignment(linear, bytes, access);
    this.write(linear, bytes, value, access);
    this.note(linear, bytes, true);
  }

  /** Slow paths take the translations that the engines' accesses take. */
  private straight(linear: bigint, bytes: number, tag: number): number | undefined {
    return this.tlb.straight(this.view.getInt32(State.TLB_SET, true), linear, bytes, tag);
  }

  /** Reads more bytes than a value has; a page that faults does so before the first is read. */
  loadBytes(linear: bigint, bytes: number, segment: number): Uint8Array {
    const out = new Uint8Array(bytes);
    this.pieces(linear, bytes, segment, false, (address, at, size) => {
      const value = this.get(address, size, {});
      for (let n = 0; n < size; n++) out[at + n] = Number((value >> BigInt(8 * n)) & 0xffn);
    });
    return out;
  }

  /** Writes more bytes than a value has, all or none. */
  storeBytes(linear: bigint, data: Uint8Array, segment: number): void {
    this.pieces(linear, data.length, segment, true, (address, at, size) => {
      let value = 0n;
      for (let n = size - 1; n >= 0; n--) value = (value << 8n) | BigInt(data[at + n] ?? 0);
      this.put(address, size, value);
    });
  }

  /** Faults as a write of so many bytes would; the write itself sees to its alignment. */
  requireWritable(linear: bigint, bytes: number, segment: number): void {
    this.pieces(linear, bytes, segment, true, () => undefined, 1);
  }

  /**
   * What lies in one page at a time, in accesses of eight bytes or one.
   *
   * @param bytes at most a page
   */
  private pieces(
    linear: bigint,
    bytes: number,
    segment: number,
    write: boolean,
    access: (address: number, at: number, size: number) => void,
    alignment = 8,
  ): void {
    this.checkCanonical(linear, bytes, segment);
    const how = { write, execute: false, user: this.state.cpl === 3 };
    this.checkAlignment(linear, alignment, how);
    const first = Math.min(bytes, PAGE_SIZE - Number(linear & 0xfffn));
    const low = this.translate(linear, how);
    const high = first < bytes ? this.translate(this.wrap(linear + BigInt(first)), how) : 0;
    for (let at = 0; at < bytes;) {
      const address = at < first ? low + at : high + at - first;
      const size = (at < first ? first : bytes) - at >= 8 ? 8 : 1;
      access(address, at, size);
      at += size;
    }
    this.note(linear, bytes, write);
  }

  /** Breakpoints of the debug registers see what instructions do. */
  private note(linear: bigint, bytes: number, write: boolean): void {
    if (this.state.hasBreakpoints) noteDataAccess(this.state, linear, bytes, write);
  }

  /** Reads a system structure (descriptor table, TSS): a supervisor access whatever the CPL. */
  loadSystem(linear: bigint, bytes: number): bigint {
    return this.read(
      linear,
      bytes,
      { write: false, execute: false, user: false, implicit: true },
      false,
    );
  }

  storeSystem(linear: bigint, bytes: number, value: bigint): void {
    this.write(linear, bytes, value, { write: true, execute: false, user: false, implicit: true });
  }

  read(linear: bigint, bytes: number, access: Access, update: boolean): bigint {
    const first = PAGE_SIZE - Number(linear & 0xfffn);
    if (bytes <= first) {
      return this.get(this.translate(linear, access, update, bytes), bytes, access);
    }
    const low = this.translate(linear, access, update);
    const high = this.translate(this.wrap(linear + BigInt(first)), access, update);
    let value = 0n;
    for (let n = bytes - 1; n >= 0; n--) {
      const address = n < first ? low + n : high + n - first;
      value = (value << 8n) | this.get(address, 1, access);
    }
    return value;
  }

  write(linear: bigint, bytes: number, value: bigint, access: Access): void {
    const first = PAGE_SIZE - Number(linear & 0xfffn);
    if (bytes <= first) {
      this.put(this.translate(linear, access, false, bytes), bytes, value);
      return;
    }
    // Both pages are translated before the first byte changes.
    const low = this.translate(linear, access);
    const high = this.translate(this.wrap(linear + BigInt(first)), access);
    for (let n = 0; n < bytes; n++) {
      const address = n < first ? low + n : high + n - first;
      this.put(address, 1, (value >> BigInt(8 * n)) & 0xffn);
    }
  }

  private get(address: number, bytes: number, { implicit }: Pick<Access, 'implicit'>): bigint {
    if (!implicit) this.watched.loaded(address, bytes);
    return this.physical.load(address, bytes);
  }

  private put(address: number, bytes: number, value: bigint): void {
    this.physical.store(address, bytes, value);
    this.watched.stored(address, bytes);
  }

  /** #AC in ring 3, where it is turned on; a page fault comes first (SDM 3A table 6-2). */
  private checkAlignment(linear: bigint, bytes: number, access: Access): void {
    if (!this.state.checksAlignment || (Number(linear & 7n) & (bytes - 1)) === 0) return;
    this.translate(linear, access);
    throw new Fault(Vector.AC, misaligned(linear, bytes), 0);
  }

  private wrap(linear: bigint): bigint {
    return linear & this.state.slot(State.LINEAR_MASK);
  }

  private checkCanonical(linear: bigint, bytes: number, segment: number): void {
    if (this.state.codeBits !== 64) return;
    if (isCanonical(linear, this.state) && isCanonical(linear + BigInt(bytes - 1), this.state))
      return;
    const reason = addressNotCanonical(linear);
    throw segment === segmentSlot(SS) ? stackFault(reason) : generalProtection(reason);
  }
}

/** Whether bits 63:47 (63:56 with 5-level paging) are all equal (SDM 1 3.3.7.1). */
export function isCanonical(linear: bigint, state: { readonly cr4: bigint }): boolean {
  const bits = state.cr4 & WideCr4.LA57 ? 57 : 48;
  return BigInt.asUintN(64, BigInt.asIntN(bits, linear)) === BigInt.asUintN(64, linear);
}
