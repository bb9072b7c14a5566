import assert from 'node:assert/strict';
import type { HistoryResponse } from '../../../adapter/past/protocol';
import type { PageTexts } from '../messages';
import { itemsOf, summaryOf } from './items';
import { lanesOf, looksOf } from './lanes';

const HISTORY: HistoryResponse = {
  from: 0,
  to: 100,
  instructions: 40,
  present: 100,
  guests: [],
  series: [
    { kind: 'mode', guest: 0, name: 'real', total: 1, ring: 0 },
    { kind: 'exit', guest: 0, name: 'HLT', total: 1 },
    { kind: 'exit', guest: 0, name: 'CPUID', total: 30 },
    { kind: 'mode', guest: 0, name: 'ring 3', total: 1, ring: 3 },
    { kind: 'output', guest: 0, name: 'serial port', total: 2 },
  ],
  stretches: [
    {
      from: 0,
      to: 50,
      counts: [
        [0, 1],
        [2, 30],
      ],
      modes: [],
    },
    {
      from: 50,
      to: 80,
      counts: [
        [3, 1],
        [1, 1],
        [4, 2],
      ],
      modes: [0],
    },
    { from: 80, to: 100, counts: [], modes: [3] },
  ],
  bookmarks: [{ number: 3, name: 'x', instructions: 60, timeline: 1 }],
  checkpoints: [0],
};

const EPISODES: HistoryResponse = {
  ...HISTORY,
  episodes: [
    { from: 0, to: 0, series: 0, count: 1, text: 'real' },
    { from: 10, to: 45, series: 2, count: 30, text: 'CPUID (leaf 0x0) × 30', exit: 1 },
    { from: 60, to: 60, series: 3, count: 1, text: 'ring 3' },
    { from: 70, to: 70, series: 1, count: 1, text: 'HLT', exit: 31 },
    { from: 72, to: 73, series: 4, count: 2, text: 'serial port: “ab”' },
  ],
};

const TEXTS = {
  after: '{0} @ {1}',
  stretch: '{0}-{1}: {2}',
  times: '{0} x {1}',
  separator: ', ',
  guest: '{0} ({1})',
  bookmark: 'bookmark {0}',
  instructions: '{0} instructions',
  exits: '{0} exits',
  events: '{0} events',
  bytes: '{0} bytes',
} as PageTexts;

const modesOf = (history: HistoryResponse): unknown[] =>
  lanesOf(history)
    .filter(({ kind }) => kind === 'mode')
    .flatMap(({ pieces }) => pieces)
    .map(({ from, to, parts }) => [from, to, parts.map(([series]) => series)]);

describe('the lanes of a run', () => {
  it('are those in which anything happens', () => {
    assert.deepEqual(
      lanesOf(HISTORY).map(({ kind }) => kind),
      ['exit', 'mode', 'output'],
    );
  });

  it('have pieces of which the highest is where most happens', () => {
    const [exits] = lanesOf(HISTORY);
    assert.deepEqual(
      exits?.pieces.map(({ from, to, height }) => [from, to, height === 1]),
      [
        [0, 50, true],
        [50, 80, false],
      ],
    );
  });

  it('show each mode for as long as it lasts, and several where it is not known when each does', () => {
    assert.deepEqual(modesOf(EPISODES), [
      [0, 60, [0]],
      [60, 100, [3]],
    ]);
    assert.deepEqual(modesOf(HISTORY), [
      [0, 50, [0]],
      [50, 80, [0, 3]],
      [80, 100, [3]],
    ]);
  });

  it('give the most frequent exits the first looks', () => {
    assert.deepEqual([...looksOf(HISTORY)].sort(), [
      [1, 1],
      [2, 0],
    ]);
  });

  it('are told in words, with where each leads', () => {
    assert.deepEqual(
      itemsOf(EPISODES, TEXTS).map(({ text, goal }) => [text, goal.to, goal.number]),
      [
        ['real @ 0', 'instruction', 0],
        ['CPUID (leaf 0x0) × 30 @ 10', 'exit', 1],
        ['ring 3 @ 60', 'instruction', 60],
        ['bookmark x @ 60', 'bookmark', 3],
        ['HLT @ 70', 'exit', 31],
        ['serial port: “ab” @ 72', 'instruction', 72],
      ],
    );
    assert.deepEqual(
      itemsOf(HISTORY, TEXTS).map(({ text }) => text),
      ['0-50: real, CPUID x 30', '50-80: ring 3, HLT, serial port x 2', 'bookmark x @ 60'],
    );
    assert.equal(
      summaryOf(HISTORY, TEXTS),
      '100 instructions, 31 exits (CPUID x 30, HLT x 1), 2 bytes',
    );
  });
});
