import assert from 'node:assert/strict';
import {
  CodeCache,
  CodeFrames,
  CodeTlb,
  PHYSICAL_BASE,
  PassedWords,
  Run,
  SEGMENT_SIZE,
  State,
  Tlb,
  Units,
  Wide,
} from './layout';

describe('layout of the shared memory', () => {
  it('keeps its areas apart', () => {
    const areas = [
      ['state', State.GPR, State.SEGMENTS + 8 * SEGMENT_SIZE],
      ['registers of slow paths', State.CR0, State.END],
      ['run', Run.REMAINING, Run.END],
      ['units', Units.VECTOR, Units.END],
      ['wide', Wide.BASE, Wide.END],
      ['TLB', Tlb.BASE, Tlb.BASE + Tlb.SETS * Tlb.SET_SIZE],
      ['code TLB', CodeTlb.BASE, CodeTlb.BASE + CodeTlb.SETS * CodeTlb.SET_SIZE],
      ['code cache', CodeCache.BASE, CodeCache.BASE + CodeCache.SIZE],
      [
        'passed words',
        PassedWords.BASE,
        PassedWords.BASE + PassedWords.LISTS * PassedWords.LIST_SIZE,
      ],
      ['table of code frames', CodeFrames.BASE, CodeFrames.BASE + CodeFrames.SIZE],
      ['physical memory', PHYSICAL_BASE, Infinity],
    ] as const;
    areas.forEach(([name, start], n) => {
      const before = areas[n - 1];
      if (before) assert.ok(start >= before[2], `${name} begins after the ${before[0]}`);
    });
  });

  it('has sets as large as their entries ask for', () => {
    assert.equal(Tlb.SET_SIZE, Tlb.ENTRIES * Tlb.ENTRY_SIZE);
    assert.equal(CodeTlb.SET_SIZE, CodeTlb.ENTRIES * CodeTlb.ENTRY_SIZE);
  });
});
