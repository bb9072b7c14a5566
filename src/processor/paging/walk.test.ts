import assert from 'node:assert/strict';
import { pagingMode, walk, type Access, type EntryMemory, type PagingState } from './walk';

/** Page walks by the tables of SDM 3A chapter 4; addresses and entries are written out by hand. */

const READ: Access = { write: false, execute: false, user: false };
const WRITE = { ...READ, write: true };
const FETCH = { ...READ, execute: true };
const USER = { ...READ, user: true };

type Tables = Readonly<Record<number, bigint>>;

class Entries implements EntryMemory {
  readonly words: Map<number, bigint>;
  constructor(tables: Tables) {
    this.words = new Map(Object.entries(tables).map(([at, entry]) => [Number(at), entry]));
  }
  entryAddress = (address: bigint): number => Number(address);
  read64 = (at: number): bigint => this.words.get(at) ?? 0n;
  read32 = (at: number): number => Number(this.read64(at));
  write64 = (at: number, value: bigint): void => void this.words.set(at, value);
  write32 = (at: number, value: number): void => void this.words.set(at, BigInt(value));
}

const LEGACY: PagingState = {
  cr0: 0x80000001n,
  cr3: 0x1000n,
  cr4: 0n,
  efer: 0n,
  paging: true,
  longMode: false,
  systemFlags: 2n,
  pdptes: [0n, 0n, 0x3001n, 0n],
  physicalAddressWidth: 39,
};
const PSE: PagingState = { ...LEGACY, cr4: 0x10n };
const PAE: PagingState = { ...LEGACY, cr4: 0x20n, efer: 0x800n };
const LONG: PagingState = { ...PAE, efer: 0xd00n, longMode: true };
const LA57: PagingState = { ...LONG, cr4: 0x1020n };

/** In 9-bit steps 1, 2, 3, 4, then offset 0x567; the low half is 0x201, 0x204 in 10-bit steps. */
const LINEAR = 0x8080604567n;
const LOW = 0x80604567n;
/** From the PML4 at 0x1000 to a page at 0xabcde000, every right given. */
const TO_4K: Tables = { 0x1008: 0x2007n, 0x2010: 0x3007n, 0x3018: 0x4007n, 0x4020: 0xabcde007n };

describe('the paging mode', () => {
  const cases = [
    ['none', { ...LONG, paging: false }],
    ['32-bit', LEGACY],
    ['PAE', PAE],
    ['4-level', LONG],
    ['5-level', LA57],
  ] as const;
  for (const [mode, state] of cases) {
    it(`is ${mode} as SDM 3A 4.1.1 says`, () => {
      assert.equal(pagingMode(state), mode);
    });
  }
});

describe('the page walk', () => {
  const cases: readonly (readonly [string, PagingState, Tables, bigint, bigint, number])[] = [
    // what, state, tables, linear, physical, log2 of the page size
    ['no paging', { ...LEGACY, paging: false }, {}, LINEAR, 0x80604567n, 12],
    ['32-bit 4K', LEGACY, { 0x1804: 0x4007n, 0x4810: 0xabcde007n }, LOW, 0xabcde567n, 12],
    ['32-bit 4M', PSE, { 0x1804: 0x12400087n }, LOW, 0x12604567n, 22],
    ['PS without CR4.PSE', LEGACY, { 0x1804: 0x4087n, 0x4810: 0xabcde007n }, LOW, 0xabcde567n, 12],
    ['PAE 4K', PAE, { 0x3018: 0x4007n, 0x4020: 0x1abcde007n }, LOW, 0x1abcde567n, 12],
    ['PAE 2M', PAE, { 0x3018: 0x12200087n }, LOW, 0x12204567n, 21],
    ['4-level 4K', LONG, TO_4K, LINEAR, 0xabcde567n, 12],
    ['4-level 2M', LONG, { ...TO_4K, 0x3018: 0x12200087n }, LINEAR, 0x12204567n, 21],
    ['4-level 1G', LONG, { ...TO_4K, 0x2010: 0x40000087n }, LINEAR, 0x40604567n, 30],
    ['PAT in a 2M page', LONG, { ...TO_4K, 0x3018: 0x12201087n }, LINEAR, 0x12204567n, 21],
    [
      '5-level 4K',
      { ...LA57, cr3: 0x5000n },
      { ...TO_4K, 0x5028: 0x1007n },
      0x5008080604567n,
      0xabcde567n,
      12,
    ],
  ];
  for (const [what, state, tables, linear, physical, pageShift] of cases) {
    it(`translates: ${what}`, () => {
      const { translation } = walk(state, new Entries(tables), linear, READ, false);
      assert.equal(translation?.address.toString(16), physical.toString(16));
      assert.equal(translation?.pageShift, pageShift);
    });
  }

  it('shows each entry on the way, the page last', () => {
    const steps: unknown[] = [];
    walk(LONG, new Entries(TO_4K), LINEAR, READ, false, (step) =>
      steps.push([step.level, step.index, step.entryAddress, step.leaf]),
    );
    assert.deepEqual(steps, [
      [4, 1, 0x1008n, false],
      [3, 2, 0x2010n, false],
      [2, 3, 0x3018n, false],
      [1, 4, 0x4020n, true],
    ]);
  });

  it('takes global from the last entry, where CR4.PGE is set (SDM 3A 4.10.2.4)', () => {
    const global = (cr4: bigint): boolean | undefined =>
      walk({ ...LONG, cr4 }, new Entries({ ...TO_4K, 0x4020: 0xabcde107n }), LINEAR, READ, false)
        .translation?.global;
    assert.deepEqual([global(0x20n), global(0xa0n)], [false, true]);
  });
});

