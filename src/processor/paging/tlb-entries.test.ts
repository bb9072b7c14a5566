import assert from 'node:assert/strict';
import { CodeCache, CodeTlb, Tlb } from '../state/layout';
import { SoftwareTlb, type TlbFill } from './tlb';
import { tlbEntries } from './tlb-entries';

const GUEST_USER = Tlb.BASE + 3 * Tlb.SET_SIZE;
const GUEST_USER_CODE = CodeTlb.BASE + 3 * CodeTlb.SET_SIZE;
const KERNEL = 0xffff_8000_0012_3000n;

describe('entries of the software TLB', () => {
  let tlb: SoftwareTlb;

  beforeEach(() => {
    const view = new DataView(new ArrayBuffer(CodeCache.BASE));
    tlb = new SoftwareTlb({ view, reach: () => undefined });
  });

  const page: TlbFill = {
    linear: KERNEL + 0x456n,
    frame: 0x5000,
    readable: true,
    writable: false,
    global: false,
    pageShift: 12,
    holdsCode: false,
  };
  const only = (more: Partial<TlbFill> = {}, set: number = Tlb.BASE) => {
    tlb.fill(set, { ...page, ...more });
    const entries = tlbEntries(tlb.save());
    assert.equal(entries.length, 1);
    return entries[0];
  };

  it('tell page, frame and rights', () => {
    assert.deepEqual(only(), {
      world: 0,
      user: false,
      linear: KERNEL,
      frame: 0x5000,
      readable: true,
      writable: false,
      executable: false,
      global: false,
      pageShift: 12,
      key: undefined,
    });
  });

  it('tell frames above 2 GBytes, and the pages of entries that may only be written', () => {
    const entry = only({ frame: 0xbffff000, readable: false, writable: true });
    assert.deepEqual([entry?.linear, entry?.frame], [KERNEL, 0xbffff000]);
    assert.deepEqual([entry?.readable, entry?.writable], [false, true]);
  });

  it('tell global pages, large ones, protection keys, and frames that hold code', () => {
    const more = { global: true, pageShift: 30, key: 15, writable: true, holdsCode: true };
    const entry = only(more);
    assert.deepEqual([entry?.global, entry?.pageShift, entry?.key], [true, 30, 15]);
    assert.equal(entry?.linear, KERNEL);
  });

  it('tell key 0 from none', () => {
    assert.equal(only({ key: 0 })?.key, 0);
  });

  it('tell world and privilege, for data and for fetches', () => {
    assert.deepEqual([only({}, GUEST_USER)?.world, only({}, GUEST_USER)?.user], [1, true]);
    tlb.fillCode(GUEST_USER_CODE, KERNEL + 0x789n, 0x7000);
    const [, code] = tlbEntries(tlb.save());
    assert.deepEqual(
      [code?.world, code?.user, code?.linear, code?.frame, code?.executable],
      [1, true, KERNEL, 0x7000, true],
    );
    assert.deepEqual([code?.readable, code?.writable], [false, false]);
  });

  it('are none once they are dropped', () => {
    only();
    tlb.fillCode(CodeTlb.BASE, KERNEL, 0x7000);
    tlb.flushPage(0, KERNEL);
    assert.deepEqual(tlbEntries(tlb.save()), []);
  });
});
