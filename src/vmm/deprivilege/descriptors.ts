import { SegmentType } from '../../isa/access-rights';
import { SEGMENT_DESCRIPTOR } from '../../isa/segments';
import { wideMasksOf } from '../../isa/bits';

/**
 * The guest's descriptors as the processor gets to see them. The ring in which the kernel believes to be stands in
 * them, so they have to say where it really is.
 */

const { S, DPL, P } = wideMasksOf(SEGMENT_DESCRIPTOR);
const DPL_SHIFT = 45n;
const TYPE_SHIFT = 40n;
const CODE = BigInt(SegmentType.CODE) << TYPE_SHIFT;
const ACCESSED = BigInt(SegmentType.ACCESSED) << TYPE_SHIFT;

/** The ring in which the guest's kernel runs: 64-bit code has two of them only, as paging tells no more apart. */
export type KernelRing = 1 | 3;

/** Who is going to use the descriptors. */
export type Runs = { readonly kernelIn: KernelRing } | 'user';

const dplOf = (descriptor: bigint): number => Number((descriptor & DPL) >> DPL_SHIFT);
const isCode = (descriptor: bigint): boolean => (descriptor & CODE) !== 0n;

/** Whether the processor can load the descriptor, or its loading comes to the monitor. */
export const isPresent = (descriptor: bigint): boolean => (descriptor & P) !== 0n;

/**
 * A descriptor for the processor. What it must not use by itself is not present, so that whoever loads it comes to
 * the monitor: gates and TSSs, code of the other ring, and what the processor would mark as accessed in
 * the wrong table.
 *
 * @param used whether a segment register of the guest's holds it at present
 */
export function shadowDescriptor(descriptor: bigint, runs: Runs, used: boolean): bigint {
  if ((descriptor & S) === 0n) return descriptor & ~P;
  const marked = used ? descriptor | ACCESSED : descriptor;
  const present = (marked & ACCESSED) !== 0n;
  if (runs === 'user') return present ? marked : marked & ~P;
  const dpl = dplOf(descriptor);
  const isOthers = dpl === 0 ? false : dpl !== 3 || isCode(descriptor);
  const moved = dpl === 0 ? (marked & ~DPL) | (BigInt(runs.kernelIn) << DPL_SHIFT) : marked;
  return present && !isOthers ? moved : moved & ~P;
}