describe('accessed and dirty flags (SDM 3A 4.8)', () => {
  const after = (access: Access, setFlags: boolean, tables = TO_4K): bigint[] => {
    const entries = new Entries(tables);
    walk(LONG, entries, LINEAR, access, setFlags);
    return [...entries.words.values()];
  };

  it('are set along the way, dirty in the last entry by writes only', () => {
    assert.deepEqual(after(READ, true), [0x2027n, 0x3027n, 0x4027n, 0xabcde027n]);
    assert.deepEqual(after(WRITE, true), [0x2027n, 0x3027n, 0x4027n, 0xabcde067n]);
  });

  it('are set in entries of 4 bytes', () => {
    const entries = new Entries({ 0x1804: 0x4007n, 0x4810: 0xabcde007n });
    walk(LEGACY, entries, LOW, WRITE, true);
    assert.deepEqual([...entries.words.values()], [0x4027n, 0xabcde067n]);
  });

  it('stay for a debugger, and after a fault', () => {
    assert.deepEqual(after(WRITE, false), Object.values(TO_4K));
    const absent = { ...TO_4K, 0x4020: 0n };
    assert.deepEqual(after(WRITE, true, absent), Object.values(absent));
  });
});

describe('entries that fault whatever the access (SDM 3A 4.7)', () => {
  const NXE_OFF = { ...LONG, efer: 0x500n };
  const ABSENT = 0xabcde006n;
  const cases: readonly (readonly [string, PagingState, Tables, bigint, Access, number, number])[] =
    [
      // what, state, tables, linear, access, error code, level
      ['no PML4E', LONG, {}, LINEAR, READ, 0, 4],
      [
        'no PTE, user write',
        LONG,
        { ...TO_4K, 0x4020: ABSENT },
        LINEAR,
        { ...USER, write: true },
        6,
        1,
      ],
      ['no PTE, fetch with NXE', LONG, { ...TO_4K, 0x4020: ABSENT }, LINEAR, FETCH, 0x10, 1],
      ['no PTE, fetch without', NXE_OFF, { ...TO_4K, 0x4020: ABSENT }, LINEAR, FETCH, 0, 1],
      ['no PTE, fetch with SMEP', { ...NXE_OFF, cr4: 0x100020n }, {}, LINEAR, FETCH, 0x10, 4],
      ['a PDPTE register without P', PAE, {}, 0x567n, READ, 0, 3],
      ['PS in a PML4E', LONG, { ...TO_4K, 0x1008: 0x2087n }, LINEAR, READ, 9, 4],
      ['bit 39 with 39 bits', LONG, { ...TO_4K, 0x4020: 0x80abcde007n }, LINEAR, READ, 9, 1],
      ['bit 13 of a 2M page', LONG, { ...TO_4K, 0x3018: 0x12202087n }, LINEAR, WRITE, 0xb, 2],
      ['bit 29 of a 1G page', LONG, { ...TO_4K, 0x2010: 0x60000087n }, LINEAR, USER, 0xd, 3],
      ['XD without NXE', NXE_OFF, { ...TO_4K, 0x4020: 0x80000000abcde007n }, LINEAR, READ, 9, 1],
      ['bit 52 in PAE paging', PAE, { 0x3018: 0x10000000004007n }, LOW, READ, 9, 2],
      ['bit 21 of a 4M page', PSE, { 0x1804: 0x12600087n }, LOW, READ, 9, 2],
    ];
  for (const [what, state, tables, linear, access, errorCode, level] of cases) {
    it(what, () => {
      const { fault } = walk(state, new Entries(tables), linear, access, true);
      assert.deepEqual([fault?.errorCode, fault?.level], [errorCode, level]);
    });
  }

  it('bits 62:52 are ignored in 4-level paging', () => {
    const tables = { ...TO_4K, 0x4020: 0x7ff00000abcde007n };
    assert.ok(walk(LONG, new Entries(tables), LINEAR, READ, false).translation);
  });
});

