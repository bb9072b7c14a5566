import { HOST, isOfHost, ringRoom } from './rooms';

/** What happened to execution, one thing after the other. */
export type Happening = ModeSet | Delivery | Exit;

/** The guest, or whoever has the bare processor, has come into a mode. */
export interface ModeSet {
  readonly kind: 'mode';
  readonly at: number;
  readonly room: string;
  /** How, where no interrupt has brought it. */
  readonly by: () => string;
}

/** An interrupt or an exception came to whoever had the processor. */
export interface Delivery {
  readonly kind: 'event';
  readonly at: number;
  readonly by: () => string;
}

/** The guest has left. */
export interface Exit {
  readonly kind: 'exit';
  readonly at: number;
  /** Exits of the same reason are told of together. */
  readonly reason: number;
  /** It was a guest of the guest's own. */
  readonly ofInner?: boolean;
  /** How it is called; several of one reason, how many. */
  readonly by: (times: number) => string;
}

/** Being somewhere, and what has brought it about. */
export interface Stay {
  readonly room: string;
  readonly at: number;
  readonly cause: 'start' | 'exit' | 'entry' | 'event' | 'mode';
  readonly by: () => string;
  /** The last one, and how many there were one after the other. */
  readonly exit?: Exit;
  readonly times: number;
}

export interface WayTerms {
  /** Whoever runs the guest is a program, of which modes and interrupts are told, too. */
  readonly hostIsProgram: boolean;
  /** What lets the guest go on. */
  readonly entering: string;
  /** Where execution is now. */
  readonly here: string;
  /** The ring of the guest's that is now, in which all was if nothing is told of. */
  readonly guest: string;
  /** The guest has been let run, or is about to be: it is not only being prepared. */
  readonly hasBegun: boolean;
  /** Why somebody has control, where nothing that happened tells. */
  readonly occasion: string;
}

/**
 * The way that execution went to where it is, from room to room. What is not told of follows: a guest that does something
 * after it has left was entered again. Exits of one reason with nothing between are one.
 */
export function wayOf(happenings: readonly Happening[], terms: WayTerms): readonly Stay[] {
  const way = new Way(happenings, terms);
  for (const each of happenings) way.add(each);
  way.end();
  return way.stays;
}

class Way {
  readonly stays: Stay[] = [];
  /** Where the guest was last. */
  private guest: string;

  constructor(
    happenings: readonly Happening[],
    private readonly terms: WayTerms,
  ) {
    const isKnown = happenings.some(({ kind }) => kind === 'mode');
    this.guest = isKnown ? ringRoom('guest', 0) : terms.guest;
    const [first] = happenings;
    if (terms.hasBegun && first?.kind !== 'mode') {
      this.arrive(this.guest, first?.at ?? 0, 'start', () => '');
    }
  }

  private get last(): Stay | undefined {
    return this.stays.at(-1);
  }

  add(happening: Happening): void {
    switch (happening.kind) {
      case 'mode':
        this.mode(happening);
        return;
      case 'event':
        this.event(happening);
        return;
      case 'exit':
        this.exit(happening);
    }
  }

  private mode({ room, at, by }: ModeSet): void {
    const { last } = this;
    if (!last) this.arrive(room, at, 'start', () => '');
    // An exit loads the host's mode.
    else if (isOfHost(room) && last.cause === 'exit') return;
    else if (!isOfHost(room) && isOfHost(last.room)) this.enter(room, at);
    else this.arrive(room, at, 'mode', by);
  }

  private event({ at, by }: Delivery): void {
    if (!this.terms.hostIsProgram) this.comeBack(at);
    const { last } = this;
    if (!last) return;
    // Its delivery has set the mode.
    if (last.cause === 'mode' && last.at === at) this.stays.pop();
    this.arrive(last.room, at, 'event', by);
  }

  private exit(exit: Exit): void {
    this.comeBack(exit.at);
    if (exit.ofInner) this.wasInner();
    const [before, entry] = this.stays.slice(-2);
    const again = entry?.cause === 'entry' && before?.exit?.reason === exit.reason;
    const times = again ? before.times + 1 : 1;
    if (again) this.stays.splice(-2);
    this.stays.push(exits(exit, times));
  }

  /** Only now it shows whose ring it was. */
  private wasInner(): void {
    const stay = this.stays.pop();
    if (stay) this.stays.push({ ...stay, room: stay.room.replace(/^guest/, 'inner') });
  }

  /** Something is told of a guest that has left. */
  private comeBack(at: number): void {
    if (this.last && isOfHost(this.last.room)) this.enter(this.guest, at);
  }

  private enter(room: string, at: number): void {
    this.arrive(room, at, 'entry', () => this.terms.entering);
  }

  private arrive(room: string, at: number, cause: Stay['cause'], by: () => string): void {
    this.stays.push({ room, at, cause, by, times: 1 });
    if (!isOfHost(room)) this.guest = room;
  }

  /** The way up to where execution is. */
  end(): void {
    const { last, stays } = this;
    const { here, guest, occasion } = this.terms;
    const at = last?.at ?? 0;
    if (last?.room === here) {
      this.tellLastAlone(last);
      return;
    }
    const inHost = here !== guest;
    if (last && isOfHost(last.room) && !inHost) this.enter(here, at);
    // The same ring, told of more exactly.
    else if (last && !inHost) stays.splice(-1, 1, { ...last, room: here });
    else this.arrive(here, at, 'mode', () => occasion);
  }
  /** The exit that is being handled is the one that somebody asks about. */
  private tellLastAlone({ exit, times }: Stay): void {
    if (!exit || times === 1) return;
    this.stays.splice(-1, 1, exits(exit, times - 1));
    this.enter(this.guest, exit.at);
    this.stays.push(exits(exit, 1));
  }
}

const exits = (exit: Exit, times: number): Stay => ({
  room: HOST,
  at: exit.at,
  cause: 'exit',
  by: () => exit.by(times),
  exit,
  times,
});
