import type { Condition } from '../reaction';
import type { Moment, Timeline } from '../../../session';

/** A moment that somebody wants to go to. */
export type Goal =
  | { readonly kind: 'start' }
  /** The last moment that is known. */
  | { readonly kind: 'present' }
  /** The last one of a timeline, which becomes the present one. */
  | { readonly kind: 'end-of'; readonly timeline: Timeline }
  /** One that was there before, on its timeline. */
  | { readonly kind: 'moment'; readonly moment: Moment; readonly timeline: Timeline }
  /** As soon as something holds, from the beginning on. */
  | { readonly kind: 'first'; readonly holds: Condition }
  /** As soon as so many instructions have been completed. */
  | { readonly kind: 'instruction'; readonly count: number }
  /** The exit with a number, of a guest; nothing has been done about it yet. */
  | {
      readonly kind: 'exit';
      readonly number: number;
      readonly guest: number;
      /** How many had been completed then. Default: as the trace has it, of an exit before this moment. */
      readonly instructions?: number;
    };
