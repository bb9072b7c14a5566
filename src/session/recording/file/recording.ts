import type { Assembly } from '../../../program';
import type { BootImage } from '../../boot/boot-image';
import type { MachineOptions } from '../../machine';
import type { Course } from '../course';
import type { Moment } from '../moment';

/** A run of a machine, with all that it takes to do it again anywhere, and to look at it. */
export interface Recording {
  /** When it was saved: ISO 8601. */
  readonly saved: string;
  /** The first guest, and those beside it. */
  readonly guests: readonly [RecordedGuest, ...RecordedGuest[]];
  readonly options: RecordedOptions;
  readonly course: Course;
  /** `Machine.stateHash` at its end. */
  readonly stateHash: string;
  /** Where whoever saved it stood. */
  readonly stand: RecordedMoment;
  readonly bookmarks: readonly RecordedBookmark[];
  /** The texts of the programs' source files, by the names that their lines tell. */
  readonly sources: ReadonlyMap<string, string>;
}

/** All of a machine's options but its guests. */
export type RecordedOptions = Omit<MachineOptions, 'others' | 'memory'>;

export interface RecordedGuest {
  readonly name: string;
  /** Bytes of RAM. */
  readonly memory: number;
  readonly image: BootImage;
  /** SHA-256 of the image, by which people see whether it is theirs. */
  readonly identity: string;
  /** What is known of what the image came from, the main program first. */
  readonly programs: readonly Assembly[];
}

export interface RecordedMoment {
  readonly moment: Moment;
  /** How many instructions had been completed. */
  readonly instructions: number;
}

export interface RecordedBookmark extends RecordedMoment {
  readonly name: string;
}
