import type { GoToArguments, HistoryResponse } from '../../adapter/past/protocol';

/** What the extension tells the page of the timeline. */
export type ToPage =
  /** A run as a whole; undefined: there has been none. */
  | { readonly type: 'run'; readonly run: Run | undefined }
  /** A part of it, as the page has asked for. */
  | { readonly type: 'part'; readonly part: HistoryResponse };

/** A run that is shown. */
export interface Run {
  /** Another one than before has another id. */
  readonly id: string;
  /** Of the session. */
  readonly title: string;
  readonly state: 'stands' | 'runs' | 'ended';
  readonly history: HistoryResponse;
}

/** What the page tells the extension. */
export type FromPage =
  | { readonly type: 'ready' }
  /** It wants to know more of a part. */
  | { readonly type: 'look'; readonly from: number; readonly to: number }
  | { readonly type: 'goTo'; readonly goal: GoToArguments }
  | { readonly type: 'shown'; readonly shown: Shown };

/** What stands in the page, as it counts itself. */
export interface Shown {
  readonly from: number;
  readonly to: number;
  /** What can be gone to, in words. */
  readonly items: readonly string[];
  /** What has the focus. */
  readonly focused: string | undefined;
  /** Drawn pieces of lanes. */
  readonly pieces: number;
  readonly summary: string;
  readonly note: string;
}

/** The texts that the page shows by itself. */
export interface PageTexts {
  readonly title: string;
  readonly empty: string;
  readonly toolbar: string;
  readonly whole: string;
  readonly zoomIn: string;
  readonly zoomOut: string;
  readonly here: string;
  readonly runs: string;
  readonly ended: string;
  /** `{0}` is why. */
  readonly noWay: string;
  readonly chart: string;
  readonly list: string;
  readonly lanes: Readonly<Record<'exit' | 'event' | 'mode' | 'output' | 'marks', string>>;
  /** `{0}` to `{1}`: `{2}`. */
  readonly stretch: string;
  /** `{0}` × `{1}` */
  readonly times: string;
  /** `{0}` comes after `{1}` instructions. */
  readonly after: string;
  readonly separator: string;
  /** `{0}` ({1}) */
  readonly guest: string;
  readonly bookmark: string;
  readonly checkpoint: string;
  readonly others: string;
  readonly instructions: string;
  readonly exits: string;
  readonly events: string;
  readonly bytes: string;
  readonly nothing: string;
  readonly help: string;
}
