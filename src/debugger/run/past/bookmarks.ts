import type { Moment, RecordedBookmark, Recorder, Timeline } from '../../../session';

/** A moment that somebody wants to find again. */
export interface Bookmark {
  /** From 1, and never used again. */
  readonly number: number;
  readonly name: string;
  readonly moment: Moment;
  readonly timeline: Timeline;
  /** How many instructions had been completed. */
  readonly instructions: number;
}

/** The bookmarks of a session, in the order in which they were made. */
export class Bookmarks {
  private list: readonly Bookmark[] = [];
  private made = 0;

  constructor(private readonly recorder: Recorder) {}

  /** Those of timelines that are still there. */
  get all(): readonly Bookmark[] {
    const { timelines } = this.recorder;
    return (this.list = this.list.filter(({ timeline }) => timelines.includes(timeline)));
  }

  /** Marks the present moment. */
  add(name: string): Bookmark {
    const { now: moment, timeline, instructions } = this.recorder;
    const bookmark = { number: ++this.made, name, moment, timeline, instructions };
    this.list = [...this.list, bookmark];
    return bookmark;
  }

  /** Marks moments of the present timeline that are known to somebody. */
  adopt(all: readonly RecordedBookmark[]): void {
    const { timeline } = this.recorder;
    const known = all.map(({ name, moment, instructions }) => {
      return { number: ++this.made, name, moment, timeline, instructions };
    });
    this.list = [...this.list, ...known];
  }

  /** @returns whether there was one of that number */
  remove(number: number): boolean {
    const before = this.list.length;
    this.list = this.list.filter((bookmark) => bookmark.number !== number);
    return this.list.length < before;
  }
}