describe('access rights (SDM 3A 4.6.1)', () => {
  const [KERNEL, READ_ONLY, USER_PAGE] = [3n, 5n, 7n];
  const NO_EXECUTE = 0x8000000000000007n;
  const WP = { ...LONG, cr0: 0x80010001n };
  const SMEP = { ...LONG, cr4: 0x100020n };
  const SMAP = { ...LONG, cr4: 0x200020n };
  const SMAP_AC = { ...SMAP, systemFlags: 0x40002n };
  const IMPLICIT = { ...READ, implicit: true };
  const USER_FETCH = { ...USER, execute: true };
  const cases: readonly (readonly [
    string,
    PagingState,
    bigint,
    Access,
    string | undefined,
    number?,
  ])[] = [
    // what, state, flags of the page's entry, access, cause of the fault, error code
    ['user reads a page of the kernel', LONG, KERNEL, USER, 'user/supervisor', 5],
    ['user writes a read-only page', LONG, READ_ONLY, { ...USER, write: true }, 'read/write', 7],
    ['user reads a read-only page', LONG, READ_ONLY, USER, undefined],
    ['the kernel writes a read-only page', LONG, READ_ONLY, WRITE, undefined],
    ['the same with CR0.WP', WP, READ_ONLY, WRITE, 'read/write', 3],
    [
      'user fetches from an execute-disable page',
      LONG,
      NO_EXECUTE,
      USER_FETCH,
      'execute-disable',
      0x15,
    ],
    ['the kernel fetches there', LONG, NO_EXECUTE, FETCH, 'execute-disable', 0x11],
    ['the kernel reads there', LONG, NO_EXECUTE, READ, undefined],
    ['the kernel fetches from a user page', LONG, USER_PAGE, FETCH, undefined],
    ['the same with SMEP', SMEP, USER_PAGE, FETCH, 'SMEP', 0x11],
    ['SMEP lets the kernel read user pages', SMEP, USER_PAGE, READ, undefined],
    ['SMEP lets user code run', SMEP, USER_PAGE, USER_FETCH, undefined],
    ['SMAP keeps the kernel from user pages', SMAP, USER_PAGE, READ, 'SMAP', 1],
    ['… from writing too', SMAP, USER_PAGE, WRITE, 'SMAP', 3],
    ['… unless RFLAGS.AC is set', SMAP_AC, USER_PAGE, READ, undefined],
    ['… which helps no implicit access', SMAP_AC, USER_PAGE, IMPLICIT, 'SMAP', 1],
    ['SMAP lets the kernel fetch', SMAP, USER_PAGE, FETCH, undefined],
    ['SMAP lets user code read', SMAP, USER_PAGE, USER, undefined],
  ];
  for (const [what, state, flags, access, cause, errorCode] of cases) {
    it(`${what}: ${cause ? `#PF(${String(errorCode)})` : 'allowed'}`, () => {
      const entries = new Entries({ ...TO_4K, 0x4020: 0xabcde000n | flags });
      const { fault } = walk(state, entries, LINEAR, access, true);
      assert.deepEqual([fault?.cause, fault?.errorCode], [cause, errorCode]);
    });
  }

  it('are those of all entries together: the weakest decides', () => {
    const rights = (tables: Tables) => {
      const { translation } = walk(LONG, new Entries({ ...TO_4K, ...tables }), LINEAR, READ, false);
      return [translation?.writable, translation?.user, translation?.executeDisable];
    };
    assert.deepEqual(rights({}), [true, true, false]);
    assert.deepEqual(rights({ 0x1008: 0x2005n }), [false, true, false]);
    assert.deepEqual(rights({ 0x2010: 0x3003n }), [true, false, false]);
    assert.deepEqual(rights({ 0x3018: 0x8000000000004007n }), [true, true, true]);
  });
});
