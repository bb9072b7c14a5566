import { AccessRights, SegmentType } from '../../isa/access-rights';
import { WideCr4 } from '../../isa/registers/control';
import {
  CS,
  CodeTlb,
  FS,
  GS,
  SEGMENT_SIZE,
  SS,
  Segment,
  State,
  Tlb,
  segmentSlot,
  wordOf,
  type ProcessorPlace,
} from './layout';
import { isCode, isUsable } from '../segments/descriptor';
import { unavailableUnits } from '../system/unit-available';
import type { CpuState } from './cpu-state';

const HIGH = 1;
/** Iterations of a repeated string instruction that count as one. */
const REPEAT_LIMIT = 65_536;

/** @param each whether each iteration is looked at, as with breakpoints, or followed by a trap */
export const repeatLimit = (each: boolean): number => (each ? 1 : REPEAT_LIMIT);

/** All ones. */
const ALL = -1;

/**
 * Brings up to date what follows from the architectural state and stands in slots of its own so that
 * instructions need not work it out: masks, bounds of segments, the TLB set of world and privilege.
 */
export function updateDerivedState(state: CpuState, guest: boolean, place: ProcessorPlace): void {
  const { words } = state;
  const wide = state.codeBits === 64;
  const top = wide ? ALL : 0;
  setHalves(words, State.LINEAR_MASK, ALL, top);
  const stackBits32 = (state.accessRights(SS) & AccessRights.DB) !== 0;
  setHalves(words, State.STACK_MASK, wide || stackBits32 ? ALL : 0xffff, top);
  const limit = words[wordOf(segmentSlot(CS) + Segment.LIMIT)] ?? 0;
  setHalves(words, State.FETCH_LIMIT, wide ? ALL : limit, top);
  setTargets(state, wide ? undefined : limit);
  const set = (guest ? 2 : 0) + (state.cpl === 3 ? 1 : 0);
  const dataSet = state.watchesData ? Tlb.EMPTY_SET : set;
  words[wordOf(State.TLB_SET)] = place.tlb + dataSet * Tlb.SET_SIZE;
  words[wordOf(State.CODE_TLB_SET)] = place.codeTlb + set * CodeTlb.SET_SIZE;
  words[wordOf(State.UNAVAILABLE)] = unavailableUnits(state);
  words[wordOf(State.REPEAT_LIMIT)] = repeatLimit(state.hasBreakpoints);
  if (wide) updateWideSegments(words);
  else for (let index = 0; index <= GS; index++) updateSegment(state, index);
}

/** Where near branches may lead: below the limit, or in 64-bit mode to canonical addresses of 48 or 57 bits. */
function setTargets({ words, cr4 }: CpuState, limit: number | undefined): void {
  const half = limit === undefined ? 1 << ((cr4 & WideCr4.LA57 ? 56 : 47) - 32) : 0;
  setHalves(words, State.TARGET_BIAS, 0, half);
  setHalves(words, State.TARGET_SPAN, limit ?? ALL, half === 0 ? 0 : 2 * half - 1);
}

function setHalves(words: Int32Array, slot: number, low: number, high: number): void {
  words[wordOf(slot)] = low;
  words[wordOf(slot) + HIGH] = high;
}

/** In 64-bit mode no limit is checked, and only FS and GS have a base (SDM 3A 3.4.4). */
function updateWideSegments(words: Int32Array): void {
  for (let slot = segmentSlot(0); slot <= segmentSlot(GS); slot += SEGMENT_SIZE) {
    words[wordOf(slot + Segment.CHECKED)] = 0;
    setHalves(words, slot + Segment.EFFECTIVE_BASE, 0, 0);
  }
  copyBase(words, segmentSlot(FS));
  copyBase(words, segmentSlot(GS));
}

function copyBase(words: Int32Array, slot: number): void {
  const base = wordOf(slot + Segment.BASE);
  setHalves(words, slot + Segment.EFFECTIVE_BASE, words[base] ?? 0, words[base + HIGH] ?? 0);
}

function updateSegment(state: CpuState, index: number): void {
  const { words } = state;
  const slot = segmentSlot(index);
  copyBase(words, slot);
  const limit = words[wordOf(slot + Segment.LIMIT)] ?? 0;
  const accessRights = state.accessRights(index);
  const real = state.realStyleSegments;
  const usable = isUsable(accessRights) && (real || (accessRights & AccessRights.P) !== 0);
  const code = isCode(accessRights);
  const readable = usable && (real || !code || (accessRights & SegmentType.READABLE) !== 0);
  const writable = usable && (real || (!code && (accessRights & SegmentType.WRITABLE) !== 0));
  const expandDown = !real && !code && (accessRights & SegmentType.EXPAND_DOWN) !== 0;
  const flat = readable && writable && !expandDown && limit === ALL;
  words[wordOf(slot + Segment.CHECKED)] = flat ? 0 : 1;
  const bounds = expandDown ? expandDownBounds(limit, accessRights) : [0, 0, limit];
  setBounds(words, slot + Segment.READ_LOW, readable ? bounds : NOWHERE);
  setBounds(words, slot + Segment.WRITE_LOW, writable ? bounds : NOWHERE);
}

/** The lowest offset in two halves, and the highest, which has 32 bits. */
type Bounds = readonly number[];

/** From 1 to 0: no offset. */
const NOWHERE: Bounds = [1, 0, 0];

/** The offsets above the limit (SDM 3A 5.3); above the highest limit there are none. */
function expandDownBounds(limit: number, accessRights: number): Bounds {
  const highest = accessRights & AccessRights.DB ? ALL : 0xffff;
  return [(limit + 1) | 0, limit === ALL ? 1 : 0, highest];
}

/** The slot of the highest offset follows that of the lowest. */
function setBounds(words: Int32Array, slot: number, [low = 0, carry = 0, high = 0]: Bounds): void {
  setHalves(words, slot, low, carry);
  setHalves(words, slot + 8, high, 0);
}
