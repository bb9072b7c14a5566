/** The part of a run that is shown: two counts of instructions, both within. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** The least number of instructions that is shown. */
const SMALLEST = 8;

/** Within a run of so many instructions, and not too short. */
export function fitted({ from, to }: Window, last: number): Window {
  const length = Math.max(Math.min(SMALLEST, last), Math.round(to - from));
  const begin = Math.round(Math.max(0, Math.min(from, last - length)));
  return { from: begin, to: Math.min(last, begin + length) };
}

/**
 * Shows more or less of it.
 *
 * @param factor below 1: less
 * @param centre a count of instructions that stays where it is
 */
export function zoomed({ from, to }: Window, factor: number, centre: number, last: number): Window {
  const begin = centre - (centre - from) * factor;
  return fitted({ from: begin, to: begin + (to - from) * factor }, last);
}

/** The least move that shows a place. */
export function showing(window: Window, place: number, last: number): Window {
  const { from, to } = window;
  if (place >= from && place <= to) return window;
  const by = place < from ? place - from : place - to;
  return fitted({ from: from + by, to: to + by }, last);
}

/** Where a count of instructions lies in a drawing. */
export const xOf = ({ from, to }: Window, count: number, width: number): number =>
  ((count - from) / Math.max(1, to - from)) * width;

/** Which count of instructions lies there. */
export const countAt = ({ from, to }: Window, x: number, width: number): number =>
  Math.max(from, Math.min(to, Math.round(from + (x / Math.max(1, width)) * (to - from))));
