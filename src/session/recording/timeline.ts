import type { Checkpoint, Checkpoints } from './checkpoints';
import type { Controls } from './controls';
import type { Input } from './input';
import type { Moment } from './moment';

/** What has come from outside at some moment, or been done by somebody who debugs. */
export type Entry = Pick<Moment, 'steps' | 'time'> &
  (
    | { readonly kind: 'input'; readonly input: Input }
    | { readonly kind: 'controls'; readonly controls: Controls }
    /** Something was changed by hand: this is what came of it. */
    | { readonly kind: 'edit'; readonly result: Checkpoint }
  );

/** One course of events: with the same beginning, the same entries lead to the same end. */
export interface Timeline {
  /** From 1. */
  readonly number: number;
  /** How many instructions had been completed where it left another one. */
  readonly begins: number;
  readonly entries: Entry[];
  readonly checkpoints: Checkpoints;
  /** How far it is known. */
  end: Moment;
  /** How many instructions had been completed then. */
  instructions: number;
}
