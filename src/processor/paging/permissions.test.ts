import assert from 'node:assert/strict';
import { walk, type Access, type EntryMemory, type PagingState } from './walk';

/**
 * The rights of pages, in full: every combination of U/S, R/W, XD and protection key of a page with the
 * bits of control registers, RFLAGS and PKRU that decide, for each kind of access, in each paging mode;
 * against the lists of SDM 3A 4.6.1 and 4.6.2, written out here as they stand there.
 */

interface Page {
  readonly user: boolean;
  readonly writable: boolean;
  readonly executeDisable: boolean;
}

interface Controls {
  readonly wp: boolean;
  readonly smep: boolean;
  readonly smap: boolean;
  readonly ac: boolean;
  readonly pke: boolean;
  readonly ad: boolean;
  readonly wd: boolean;
}

type Kind = 'read' | 'write' | 'fetch';

/** SDM 3A 4.6.2: what a protection key forbids of a user-mode address. */
function keyForbids(page: Page, c: Controls, kind: Kind, userMode: boolean): boolean {
  if (!c.pke || !page.user || kind === 'fetch') return false;
  if (c.ad) return true;
  return kind === 'write' && c.wd && (userMode || c.wp);
}

/** SDM 3A 4.6.1, "For supervisor-mode accesses". */
function supervisorMay(page: Page, c: Controls, kind: Kind, implicit: boolean): boolean {
  if (kind === 'fetch') {
    if (page.executeDisable) return false;
    return !page.user || !c.smep;
  }
  if (page.user && c.smap && !(c.ac && !implicit)) return false;
  if (kind === 'read') return true;
  return c.wp ? page.writable : true;
}

/** "For user-mode accesses". */
function userMay(page: Page, kind: Kind): boolean {
  if (!page.user) return false;
  if (kind === 'read') return true;
  return kind === 'write' ? page.writable : !page.executeDisable;
}

/** The error code of the page fault, or undefined when the access is allowed (SDM 3A 4.7). */
function expected(
  page: Page,
  c: Controls,
  kind: Kind,
  userMode: boolean,
  implicit: boolean,
  tellsFetch: boolean,
): number | undefined {
  const rights = userMode ? userMay(page, kind) : supervisorMay(page, c, kind, implicit);
  const byKey = keyForbids(page, c, kind, userMode);
  if (rights && !byKey) return undefined;
  return (
    1 |
    (kind === 'write' ? 2 : 0) |
    (userMode ? 4 : 0) |
    (kind === 'fetch' && tellsFetch ? 16 : 0) |
    (byKey ? 32 : 0)
  );
}

const BOTH = [false, true];

/** All values of an object of booleans. */
function product<Name extends string>(names: readonly Name[]): Record<Name, boolean>[] {
  return names.reduce<Record<Name, boolean>[]>(
    (all, name) => all.flatMap((one) => BOTH.map((value) => ({ ...one, [name]: value }))),
    [{} as Record<Name, boolean>],
  );
}

const LINEAR = 0x1000n;
const KEY = 5n;
const FRAME = 0x80000n;

/** Where the structures of a mode lie, from the top; the last is the page table. Each is followed at index 0. */
interface Mode {
  readonly name: string;
  readonly state: Pick<PagingState, 'cr4' | 'efer' | 'longMode'>;
  readonly levels: number;
  readonly entryBytes: 4 | 8;
  readonly hasExecuteDisable: boolean;
  readonly hasKeys: boolean;
}

const NXE = 1n << 11n;
const LMA = 0x500n;
const MODES: readonly Mode[] = [
  {
    name: '32-bit',
    state: { cr4: 0n, efer: 0n, longMode: false },
    levels: 2,
    entryBytes: 4,
    hasExecuteDisable: false,
    hasKeys: false,
  },
  ...[0n, NXE].map((efer) => ({
    name: efer ? 'PAE with NXE' : 'PAE',
    state: { cr4: 0x20n, efer, longMode: false },
    levels: 2,
    entryBytes: 8 as const,
    hasExecuteDisable: efer !== 0n,
    hasKeys: false,
  })),
  ...[0n, NXE].map((nxe) => ({
    name: nxe ? '4-level with NXE' : '4-level',
    state: { cr4: 0x20n, efer: LMA | nxe, longMode: true },
    levels: 4,
    entryBytes: 8 as const,
    hasExecuteDisable: nxe !== 0n,
    hasKeys: true,
  })),
  {
    name: '5-level with NXE',
    state: { cr4: 0x1020n, efer: LMA | NXE, longMode: true },
    levels: 5,
    entryBytes: 8,
    hasExecuteDisable: true,
    hasKeys: true,
  },
];

