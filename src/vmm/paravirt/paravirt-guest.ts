import { PageFaultError } from '../../isa/paging';
import { AccessRights } from '../../isa/access-rights';
import { WideRflags } from '../../isa/registers/flags';
import type { Clock } from '../../machine/devices/clock';
import type { Platform } from '../../machine/platform';
import { writeControlRegister } from '../../processor/system/control-registers';
import { Fault } from '../../processor/faults';
import type { Persistent } from '../../processor/persistent';
import type { PhysicalMemory } from '../../processor/physical-memory';
import { isNull } from '../../processor/segments/descriptor';
import { TR } from '../../processor/state/layout';
import type { DeprivilegedGuest, SharedFlag } from '../deprivilege/deprivileged-guest';
import type { GuestBus } from '../emulator/guest-bus';
import type { GuestMemory } from '../memory/guest-memory';
import { pagingMode } from '../../processor/paging/walk';
import type { DirectPaging, DirectPagingState } from './direct/direct-paging';
import { BlockDevice, type BlockDeviceState } from './block-device';
import { SharedPageView } from './shared-page';

/** Where events come from, by their numbers in calls. */
export const EVENT_SOURCES = ['timer', 'disk'] as const;
export type EventSource = (typeof EVENT_SOURCES)[number];

/** RSP0 or ESP0, in both kinds of TSS (SDM 3A 8.2.1, 8.7). */
const STACK_IN_TSS = 4n;
const STACK_END = 12;

export interface ParavirtState {
  /** The shared page: its guest-physical address, and the vector of events. */
  readonly shared: { readonly address: bigint; readonly vector: number } | undefined;
  /** The virtual IF in it when the guest was entered last, or looked at last. */
  readonly enabled: boolean;
  readonly channels: readonly (readonly [EventSource, number])[];
  readonly disk: BlockDeviceState;
  readonly direct: DirectPagingState;
}

/** What it works with. */
export interface ParavirtParts {
  readonly memory: PhysicalMemory;
  readonly guestMemory: GuestMemory;
  readonly bus: GuestBus;
  readonly clock: Clock;
  readonly platform: Platform;
  readonly guest: DeprivilegedGuest;
  readonly direct: DirectPaging;
  /** The numbers of the calls that it may make. */
  readonly calls: readonly number[];
}

/** What the monitor keeps for a guest that knows of it: the shared page, event channels, a timer, its disk. */
export class ParavirtGuest implements Persistent<ParavirtState>, SharedFlag {
  readonly disk: BlockDevice;
  private shared: ParavirtState['shared'];
  private enabled = false;
  private readonly channels = new Map<EventSource, number>();
  private readonly timer = {
    name: 'paravirtual timer',
    timeReached: () => {
      this.raise('timer');
    },
  };

  constructor(private readonly parts: ParavirtParts) {
    const { clock, guestMemory, platform } = parts;
    clock.attach(this.timer);
    parts.guest.sharedFlag = this;
    this.disk = new BlockDevice(clock, guestMemory, platform.disks[0], (status) => {
      const { page } = this;
      if (page) page.diskStatus = status;
      this.raise('disk');
    });
  }

  save(): ParavirtState {
    const { shared, enabled, channels, disk, direct } = this;
    return {
      shared,
      enabled,
      channels: [...channels],
      disk: disk.save(),
      direct: direct.save(),
    };
  }

  restore({ shared, enabled, channels, disk, direct }: ParavirtState): void {
    this.shared = shared;
    this.enabled = enabled;
    this.channels.clear();
    for (const [source, channel] of channels) this.channels.set(source, channel);
    this.disk.restore(disk);
    this.direct.restore(direct);
  }

  get direct(): DirectPaging {
    return this.parts.direct;
  }

  offers(call: bigint): boolean {
    return this.parts.calls.includes(Number(call));
  }

  /** Whether an event waits for the guest, as an interrupt does. */
  get eventWaits(): boolean {
    return this.page?.hasEvent === true;
  }

  /** The vector by which events are delivered. */
  get vector(): number {
    return this.shared?.vector ?? 0;
  }

  /** Whether time alone will bring an event. */
  get isWaiting(): boolean {
    const { clock } = this.parts;
    return clock.isScheduled(this.timer.name) || this.disk.isBusy;
  }

  /** Its guest-physical address; undefined where none is shared. */
  get sharedPage(): bigint | undefined {
    return this.shared?.address;
  }

  get isShared(): boolean {
    return this.shared !== undefined;
  }

  /** @param address guest-physical, of RAM */
  share(address: bigint, vector: number): void {
    this.shared = { address, vector };
    this.show(this.parts.guest.virtual.rflags);
  }

  bind(source: EventSource, channel: number): void {
    this.channels.set(source, channel);
  }

