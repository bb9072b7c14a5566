import { EptRights } from '../../isa/ept';
import { FIRMWARE, FIRMWARE_ALIAS } from '../../isa/physical-addresses';
import type { ShadowSegment } from '../../machine/devices/pci/host-bridge';
import { PAGE_SIZE } from '../../processor/state/layout';
import type { Persistent } from '../../processor/persistent';
import type { FrameAllocator } from '../host/frames';
import type { SecondLevelTables } from './second-level-tables';

const READ_ONLY = EptRights.READ | EptRights.EXECUTE;
const END = 0x10_0000;

interface Page {
  /** The frame of the chip of ROM. */
  readonly chip: number | undefined;
  /** The frame of the RAM that it covers; there is none before it is used. */
  ram: number | undefined;
  readsRam: boolean;
  writesRam: boolean;
}

export type GuestRomState = readonly (Page & { readonly page: number })[];

/** What the guest's ROM needs of its memory. */
export interface FrameFinder {
  /** The host-physical address of what a guest-physical page is mapped to; it gets a frame if it has none. */
  frameOf(page: number): number;
}

/**
 * The guest's ROM, and the RAM at the same addresses below 1 MByte. The tables map what the guest's host bridge lets be
 * read; a page is writable where that is RAM and is written, too. All other writes exit.
 */
export class GuestRom implements Persistent<GuestRomState> {
  /** By guest-physical address. */
  private pages = new Map<number, Page>();

  constructor(
    private readonly tables: SecondLevelTables,
    private readonly memory: FrameFinder,
    /** For what has no place in the guest's RAM. */
    private readonly spare: FrameAllocator,
  ) {}

  /** The page is a chip of ROM from now on, whose bytes lie in its frame. */
  install(page: number): void {
    const chip = page < END ? this.memory.frameOf(page) : this.spare.allocate();
    this.pages.set(page, { chip, ram: undefined, readsRam: false, writesRam: false });
    this.tables.map(BigInt(page), chip, READ_ONLY);
    if (page < FIRMWARE || page >= END) return;
    this.tables.map(BigInt(page - FIRMWARE + FIRMWARE_ALIAS), chip, READ_ONLY);
  }

  /** The host bridge has been told where accesses go. @returns whether anything is another than before */
  update(segments: readonly ShadowSegment[]): boolean {
    let changed = false;
    for (const { first, last, readsRam, writesRam } of segments) {
      for (let page = first; page < last; page += PAGE_SIZE) {
        const known = this.pages.get(page);
        const same =
          readsRam === (known?.readsRam ?? false) && writesRam === (known?.writesRam ?? false);
        if (same) continue;
        this.set(page, { chip: known?.chip, ram: known?.ram, readsRam, writesRam });
        changed = true;
      }
    }
    return changed;
  }

  private set(address: number, page: Page): void {
    this.pages.set(address, page);
    const { chip, readsRam, writesRam } = page;
    const shown = chip === undefined || readsRam ? this.ramOf(address, page) : chip;
    const writable = readsRam ? writesRam : chip === undefined;
    this.tables.map(BigInt(address), shown, writable ? EptRights.ALL : READ_ONLY);
  }

  private ramOf(address: number, page: Page): number {
    page.ram ??= page.chip === undefined ? this.memory.frameOf(address) : this.spare.allocate();
    return page.ram;
  }

  /** Whether a write at an address does not simply go to what is read there. */
  covers(address: number): boolean {
    const page = this.pages.get(address - (address % PAGE_SIZE));
    if (!page) return false;
    return page.readsRam ? !page.writesRam : page.chip !== undefined;
  }

  /** Where the bytes of a write to such a page go in host memory; undefined where they are lost. */
  writtenAt(address: number): number | undefined {
    const offset = address % PAGE_SIZE;
    const page = this.pages.get(address - offset);
    if (!page?.writesRam) return undefined;
    return this.ramOf(address - offset, page) + offset;
  }

  save(): GuestRomState {
    return [...this.pages].map(([page, state]) => ({ page, ...state })).sort(byPage);
  }

  /** The mappings themselves lie in host memory. */
  restore(state: GuestRomState): void {
    this.pages = new Map(state.map(({ page, ...rest }) => [page, { ...rest }] as const));
  }
}

const byPage = (a: { readonly page: number }, b: { readonly page: number }): number =>
  a.page - b.page;
