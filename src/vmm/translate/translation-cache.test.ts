import assert from 'node:assert/strict';
import { PhysicalMemory } from '../../processor/physical-memory';
import { DataPage } from './data-page';
import { distanceTo, type Emitter } from './emitter';
import { TranslationCache, type Block } from './translation-cache';
import { cacheBase } from './window';

const FRAME = 0x20000;
const MISS = cacheBase(32);

describe('the translation cache', () => {
  let memory: PhysicalMemory;
  let cache: TranslationCache;

  /** A block of one NOP and a jump. */
  const add = (rip: bigint, target: bigint): Block =>
    cache.add({ rip, bits: 32, end: rip + 6n, pages: [rip & -4096n] }, (code: Emitter) => {
      code.begin(rip);
      code.put([0x90], true);
      code.begin(rip + 1n);
      code.branch([0xe9], target, true);
    });

  /** Where the jump of a block leads: an offset in the cache. */
  const leadsTo = ({ branches: [branch] }: Block): number => {
    assert.ok(branch);
    return branch.at + 4 + (memory.read32(cache.frame + branch.at) | 0);
  };
  const stubOf = ({ branches: [branch] }: Block): number => branch?.stub ?? NaN;

  beforeEach(() => {
    memory = new PhysicalMemory(1 << 20);
    cache = new TranslationCache(memory, new DataPage(memory, FRAME));
    cache.begin(32);
  });

  it('ties a branch to its target when either is made, and when it is taken', () => {
    const first = add(0x1000n, 0x2000n);
    assert.equal(leadsTo(first), stubOf(first));
    const second = add(0x2000n, 0x1000n);
    assert.equal(leadsTo(second), first.start, 'what is there already');
    assert.equal(leadsTo(first), stubOf(first), 'nobody has come to the stub yet');
    cache.chain(stubOf(first), second);
    assert.equal(leadsTo(first), second.start);
    assert.deepEqual(cache.counts, { ...cache.counts, translated: 2, chained: 2 });
  });

  it('leads a branch back to its stub when its target is given up', () => {
    const second = add(0x2000n, 0x3000n);
    const first = add(0x1000n, 0x2000n);
    assert.equal(leadsTo(first), second.start);
    cache.remove(second);
    assert.equal(leadsTo(first), stubOf(first));
    assert.equal(cache.block(0x2000n), undefined);
    assert.equal(leadsTo(add(0x2000n, 0x1000n)), first.start);
  });

  it('has the targets of indirect branches in a table, as long as they are there', () => {
    const [one, other] = [add(0x1080n, 0x1000n), add(0x2080n, 0x1000n)];
    assert.equal(cache.data.lookup(0x80), MISS);
    cache.enterInTable(one);
    assert.equal(cache.data.lookup(0x80), MISS + BigInt(one.arrival ?? 0));
    cache.enterInTable(other);
    cache.remove(one);
    assert.equal(cache.data.lookup(0x80), MISS + BigInt(other.arrival ?? 0), 'the other’s place');
    cache.remove(other);
    assert.equal(cache.data.lookup(0x80), MISS);
  });

  it('tells which instruction completes one of the guest’s, and where that begins', () => {
    const { start } = add(0x1234n, 0x2000n);
    const at = cache.frame + start;
    assert.deepEqual(cache.originOf(at), { counts: true, offset: 0x234 });
    assert.deepEqual(cache.originOf(at + 1), { counts: true, offset: 0x235 });
    assert.deepEqual(cache.originOf(at + 6), { counts: false, offset: undefined }, 'the stub');
    assert.equal(cache.originOf(FRAME), undefined, 'the page of data');
  });

  it('puts no block across the end of a page', () => {
    for (let n = 0; n < 1000; n++) {
      const { start, finish } = add(BigInt(0x1000 + 16 * n), 0x9000n);
      assert.equal(start >> 12, (finish - 1) >> 12);
    }
  });

  it('is the same after it was saved and restored', () => {
    const second = add(0x2000n, 0x3000n);
    const first = add(0x1000n, 0x2000n);
    cache.enterInTable(second);
    const saved = structuredClone(cache.save());
    const again = new TranslationCache(memory, cache.data);
    again.restore(saved);
    assert.deepEqual(again.save(), saved);
    const restored = again.block(0x2000n);
    assert.ok(restored);
    again.remove(restored);
    assert.equal(leadsTo(first), stubOf(first));
    assert.equal(distanceTo(0, 4), 0);
  });
});