  unmask(channel: number): void {
    this.page?.unmask(channel);
  }

  /** @param at undefined: no event */
  setTimer(at: number | undefined): void {
    this.parts.clock.schedule(this.timer, at);
  }

  /** The shared page has the IF of these flags from now on. */
  show(flags: bigint): void {
    const { page } = this;
    if (!page) return;
    this.enabled = (flags & WideRflags.IF) !== 0n;
    page.enabled = this.enabled;
  }

  /** The guest's RFLAGS with its IF as it says in the shared page, if it has said anything since the last look. */
  flagsWith(flags: bigint): bigint {
    const enabled = this.page?.enabled ?? this.enabled;
    if (!this.page || enabled === this.enabled) return flags;
    return enabled ? flags | WideRflags.IF : flags & ~WideRflags.IF;
  }

  /**
   * Makes one of the two IFs: that of the shared page where the guest has written there, else that of the virtual
   * processor, which events, IRET, CLI and STI have changed. And tells what waits.
   *
   * @param waits whether an interrupt or an event does
   */
  synchronize(waits: boolean): void {
    const { page, parts } = this;
    if (this.direct.settle()) this.forgetTranslations();
    if (!page) return;
    const { virtual, software } = parts.guest;
    const flags = this.flagsWith(virtual.rflags);
    if (flags !== virtual.rflags) {
      virtual.rflags = flags;
      software.changed();
    }
    this.show(flags);
    page.waits = waits;
    page.time = parts.clock.now;
  }

  /** Where a linear address of the kernel's lies: guest-physical, in RAM. @returns -1 where it does not */
  locate(linear: bigint, write: boolean): bigint {
    const { guest, bus } = this.parts;
    if (!isCanonical(linear)) return -1n;
    const found = guest.walkForAccess(linear, write ? BigInt(PageFaultError.WR) : 0n);
    const address = this.direct.isUsed && found >= 0n ? this.ownAddress(found) : found;
    return address >= 0n && bus.answererAt(Number(address)) === 'ram' ? address : -1n;
  }

  /** Whether a guest-physical address is that of RAM. */
  isRam(address: bigint): boolean {
    const { bus, guestMemory } = this.parts;
    return guestMemory.contains(address) && bus.answererAt(Number(address)) === 'ram';
  }

  /** Width of an entry of the guest's page tables, in bytes. */
  get entryBytes(): number {
    return pagingMode(this.parts.guest.virtual) === '32-bit' ? 4 : 8;
  }

  /** Width of a stack pointer in the guest's TSS, in bytes. */
  get stackBytes(): number {
    return this.parts.guest.virtual.longMode ? 8 : 4;
  }

  /** The linear address of the stack pointer for traps in the guest's TSS, -1 where there is none. */
  get stackInTss(): bigint {
    const { selector, base, limit, accessRights } = this.parts.guest.virtual.segment(TR);
    const present = !isNull(selector) && (accessRights & AccessRights.P) !== 0;
    return present && limit + 1 >= STACK_END ? base + STACK_IN_TSS : -1n;
  }

  /** Whether a guest could have the processor walk its own tables. */
  get canUseDirectPaging(): boolean {
    const { virtual } = this.parts.guest;
    return !this.direct.isUsed && pagingMode(virtual) === '4-level';
  }

  beginDirectPaging(root: bigint): boolean {
    const begun = this.direct.begin(Number(root));
    this.parts.guest.software.changed();
    return begun;
  }

  /** MOV to CR3 by the virtual processor. @returns whether it takes the value */
  loadRoot(value: bigint): boolean {
    if (this.direct.isUsed && !this.direct.changeRoot(Number(value))) return false;
    return this.parts.guest.software.using((cpu) => {
      try {
        writeControlRegister(cpu, 3, value);
        return true;
      } catch (thrown) {
        if (thrown instanceof Fault) return false;
        throw thrown;
      }
    });
  }

  private forgetTranslations(): void {
    const { software } = this.parts.guest;
    software.changed();
    software.cpu.flushWorld(0);
    software.cpu.flushWorld(1);
  }

  /** The guest-physical address of a host-physical one. */
  private ownAddress(host: bigint): bigint {
    return this.direct.guestAddress(Number(host)) ?? -1n;
  }

  private raise(source: EventSource): void {
    const channel = this.channels.get(source);
    if (channel !== undefined) this.page?.raise(channel);
  }

  private get page(): SharedPageView | undefined {
    const { memory, guestMemory } = this.parts;
    const frame = this.shared && guestMemory.hostAddress(this.shared.address);
    return frame === undefined ? undefined : new SharedPageView(memory, frame);
  }
}

const isCanonical = (linear: bigint): boolean =>
  BigInt.asUintN(64, BigInt.asIntN(48, linear)) === linear;
