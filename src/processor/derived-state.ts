import { AccessRights } from '../isa/segments';
import { CS, CodeTlb, FS, GS, SS, Segment, State, Tlb, segmentSlot } from './layout';
import { isUsable } from './segments/descriptor';
import type { CpuState } from './state';

const ALL = (1n << 64n) - 1n;
const LOW32 = 0xffffffffn;

/**
 * Brings up to date what follows from the architectural state and stands in slots of its own so that
 * instructions need not work it out: masks, bounds of segments, the TLB set of world and privilege.
 */
export function updateDerivedState(state: CpuState, view: DataView, guest: boolean): void {
  const bits = state.codeBits;
  const wide = bits === 64;
  state.setSlot(State.LINEAR_MASK, wide ? ALL : LOW32);
  const stackBits32 = (state.accessRights(SS) & AccessRights.DB) !== 0;
  state.setSlot(State.STACK_MASK, wide ? ALL : stackBits32 ? LOW32 : 0xffffn);
  state.setSlot(State.FETCH_LIMIT, wide ? ALL : BigInt(state.segment(CS).limit));
  const set = (guest ? 2 : 0) + (state.cpl === 3 ? 1 : 0);
  const dataSet = state.checksAlignment ? Tlb.EMPTY_SET : set;
  state.setWord(State.TLB_SET, Tlb.BASE + dataSet * Tlb.SET_SIZE);
  state.setWord(State.CODE_TLB_SET, CodeTlb.BASE + set * CodeTlb.SET_SIZE);
  for (let index = 0; index <= GS; index++) updateSegment(state, view, index, wide);
}

function updateSegment(state: CpuState, view: DataView, index: number, wide: boolean): void {
  const slot = segmentSlot(index);
  const { base, limit, accessRights } = state.segment(index);
  const ignored = wide && index !== FS && index !== GS;
  state.setSlot(slot + Segment.EFFECTIVE_BASE, ignored ? 0n : base);
  if (wide) {
    view.setInt32(slot + Segment.CHECKED, 0, true);
    return;
  }
  const real = state.realStyleSegments;
  const usable = isUsable(accessRights) && (real || (accessRights & AccessRights.P) !== 0);
  const code = (accessRights & 0x18) === 0x18;
  const readable = usable && (real || !code || (accessRights & 2) !== 0);
  const writable = usable && (real || (!code && (accessRights & 2) !== 0));
  const expandDown = !real && !code && (accessRights & 4) !== 0;
  const top = accessRights & AccessRights.DB ? LOW32 : 0xffffn;
  const low = expandDown ? BigInt(limit) + 1n : 0n;
  const high = expandDown ? top : BigInt(limit);
  const bounds = (allowed: boolean): [bigint, bigint] => (allowed ? [low, high] : [1n, 0n]);
  const flat = readable && writable && low === 0n && high === LOW32;
  view.setInt32(slot + Segment.CHECKED, flat ? 0 : 1, true);
  const [readLow, readHigh] = bounds(readable);
  const [writeLow, writeHigh] = bounds(writable);
  state.setSlot(slot + Segment.READ_LOW, readLow);
  state.setSlot(slot + Segment.READ_HIGH, readHigh);
  state.setSlot(slot + Segment.WRITE_LOW, writeLow);
  state.setSlot(slot + Segment.WRITE_HIGH, writeHigh);
}
