import { Cost } from '../cost';
import { MonitorError, type Host } from '../host/host';
import { instruction } from '../instruction';
import type { Neighbours } from './neighbours';

/** The operations of a monitor with several guests on one processor. */

/** @throws MonitorError where the guest is alone */
function neighboursOf({ neighbours }: Host): Neighbours {
  if (!neighbours) throw new MonitorError('no other guest is there');
  return neighbours;
}

/** Numbers of guests as results: one more, as 0 is nobody. */
const numbered = (number: number | undefined): bigint => BigInt((number ?? -1) + 1);

/** Whether the guest has had the processor for as long as it may: 1, or 0. */
export const isSliceOver = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => (neighboursOf(host).isSliceOver ? 1n : 0n),
  operands: () => ['the time slice'],
});

/** It goes on for as long again. */
export const beginSlice = instruction('begin', Cost.SOFTWARE, {
  perform: (host: Host) => neighboursOf(host).beginSlice(),
  operands: () => ['another time slice'],
});

/** The guest waits for an interrupt, and is not asked again before there is one. */
export const markResting = instruction('note', Cost.SOFTWARE, {
  perform: (host: Host) => neighboursOf(host).rest(),
  operands: () => ['it waits for an interrupt'],
});

/** Who else can go on, in turn: one more than the number of the guest, or 0 for nobody. */
export const findOther = instruction('look up', Cost.SOFTWARE, {
  perform: (host: Host) => numbered(neighboursOf(host).findOther()),
  operands: () => ['a guest that can go on'],
});

/** Who goes on in the place of a guest that has ended: the same. */
export const findHeir = instruction('look up', Cost.SOFTWARE, {
  perform: (host: Host) => numbered(neighboursOf(host).findHeir()),
  operands: () => ['another guest'],
});

/** The number of the next guest, whatever it does. */
export const nextGuest = instruction('look up', Cost.SOFTWARE, {
  perform: (host: Host) => BigInt(neighboursOf(host).next),
  operands: () => ['the next guest'],
});

/**
 * Goes on with the handler of another guest, where that has given the processor away. What comes behind this operation
 * is done when the processor has come back.
 */
export const switchTo = instruction('switch', Cost.SOFTWARE, {
  perform: (host: Host, number: bigint) => neighboursOf(host).switchTo(Number(number)),
  operands: (number) => [`to VM ${String(number)}`],
});
