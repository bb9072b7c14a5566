import type { ComparisonBody, ReportKind } from '../../adapter/comparison/protocol';

/** What the extension tells the page *Techniques Compared*: what it shows. */
export interface ToPage {
  readonly type: 'comparison';
  /** Without the files, which the page does not need. */
  readonly body: Omit<ComparisonBody, 'files'>;
}

/** What the page tells the extension. */
export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'shown'; readonly shown: Shown }
  /** The line after which the guest is another in this way. */
  | { readonly type: 'goTo'; readonly way: string }
  | { readonly type: 'export'; readonly kind: ReportKind };

/** What stands in the page, as it counts itself. */
export interface Shown {
  /** The processor that cycles are told for. */
  readonly profile: string;
  readonly scale: Scale;
  readonly bars: number;
  /** Cells of all tables. */
  readonly cells: number;
  /** Buttons that lead to a line. */
  readonly places: number;
}

export type Scale = 'linear' | 'logarithmic';

/** The texts that the page shows by itself. */
export interface PageTexts {
  readonly title: string;
  /** `{0}` is the guest. */
  readonly heading: string;
  readonly processor: string;
  readonly scale: string;
  readonly scales: Readonly<Record<Scale, string>>;
  readonly exports: Readonly<Record<ReportKind, string>>;
  readonly toolbar: string;
  readonly chart: string;
  /** How bars are to be read, on either scale. */
  readonly reading: Readonly<Record<Scale, string>>;
  /** `{0}` is the processor. */
  readonly spent: string;
  readonly total: string;
  readonly relative: string;
  readonly place: string;
  /** `{0}` is a place. */
  readonly goTo: string;
  readonly differences: string;
  readonly strays: string;
  readonly notRun: string;
}
