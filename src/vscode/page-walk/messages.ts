import type { PageWalkResponse } from '../../adapter/page-walk/protocol';

/** What the extension tells the page of the page walk. */
export interface ToPage {
  readonly type: 'walks';
  readonly state: 'nothing' | 'stands' | 'runs' | 'ended';
  readonly walk: Walk | undefined;
  /** One that somebody wants to compare with. */
  readonly pinned: Walk | undefined;
}

/** A walk that is shown. */
export interface Walk {
  /** What was asked for; '': the present instruction's operand. */
  readonly address: string;
  readonly response: PageWalkResponse;
}

/** What the page tells the extension. */
export type FromPage =
  | { readonly type: 'ready' }
  /** Another address is to be walked. */
  | { readonly type: 'choose'; readonly address: string }
  | { readonly type: 'pin'; readonly pin: boolean }
  | { readonly type: 'save'; readonly svg: string }
  | { readonly type: 'shown'; readonly shown: Shown };

/** What stands in the page, as it counts itself. */
export interface Shown {
  /** What the picture is of: 'GVA 0x7c00'; '' where there is none. */
  readonly address: string;
  /** The accessible names of the cells. */
  readonly cells: readonly string[];
  /** How many references are lit. */
  readonly lit: number;
  readonly verdict: string;
  readonly detail: string;
  readonly pinned: boolean;
}

/** The texts that the page shows by itself. */
export interface PageTexts {
  readonly title: string;
  readonly empty: string;
  readonly runs: string;
  readonly ended: string;
  readonly toolbar: string;
  readonly operand: string;
  readonly present: string;
  readonly expression: string;
  readonly play: string;
  readonly playHelp: string;
  readonly pause: string;
  readonly back: string;
  readonly forward: string;
  readonly pin: string;
  readonly unpin: string;
  readonly pinHelp: string;
  readonly save: string;
  readonly saveHelp: string;
  /** Of the picture, for people who do not see it: `{0}` is the address. */
  readonly chart: string;
  readonly pinnedChart: string;
  /** `{0}`: {1} */
  readonly labelled: string;
  /** `{0}` ({1}) */
  readonly withNote: string;
  readonly separator: string;
  /** Reference `{0}` */
  readonly reference: string;
  /** `{0}` references */
  readonly references: string;
  readonly stops: string;
  readonly differs: string;
  readonly notReached: string;
  readonly guestEntry: string;
  readonly shadowEntry: string;
  readonly help: string;
}
