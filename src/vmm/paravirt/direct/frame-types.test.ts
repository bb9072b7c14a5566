import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PhysicalMemory } from '../../../processor/physical-memory';
import { FrameTypes, type FrameType } from './frame-types';

/** `FRAME_RUNS=5000` makes more series of changes, `SEED=n` the same ones again. */
const RUNS = Number(process.env['FRAME_RUNS'] ?? 150);
const SEED = Number(process.env['SEED'] ?? 20_261_127);
const FIRST = 0x10000;
const FRAMES = 10;
const RESERVED = { index: 256, entry: 0x2003n };
const frame = (n: number): number => FIRST + n * 4096;
const all = Array.from({ length: FRAMES }, (_, n) => frame(n));
const owns = (address: number): boolean => all.includes(address);

type Change =
  | {
      readonly kind: 'replace' | 'write';
      readonly table: number;
      readonly index: number;
      readonly value: bigint;
    }
  | { readonly kind: 'pin'; readonly table: number; readonly level: number }
  | { readonly kind: 'unpin'; readonly table: number };

const number = fc.nat(FRAMES - 1);
const index = fc.constantFrom(0, 1, 255, 256, 511);
/** Mostly frames of the guest's, with flags that matter; sometimes the monitor's, or anything. */
const value = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(number, fc.constantFrom(0n, 1n, 3n, 5n, 7n, 0x67n, 0x87n))
      .map(([n, flags]) => BigInt(frame(n)) | flags),
  },
  fc.constantFrom(RESERVED.entry, 0x1003n, 0xffff000000000007n, 0x8000000000011007n),
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
);
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('replace' as const), table: number, index, value }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('write' as const), table: number, index, value }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pin' as const),
      table: number,
      level: fc.integer({ min: 1, max: 4 }),
    }),
  },
  fc.record({ kind: fc.constant('unpin' as const), table: number }),
);

/** What each frame is used for and how often, by what the tables say: found anew, without the counts. */
function recount(memory: PhysicalMemory, types: FrameTypes, pins: ReadonlyMap<number, number>) {
  const uses = new Map<number, { types: Set<FrameType>; count: number }>();
  const use = (target: number, type: FrameType): void => {
    assert.ok(owns(target), 'a frame of the guest’s');
    const found = uses.get(target) ?? { types: new Set(), count: 0 };
    found.types.add(type);
    found.count++;
    uses.set(target, found);
  };
  for (const [table, level] of pins) use(table, level as FrameType);
  for (const table of all) {
    const level = types.typeOf(table);
    if (typeof level !== 'number') continue;
    for (let n = 0; n < 512; n++) {
      const entry = memory.read64(table + n * 8);
      if (level === 4 && n === RESERVED.index) {
        assert.equal(entry & ~0x60n, RESERVED.entry);
        continue;
      }
      if (!(entry & 1n)) continue;
      const target = Number(entry & 0xffffffffff000n);
      assert.ok(level === 1 || !(entry & 0x80n), 'no large page');
      if (level > 1) use(target, (level - 1) as FrameType);
      else if (entry & 2n) use(target, 'writable');
      else assert.ok(owns(target));
    }
  }
  return uses;
}

describe(`the uses of frames under direct paging (seed ${String(SEED)})`, () => {
  it('are what the tables say after any changes, and nothing is a table and writable', () => {
    let tables = 0;
    const property = fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const memory = new PhysicalMemory(0x40000);
      let refused = 0;
      const types = new FrameTypes(memory, RESERVED, owns, () => void refused++);
      const pins = new Map<number, number>();
      for (const each of changes) {
        const table = frame(each.table);
        if (each.kind === 'pin') {
          if (!pins.has(table) && types.useTable(table, each.level)) pins.set(table, each.level);
        } else if (each.kind === 'unpin') {
          if (pins.delete(table)) types.release(table);
        } else if (each.kind === 'replace') {
          const at = table + each.index * 8;
          const before = memory.read64(at);
          if (types.replace(at, each.value) === undefined) assert.equal(memory.read64(at), before);
        } else {
          // What is writable is written by instructions, what is a table by devices.
          memory.write64(table + each.index * 8, each.value);
        }
        const uses = recount(memory, types, pins);
        const known = new Map(types.save().uses.map(([at, type, count]) => [at, { type, count }]));
        assert.deepEqual([...known.keys()].sort(), [...uses.keys()].sort());
        for (const [at, { types: found, count }] of uses) {
          assert.deepEqual([...found], [known.get(at)?.type]);
          assert.equal(known.get(at)?.count, count);
          if (typeof known.get(at)?.type === 'number') tables++;
        }
        const saved = types.save();
        types.restore(saved);
        assert.deepEqual(types.save(), saved);
      }
    });
    fc.assert(property, { numRuns: RUNS, seed: SEED });
    assert.ok(tables > RUNS);
  });
});
