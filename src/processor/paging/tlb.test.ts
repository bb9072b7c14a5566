import assert from 'node:assert/strict';
import { CodeCache, CodeTlb, PHYSICAL_BASE, Tlb } from '../state/layout';
import { SoftwareTlb, type TlbFill } from './tlb';

const ROOT_USER = Tlb.BASE + Tlb.SET_SIZE;
const GUEST = Tlb.BASE + 2 * Tlb.SET_SIZE;
const CODE = CodeTlb.BASE;

describe('software TLB', () => {
  let view: DataView;
  let tlb: SoftwareTlb;
  let reached: number[];

  beforeEach(() => {
    view = new DataView(new ArrayBuffer(CodeCache.BASE));
    reached = [];
    tlb = new SoftwareTlb({ view, reach: (frame) => reached.push(frame) });
  });

  const fill = (linear: bigint, more: Partial<TlbFill> = {}, set: number = Tlb.BASE): void => {
    const entry = { linear, frame: 0x5000, readable: true, writable: true, global: false };
    tlb.fill(set, { ...entry, pageShift: 12, holdsCode: false, ...more });
  };
  const place = (linear: bigint, set: number = Tlb.BASE): number =>
    set + Number((linear >> 12n) & 0xfffn) * Tlb.ENTRY_SIZE;
  const mayRead = (linear: bigint, set?: number): boolean =>
    view.getBigUint64(place(linear, set) + Tlb.READ_TAG, true) === (linear & ~0xfffn);
  const writeTag = (linear: bigint): bigint =>
    view.getBigUint64(place(linear) + Tlb.WRITE_TAG, true);

  it('leads from the linear page to its frame in the WebAssembly memory', () => {
    fill(0xffff800000123456n, { frame: 0x7000 });
    const addend = view.getInt32(place(0xffff800000123456n) + Tlb.ADDEND, true);
    assert.equal((0x123456 + addend) | 0, PHYSICAL_BASE + 0x7456);
  });

  it('tells where an access within a page goes, if nothing has to look at it', () => {
    const at = 0xffff800000123ff8n;
    const to = (tag: number, bytes = 8, linear = at): number | undefined =>
      tlb.straight(Tlb.BASE, linear, bytes, tag);
    fill(at, { frame: 0x7000 });
    assert.equal(to(Tlb.READ_TAG), PHYSICAL_BASE + 0x7ff8);
    assert.equal(to(Tlb.WRITE_TAG), PHYSICAL_BASE + 0x7ff8);
    assert.equal(to(Tlb.READ_TAG, 10), undefined);
    assert.equal(to(Tlb.READ_TAG, 8, 0x123ff8n), undefined);
    assert.equal(tlb.straight(GUEST, at, 8, Tlb.READ_TAG), undefined);
    fill(at, { frame: 0x7000, holdsCode: true });
    assert.equal(to(Tlb.WRITE_TAG), undefined);
    fill(at, { frame: 0x7000, readable: false });
    assert.equal(to(Tlb.READ_TAG), undefined);
  });

  it('keeps worlds and privileges apart, and forgets one world at a time', () => {
    fill(0x1000n);
    fill(0x1000n, {}, ROOT_USER);
    fill(0x1000n, {}, GUEST);
    tlb.flushWorld(0, false);
    assert.deepEqual([mayRead(0x1000n), mayRead(0x1000n, ROOT_USER)], [false, false]);
    assert.equal(mayRead(0x1000n, GUEST), true);
  });

  it('keeps global translations over a change of address space, but not over INVLPG', () => {
    fill(0x1000n, { global: true });
    fill(0x2000n);
    tlb.flushWorld(0, true);
    assert.deepEqual([mayRead(0x1000n), mayRead(0x2000n)], [true, false]);
    tlb.flushPage(0, 0x1fffn);
    assert.equal(mayRead(0x1000n), false);
  });

  it('forgets all pieces of a large page, and only those', () => {
    for (const linear of [0x200000n, 0x201000n, 0x3ff000n]) fill(linear, { pageShift: 21 });
    fill(0x400000n, { pageShift: 21 });
    fill(0x500000n);
    tlb.flushPage(0, 0x2ab123n);
    assert.deepEqual(
      [0x200000n, 0x201000n, 0x3ff000n].map((l) => mayRead(l)),
      [false, false, false],
    );
    assert.deepEqual([mayRead(0x400000n), mayRead(0x500000n)], [true, true]);
  });

  it('marks what holds code without taking a translation away', () => {
    fill(0x1000n, { frame: 0x8000 });
    fill(0x2000n, { frame: 0x9000 });
    fill(0x3000n, { frame: 0x8000, writable: false });
    tlb.markCode(0x8000);
    assert.deepEqual([0x1000n, 0x2000n].map(writeTag), [0x1001n, 0x2000n]);
    assert.equal(writeTag(0x3000n), 0xffffffffffffffffn);
    tlb.unmarkCode();
    assert.equal(writeTag(0x1000n), 0x1000n);
  });

  it('knows fetches by frame; losing the maps loses no translation', () => {
    tlb.fillCode(CODE, 0x7c12n, 0xabc000);
    tlb.setCodeMap(CODE, 0x7c12n, 0xd0000);
    tlb.forgetMaps(0);
    assert.equal(tlb.codeFrame(CODE, 0x7fffn), 0xabc000);
    assert.equal(tlb.codeFrame(CODE, 0x8000n), undefined);
    const at = CODE + 7 * CodeTlb.ENTRY_SIZE + CodeTlb.MAP;
    assert.equal(view.getUint32(at, true), CodeCache.NO_MAP);
    tlb.flushPage(0, 0x7c00n);
    assert.equal(tlb.codeFrame(CODE, 0x7c12n), undefined);
  });

  it('is saved and put back, whatever was filled, dropped and filled again', () => {
    for (let n = 0n; n < 700n; n++) {
      fill((n % 300n) << 12n, { frame: Number(n) << 12, pageShift: n % 2n ? 12 : 21 });
      if (n % 7n === 0n) tlb.flushPage(0, (n % 300n) << 12n);
    }
    fill(0x1000n, {}, GUEST);
    tlb.fillCode(CODE, 0x7c00n, 0x7000);
    const saved = tlb.save();
    tlb.flushAll();
    assert.equal(tlb.save().data.length + tlb.save().code.length, 0);
    fill(0x999000n);
    tlb.restore(saved);
    assert.deepEqual(tlb.save(), saved);
    tlb.flushPage(0, 0n); // it has not forgotten which pieces belong together
    const others = new DataView(new ArrayBuffer(CodeCache.BASE));
    reached = [];
    const again = new SoftwareTlb({ view: others, reach: (frame) => reached.push(frame) });
    again.restore(saved);
    assert.ok(reached.includes(0x5000));
    again.flushPage(0, 0n);
    assert.deepEqual(again.save(), tlb.save());
  });

  it('tells of each frame that may be written by what it keeps, and of no other', () => {
    fill(0x1000n, { frame: 0x7000, writable: false });
    assert.deepEqual(reached, []);
    fill(0x1000n, { frame: 0x7000 });
    fill(0xffff_8000_0000_0000n, { frame: 0x9000 }, GUEST);
    assert.deepEqual(reached, [0x7000, 0x9000]);
  });
});
