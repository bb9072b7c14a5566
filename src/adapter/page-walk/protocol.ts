import type { WalkPicture } from '../../debugger/page-walk/picture';

/** The page walk of an address as a picture: what `ringside/view` tells of it in rows, drawn from the same walk. */

export type {
  AddressPart,
  BitText,
  SecondDimension,
  ShadowWalk,
  StopText,
  WalkCell,
  WalkColumn,
  WalkPicture,
} from '../../debugger/page-walk/picture';

export const PAGE_WALK = 'ringside/pageWalk';

/** `ringside/pageWalk` */
export interface PageWalkArguments {
  /** As of the view *Address Translation*: `rsp + 8`, `user write 0x1000`. Default: the present instruction's operand. */
  readonly address?: string;
  /** The focused stack frame; the top one when absent. */
  readonly frameId?: number;
}

export interface PageWalkResponse {
  readonly picture?: WalkPicture;
  /** Why there is none. */
  readonly message?: string;
  /** What else a person may want to see walked here. */
  readonly suggestions: readonly SuggestedAddress[];
}

export interface SuggestedAddress {
  /** What to ask for. */
  readonly expression: string;
  readonly label: string;
  /** What that is now. */
  readonly description: string;
}
