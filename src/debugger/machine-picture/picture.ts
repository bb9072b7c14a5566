import type { Location } from '../../program';
import type { Site } from '../../vmm';
import type { Destination } from '../techniques';

/** The machine as something to draw: plain values and texts, without any protocol. */
export interface MachinePicture {
  /** 'vtx · EPT' */
  readonly title: string;
  /** What is particular to this way of running a guest. */
  readonly gist: string;
  /** From the innermost guest to what is beneath it all. */
  readonly worlds: readonly WorldPicture[];
  /** The room in which execution is; undefined while another guest has the processor. */
  readonly here: string | undefined;
  /** All of it in a sentence. */
  readonly sentence: string;
  readonly owners: readonly Owner[];
  /** How execution came here, the latest last. */
  readonly path: readonly Visit[];
  /** Where whoever runs the guest will lead to. */
  readonly next: NextMove | undefined;
}

/** Colour and form of a world, and of what belongs to it. */
export type WorldKind = 'guest' | 'between' | 'host' | 'hardware';

export interface WorldPicture {
  readonly id: string;
  readonly kind: WorldKind;
  /** 'Guest' */
  readonly name: string;
  /** 'VMX non-root' */
  readonly operation: string;
  /** The outermost ring first. */
  readonly rooms: readonly RoomPicture[];
}

/** A place where execution can be, or something that is kept there. */
export interface RoomPicture {
  /** The same at every stop: 'guest/3'. */
  readonly id: string;
  readonly kind: 'ring' | 'station';
  /** 'Ring 3 · user' */
  readonly name: string;
  /** What is not as one would think: 'believes to be in ring 0'. */
  readonly note: string;
  /** 'print+0x8'; '' where nobody is. */
  readonly place: string;
  /** 'kernel.asm:118' */
  readonly line: string;
  /** What comes next there; '' where that is not known. */
  readonly instruction: string;
  readonly facts: readonly string[];
  readonly source?: Location | Site;
  readonly opens?: Destination;
}

/** Something of the processor's that one of them has at this moment. */
export interface Owner {
  readonly id: 'cr3' | 'second' | 'idt' | 'structure' | 'devices';
  /** 'CR3' */
  readonly name: string;
  /** '0x10000'; '' where there is no number. */
  readonly value: string;
  readonly kind: WorldKind;
  /** Whose it is: 'the guest'. */
  readonly owner: string;
  /** More of it. */
  readonly note: string;
  readonly opens: Destination;
}

/** Being in a room for a while. */
export interface Visit {
  readonly room: string;
  /** 'kernel' */
  readonly name: string;
  readonly kind: WorldKind;
  /** How execution came there: 'VM exit 42: CPUID (leaf 0x1)'; '' at the beginning. */
  readonly by: string;
  /** Instructions that had been completed. */
  readonly at: number;
}

export interface NextMove {
  readonly room: string;
  /** 'VM entry' */
  readonly by: string;
}
