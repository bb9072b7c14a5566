import { machinePicture } from '../../debugger/machine-picture/machine-picture';
import type { RoomPicture } from '../../debugger/machine-picture/picture';
import type { SessionContext } from '../context';
import { handler, type Handlers } from '../handlers';
import { locationOf, targetOf } from '../inspect/views';
import { MACHINE, type MachineArguments, type MachineResponse, type RoomBody } from './protocol';

export function machineRequests(context: SessionContext): Handlers {
  return {
    [MACHINE]: handler(({ frameId }: MachineArguments): MachineResponse => {
      const target = targetOf(context, frameId);
      const { chronicle, targets, names } = context.debuggee;
      const name = targets.length > 1 ? (names[target.number] ?? '') : '';
      const frames = context.framesOf(target.number);
      const { worlds, ...picture } = machinePicture({ target, chronicle, frames, name });
      return {
        ...picture,
        worlds: worlds.map(({ rooms, ...world }) => ({
          ...world,
          rooms: rooms.map((room) => bodyOf(context, room)),
        })),
      };
    }),
  };
}

const bodyOf = (context: SessionContext, { source, ...room }: RoomPicture): RoomBody => ({
  ...room,
  ...(source && { location: locationOf(context, source) }),
});
