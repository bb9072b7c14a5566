import type {
  MachinePicture,
  RoomPicture,
  WorldPicture,
} from '../../debugger/machine-picture/picture';
import type { ViewNode } from '../protocol';

/** Where execution is, by which way it came, and who has what of the processor. */

export type { Owner, Visit, WorldKind } from '../../debugger/machine-picture/picture';
export type { Destination } from '../../debugger/techniques';

export const MACHINE = 'ringside/machine';

/** `ringside/machine` */
export interface MachineArguments {
  /** The focused stack frame: the machine of its guest. Default: of the guest that has the processor. */
  readonly frameId?: number;
}

export interface MachineResponse extends Omit<MachinePicture, 'worlds'> {
  readonly worlds: readonly WorldBody[];
}

export interface WorldBody extends Omit<WorldPicture, 'rooms'> {
  readonly rooms: readonly RoomBody[];
}

export interface RoomBody extends Omit<RoomPicture, 'source'> {
  readonly location?: Place;
}

/** Where its source is. */
export type Place = NonNullable<ViewNode['location']>;
