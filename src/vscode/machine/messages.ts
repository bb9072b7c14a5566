import type { Destination, MachineResponse, Place } from '../../adapter/machine-picture/protocol';

/** What the extension tells the page of the machine. */
export interface ToPage {
  readonly type: 'machine';
  readonly state: 'nothing' | 'stands' | 'runs' | 'ended';
  readonly picture: MachineResponse | undefined;
}

/** What the page tells the extension. */
export type FromPage =
  | { readonly type: 'ready' }
  | { readonly type: 'open'; readonly destination: Destination }
  | { readonly type: 'reveal'; readonly location: Place }
  | { readonly type: 'shown'; readonly shown: Shown };

/** What stands in the page, as it tells itself. */
export interface Shown {
  readonly sentence: string;
  /** What stands in each room, and who has what. */
  readonly rooms: readonly string[];
  readonly owners: readonly string[];
  /** Of the arrows that are drawn, from room to room. */
  readonly arrows: readonly string[];
  readonly hint: string;
}

/** The texts that the page shows by itself. */
export interface PageTexts {
  readonly title: string;
  readonly empty: string;
  readonly runs: string;
  readonly ended: string;
  readonly here: string;
  readonly owners: string;
  readonly path: string;
  /** `{0}`, which comes next. */
  readonly next: string;
  /** `{0}`: {1} */
  readonly labelled: string;
  readonly separator: string;
}
