import assert from 'node:assert/strict';
import { Pte } from '../../../isa/paging';
import { WideCr0, WideCr4, WideEfer } from '../../../isa/registers/control';
import { PhysicalMemory } from '../../../processor/physical-memory';
import { walk, type Access, type PagingState } from '../../../processor/paging/walk';
import type { GuestPage, GuestPages } from '../guest-pages';
import { FramePool } from './frame-pool';
import { ShadowPager } from './shadow-pager';

/**
 * After each of many random edits of page tables, whatever an access gives through the shadow tables
 * is what the guest's tables and the map of its memory give. `EDITS` says how many.
 */

const EDITS = Number(process.env['EDITS'] ?? 3000);
const PAGES = 64;
/** Guest-physical pages from here on are ROM, devices, and nobody's. */
const ROM = 56;
const RAM_END = 60;
const FIRST_FRAME = 0x10_0000;
const POOL = 0x20_0000;

interface Case {
  readonly name: string;
  readonly cr0?: bigint;
  readonly cr4: bigint;
  readonly efer: bigint;
  readonly entryBytes: 4 | 8;
  readonly longMode: boolean;
}

const CASES: readonly Case[] = [
  { name: '32-bit paging', cr4: WideCr4.PSE, efer: 0n, entryBytes: 4, longMode: false },
  { name: '32-bit paging without WP', cr0: 0n, cr4: 0n, efer: 0n, entryBytes: 4, longMode: false },
  { name: 'PAE paging', cr4: WideCr4.PAE, efer: WideEfer.NXE, entryBytes: 8, longMode: false },
  { name: '4-level paging', cr4: WideCr4.PAE, efer: WideEfer.NXE, entryBytes: 8, longMode: true },
  {
    name: '4-level paging with SMEP and SMAP',
    cr4: WideCr4.PAE | WideCr4.SMEP | WideCr4.SMAP,
    efer: WideEfer.NXE,
    entryBytes: 8,
    longMode: true,
  },
];

/** Numbers that look random and are the same in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A guest's memory, scattered over host memory. */
class Pages implements GuestPages {
  frameOf(page: number): number {
    return FIRST_FRAME + ((page * 37) % PAGES) * 4096;
  }

  pageAt(guestPhysical: bigint): GuestPage | undefined {
    const page = Number(guestPhysical >> 12n);
    if (page >= RAM_END) return undefined;
    return { frame: this.frameOf(page), writable: page < ROM };
  }

  obtain(guestPhysical: bigint): GuestPage | undefined {
    return this.pageAt(guestPhysical);
  }

  isRam(): boolean {
    return false;
  }
}

class Bench {
  readonly memory = new PhysicalMemory(8 << 20);
  readonly pages = new Pages();
  readonly pager: ShadowPager;
  private readonly random: (below: number) => number;
  state: PagingState;

  constructor(
    readonly kind: Case,
    frames: number,
    seed: number,
  ) {
    this.random = generator(seed);
    this.pager = new ShadowPager(this.memory, this.pages, new FramePool(POOL, frames));
    this.state = {
      cr0: WideCr0.PE | WideCr0.PG | (kind.cr0 ?? WideCr0.WP),
      cr3: 0n,
      cr4: kind.cr4,
      efer: kind.efer | (kind.longMode ? WideEfer.LMA | WideEfer.LME : 0n),
      paging: true,
      longMode: kind.longMode,
      systemFlags: 0n,
      pdptes: [0n, 0n, 0n, 0n],
    };
  }

  /** A random entry: mostly present, leading to one of the few pages; tables and pages are the same ones. */
  private entry(): bigint {
    const { random, kind } = this;
    if (random(8) === 0) return BigInt(random(2 ** 31)) << 1n;
    const bits = [Pte.RW, Pte.US, Pte.A, Pte.D, Pte.G].filter(() => random(3) > 0);
    const flags = bits.reduce((all, bit) => all | bit, Pte.P);
    const wide = kind.entryBytes === 8 && random(6) === 0 ? Pte.XD : 0n;
    const large = random(12) === 0 ? Pte.PS : 0n;
    return (BigInt(random(PAGES)) << 12n) | flags | large | wide;
  }

  /** An edit of the guest's: an entry of a page that is a table, or may become one. */
  edit(): void {
    const { random, kind, memory } = this;
    const table = this.pages.frameOf(random(8));
    const index = this.index(random(6));
    const address = table + index * kind.entryBytes;
    const entry = this.entry();
    if (kind.entryBytes === 4) memory.write32(address, Number(entry & 0xffff_ffffn));
    else memory.write64(address, entry);
  }