/** Structures one after another; `restricted` is the level whose entry has the page's rights, the others give all. */
function entriesOf(mode: Mode, page: Page, restricted: number): EntryMemory {
  const words = new Map<number, bigint>();
  for (let level = mode.levels; level >= 1; level--) {
    const rights = level === restricted ? page : { user: true, writable: true };
    let entry = 1n | (rights.writable ? 2n : 0n) | (rights.user ? 4n : 0n);
    if (level === restricted && page.executeDisable) entry |= 1n << 63n;
    if (level === 1 && mode.hasKeys) entry |= KEY << 59n;
    entry |= level === 1 ? FRAME : BigInt((level - 1) * 0x1000);
    words.set(level * 0x1000 + (level === 1 ? mode.entryBytes : 0), entry);
  }
  return {
    entryAddress: Number,
    read32: (at) => Number(words.get(at) ?? 0n),
    read64: (at) => words.get(at) ?? 0n,
    write32: () => undefined,
    write64: () => undefined,
  };
}

function stateOf(mode: Mode, c: Controls): PagingState {
  const bit = (on: boolean, n: bigint): bigint => (on ? 1n << n : 0n);
  const { cr4, efer, longMode } = mode.state;
  const pae = mode.name.startsWith('PAE');
  return {
    cr0: 0x80000001n | bit(c.wp, 16n),
    cr3: BigInt(mode.levels * 0x1000),
    cr4: cr4 | bit(c.smep, 20n) | bit(c.smap, 21n) | bit(c.pke, 22n),
    efer,
    paging: true,
    longMode,
    systemFlags: 2n | bit(c.ac, 18n),
    pdptes: pae ? [BigInt(mode.levels * 0x1000) | 1n] : [],
    pkru: bit(c.ad, 2n * KEY) | bit(c.wd, 2n * KEY + 1n),
    physicalAddressWidth: 39,
  };
}

const ACCESSES = (['read', 'write', 'fetch'] as const).flatMap((kind) => [
  { kind, user: true, implicit: false },
  { kind, user: false, implicit: false },
  ...(kind === 'fetch' ? [] : [{ kind, user: false, implicit: true }]),
]);

describe('rights of pages (SDM 3A 4.6)', () => {
  for (const mode of MODES) {
    it(`with ${mode.name} paging are those of the manual`, () => {
      let count = 0;
      for (const page of product(['user', 'writable', 'executeDisable'])) {
        if (page.executeDisable && !mode.hasExecuteDisable) continue;
        for (const restricted of [1, 2]) {
          const memory = entriesOf(mode, page, restricted);
          for (const c of product(['wp', 'smep', 'smap', 'ac', 'pke', 'ad', 'wd'])) {
            const state = stateOf(mode, c);
            const effective = { ...c, pke: c.pke && mode.hasKeys };
            for (const { kind, user, implicit } of ACCESSES) {
              const access: Access = {
                write: kind === 'write',
                execute: kind === 'fetch',
                user,
                implicit,
              };
              const { fault } = walk(state, memory, LINEAR, access, true);
              const tellsFetch = c.smep || mode.hasExecuteDisable;
              const wanted = expected(page, effective, kind, user, implicit, tellsFetch);
              if (fault?.errorCode !== wanted)
                assert.fail(JSON.stringify({ page, c, kind, user, implicit, fault, wanted }));
              count++;
            }
          }
        }
      }
      assert.ok(count >= 4 * 2 * 128 * 8);
    });
  }
});
