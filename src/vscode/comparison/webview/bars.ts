import { scaleLinear, scaleLog } from 'd3-scale';
import type { ComparedCosts } from '../../../adapter/comparison/protocol';
import type { Scale } from '../messages';

/** Where everything of the chart lies, in units of the drawing; nothing of how it looks. */
export interface Drawing {
  readonly bars: readonly Bar[];
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
}

export interface Bar {
  readonly width: number;
  readonly segments: readonly Segment[];
}

export interface Segment {
  /** The place in the list of what cycles are spent on. */
  readonly spending: number;
  readonly x: number;
  readonly width: number;
  readonly share: number;
}

/** From here on the shorter bars of a linear scale can hardly be seen. */
const LARGE = 20;
const TICKS = 6;

/** The scale on which all bars can be seen. */
export function fittingScale({ ways }: ComparedCosts): Scale {
  const cycles = ways.map((way) => way.cycles).filter((count) => count > 0);
  return Math.max(...cycles) / Math.min(...cycles) > LARGE ? 'logarithmic' : 'linear';
}

/**
 * Bars for the modelled cycles, relative to the first way where it has any. Their length is the sum, on a linear or a
 * logarithmic scale; their parts share it as they share the cycles.
 */
export function drawingOf({ ways }: ComparedCosts, scale: Scale, width: number): Drawing {
  const values = ways.map(({ cycles, relative }) => relative ?? cycles);
  const largest = Math.max(1, ...values);
  const least = Math.min(1, ...values.filter((value) => value > 0));
  const axis =
    scale === 'linear'
      ? scaleLinear([0, largest], [0, width]).nice(TICKS)
      : // A decade more, so that the shortest bar has a length.
        scaleLog([least / 10, largest], [0, width]).nice();
  const length = (value: number): number => (value > 0 ? Math.max(0, axis(value)) : 0);
  return {
    bars: ways.map(({ cycles, spent }, n) => barOf(spent, cycles, length(values[n] ?? 0))),
    ticks: axis
      .ticks(TICKS)
      .filter((tick) => scale === 'linear' || Number.isInteger(Math.log10(tick)))
      .map((tick) => ({ x: axis(tick), label: `×${tick.toLocaleString('en')}` })),
  };
}

function barOf(spent: readonly number[], cycles: number, width: number): Bar {
  let x = 0;
  const segments = spent.map((part, spending): Segment => {
    const share = cycles > 0 ? part / cycles : 0;
    const segment = { spending, x, width: share * width, share };
    x += segment.width;
    return segment;
  });
  return { width, segments: segments.filter((segment) => segment.share > 0) };
}