  /** Another address space, or for PAE paging its registers. */
  switchSpace(): void {
    const { random } = this;
    const pdptes = [0, 1, 2, 3].map(() => (random(3) ? (BigInt(random(8)) << 12n) | Pte.P : 0n));
    this.state = { ...this.state, cr3: BigInt(random(4)) << 12n, pdptes };
  }

  private index(n: number): number {
    return [0, 1, 2, 3, 255, 511][n] ?? 0;
  }

  linear(): bigint {
    const { random, kind } = this;
    const pick = (): bigint => BigInt(this.index(random(6)));
    const offset = BigInt(random(4096));
    if (kind.entryBytes === 4) {
      const directory = BigInt([0, 1, 2, 3, 255, 511, 1023][random(7)] ?? 0);
      return (directory << 22n) | (pick() << 12n) | offset;
    }
    const top = kind.longMode ? pick() : 0n;
    const middle = kind.longMode ? pick() : BigInt(random(4));
    const linear = (top << 39n) | (middle << 30n) | (pick() << 21n) | (pick() << 12n) | offset;
    return kind.longMode ? BigInt.asUintN(64, BigInt.asIntN(48, linear)) : linear;
  }

  access(): Access {
    const { random } = this;
    const kind = random(3);
    return { write: kind === 1, execute: kind === 2, user: random(2) === 1 };
  }

  /** What the processor makes of an access with the shadow tables: it has CR0.WP and PAE set. */
  private byShadow(linear: bigint, access: Access) {
    const root = BigInt(this.pager.root(this.state));
    const { memory, state } = this;
    const plain = {
      entryAddress: (address: bigint) => Number(address),
      read32: (address: number) => memory.read32(address),
      read64: (address: number) => memory.read64(address),
      write32: () => undefined,
      write64: () => undefined,
    };
    const pdptes = [0, 8, 16, 24].map((offset) => memory.read64(Number(root) + offset));
    const real = {
      ...state,
      cr0: state.cr0 | WideCr0.WP,
      cr3: root,
      cr4: state.cr4 | WideCr4.PAE,
      pdptes,
    };
    return walk(real, plain, linear, access, false);
  }

  /** What the access comes to: a host-physical address, an error code of the guest's, or software. */
  throughShadow(linear: bigint, access: Access): string {
    for (let tries = 0; tries < 3; tries++) {
      const { translation, fault: why } = this.byShadow(linear, access);
      if (translation) return `host ${translation.address.toString(16)}`;
      const { fault } = this.pager.walk(this.state, linear, access);
      if (fault) return `#PF ${fault.errorCode.toString(16)}`;
      const filling = this.pager.fill(this.state, linear, access);
      if (filling === 'emulate') return 'software';
      assert.equal(
        filling,
        'filled',
        `${linear.toString(16)} at the ${String(tries + 1)}th try ${JSON.stringify(why)} ${JSON.stringify(access)}`,
      );
    }
    return 'never';
  }

  /** What it has to come to. */
  byTables(linear: bigint, access: Access): { exact: string; mayBeSoftware: boolean } {
    const { fault, translation } = this.pager.walk(this.state, linear, access);
    if (fault) return { exact: `#PF ${fault.errorCode.toString(16)}`, mayBeSoftware: false };
    const page = this.pages.pageAt(translation.address);
    if (!page) return { exact: 'software', mayBeSoftware: true };
    const exact = `host ${(page.frame + Number(translation.address & 0xfffn)).toString(16)}`;
    // Tables of the guest's, ROM, and pages that only the absence of WP lets be written.
    return { exact, mayBeSoftware: access.write };
  }
}

function compare(bench: Bench, edits: number): { checked: number; software: number } {
  let software = 0;
  let checked = 0;
  for (let n = 0; n < edits; n++) {
    bench.edit();
    if (n % 50 === 0) bench.switchSpace();
    for (let k = 0; k < 6; k++) {
      const linear = bench.linear();
      const access = bench.access();
      const { exact, mayBeSoftware } = bench.byTables(linear, access);
      const got = bench.throughShadow(linear, access);
      checked++;
      if (got === 'software' && mayBeSoftware) software++;
      else assert.equal(got, exact, `edit ${String(n)}: ${linear.toString(16)}`);
    }
  }
  return { checked, software };
}

describe('shadow tables are the guest’s tables and the map of its memory, composed', function () {
  this.timeout(EDITS * 20 + 10_000);

  for (const kind of CASES) {
    it(`${kind.name}`, () => {
      const { checked, software } = compare(new Bench(kind, 400, 1), EDITS / CASES.length);
      assert.ok(software < checked / 3, `${String(software)} of ${String(checked)} in software`);
    });
  }

  it('with hardly any frames to build them in', () => {
    for (const kind of CASES) compare(new Bench(kind, 7, 2), EDITS / 10);
  });
});
