import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PhysicalMemory } from '../../processor/physical-memory';
import { PAGE_SIZE } from '../../processor/state/layout';
import { mergeInto, PageHistory, type PageVersions } from './page-history';

const PAGES = 16;

function made(): { memory: PhysicalMemory; history: PageHistory } {
  const memory = new PhysicalMemory(PAGES * PAGE_SIZE);
  memory.write32(0x1000, 0x11);
  return { memory, history: new PageHistory(memory, { track: () => undefined }) };
}

describe('the history of memory', () => {
  it('keeps of each time the pages that were others before', () => {
    const { memory, history } = made();
    memory.write32(0x2004, 1);
    memory.write32(0x3000, 1);
    memory.write32(0x3000, 0); // as it was
    assert.deepEqual([...history.take().pages.keys()], [2]);
    assert.deepEqual([...history.take().pages.keys()], []);
  });

  it('takes in what is written in place, without anybody being told', () => {
    const { memory, history } = made();
    const words = memory.pageWords(0x5000);
    words[3] = 7;
    const seven = history.take();
    words[3] = 8;
    history.restore(seven);
    assert.equal(words[3], 7);
  });

  it('finds each time again, also on branches, and where times between have gone', () => {
    const write = fc.tuple(fc.nat(PAGES - 1), fc.nat(255));
    const deed = fc.record({ writes: fc.array(write, { maxLength: 4 }), back: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(deed, { minLength: 3, maxLength: 20 }), fc.nat(20), (deeds, gone) => {
        const { memory, history } = made();
        const times: { time: PageVersions; bytes: Uint8Array }[] = [];
        const note = (time: PageVersions): void => {
          times.push({ time, bytes: memory.readBytes(0, memory.size) });
        };
        note(history.present);
        for (const { writes, back } of deeds) {
          for (const [page, value] of writes) memory.write8(page * PAGE_SIZE + value, value);
          note(history.take());
          const to = times[back];
          if (to) history.restore(to.time);
        }
        const left = withoutOne(times, gone % times.length, history.present);
        for (const { time, bytes } of [...left, ...left.reverse()]) {
          history.restore(time);
          assert.deepEqual(memory.readBytes(0, memory.size), bytes);
        }
      }),
      { numRuns: 100, seed: 20_261_127 },
    );
  });
});

/** One that has a single successor is given up. */
function withoutOne<T extends { time: PageVersions }>(
  times: readonly T[],
  n: number,
  present: PageVersions,
): T[] {
  const gone = times[n];
  const successors = times.filter(({ time }) => time.parent === gone?.time);
  const [heir] = successors;
  if (!gone || !heir || successors.length > 1 || gone.time === present) return [...times];
  mergeInto(heir.time, gone.time);
  return times.filter((each) => each !== gone);
}
