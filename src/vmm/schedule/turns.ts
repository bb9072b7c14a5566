import type { Handler } from '../operation';
import { armHostTimer, hostHalt, waitForInput } from '../operations';
import {
  beginSlice,
  findHeir,
  findOther,
  isSliceOver,
  markResting,
  nextGuest,
  switchTo,
} from './operations';

/**
 * When handlers give the processor to other guests. Each guest has a handler of its own under way, which stands still
 * while it is another one's turn, as threads of a kernel do.
 */
export interface Turns {
  /** Whether there are others. */
  readonly shared: boolean;
  /** Whether they are virtual processors of the same guest. */
  readonly siblings: boolean;
  /** Everything is ready for the first entry: the others get ready, too, before anybody is entered. */
  first(): Handler;
  /** Control is on its way back to the guest: its time may be over. */
  next(): Handler;
  /** Its time is over. */
  over(): Handler;
  /** The guest waits for an interrupt. The result is 1 when the host has waited for one. */
  rest(): Handler<bigint>;
  /** The guest has ended. */
  leave(): Handler;
}

/** What a technique leaves of a guest in the processor when control comes to the monitor. */
export interface ContextSwitch {
  /** Puts it away. */
  save(): Handler;
  /** Brings it back. */
  load(): Handler;
  /** The guest may have the processor for another time slice. */
  renew(): Handler;
}

export function* nothing(): Handler {
  // There is nobody else, or nothing to be done for him.
}

/** The host rests until there may be an interrupt. */
function* restAlone(): Handler<bigint> {
  yield armHostTimer();
  const woken = yield hostHalt();
  if (woken === 0n) yield waitForInput();
  return woken;
}

export const ALONE: Turns = {
  shared: false,
  siblings: false,
  first: nothing,
  next: nothing,
  over: nothing,
  rest: restAlone,
  leave: nothing,
};

/** Guests, or the virtual processors of one, that share the processor. */
export class SharedTurns implements Turns {
  readonly shared = true;

  constructor(
    private readonly context: ContextSwitch,
    readonly siblings = false,
  ) {}

  *first(): Handler {
    // What it begins with has been put where it is brought back from.
    yield switchTo(yield nextGuest());
    yield* this.context.load();
  }

  *next(): Handler {
    if ((yield isSliceOver()) === 1n) yield* this.over();
  }

  *over(): Handler {
    const other = yield findOther();
    if (other !== 0n) {
      yield* this.giveTo(other);
    } else {
      yield beginSlice();
      yield* this.context.renew();
    }
  }

  *rest(): Handler<bigint> {
    yield markResting();
    const other = yield findOther();
    if (other !== 0n) {
      yield* this.giveTo(other);
      return 0n;
    }
    const woken = yield* restAlone();
    yield beginSlice();
    yield* this.context.renew();
    return woken;
  }

  *leave(): Handler {
    yield* this.context.save();
    const heir = yield findHeir();
    if (heir !== 0n) yield switchTo(heir - 1n);
  }

  /** @param other one more than the number of a guest */
  private *giveTo(other: bigint): Handler {
    yield* this.context.save();
    yield switchTo(other - 1n);
    // Here it goes on when its turn has come again.
    yield* this.context.load();
  }
}
