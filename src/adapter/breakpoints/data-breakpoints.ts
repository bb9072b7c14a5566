import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SessionContext } from '../context';
import { handler, type Handlers } from '../handlers';
import { worldOf } from '../inspect/worlds';
import {
  accessTypesOf,
  dataIdOf,
  describePlace,
  placeAtAddress,
  placeOfExpression,
  type WatchedPlace,
} from './watched-place';

type InfoBody = DebugProtocol.DataBreakpointInfoResponse['body'];

/** Breakpoints on memory, ports and other values. */
export function dataBreakpointRequests(context: SessionContext): Handlers {
  return {
    dataBreakpointInfo: handler((args: DebugProtocol.DataBreakpointInfoArguments): InfoBody => {
      const found = placeFor(context, args);
      if (typeof found === 'string') return { dataId: null, description: found };
      return {
        dataId: dataIdOf(found),
        description: describePlace(found, args.name),
        accessTypes: accessTypesOf(found),
        canPersist: false,
      };
    }),

    setDataBreakpoints: handler(({ breakpoints }: DebugProtocol.SetDataBreakpointsArguments) => ({
      breakpoints: context.breakpoints?.set(
        'data',
        'data breakpoint',
        breakpoints.map(({ dataId, accessType, ...options }) => ({
          at: 'data',
          key: dataId,
          dataId,
          accessType,
          ...options,
        })),
      ),
    })),
  };
}

/** What the client means, or why that is nothing that can be watched. */
function placeFor(
  context: SessionContext,
  {
    variablesReference,
    name,
    frameId,
    bytes,
    asAddress,
    mode,
  }: DebugProtocol.DataBreakpointInfoArguments,
): WatchedPlace | string {
  if (variablesReference) return ofVariable(context, variablesReference, name);
  const world = worldOf(context, frameId);
  return asAddress
    ? placeAtAddress(world, name, bytes, mode)
    : placeOfExpression(world, name, bytes);
}

function ofVariable(
  context: SessionContext,
  reference: number,
  name: string,
): WatchedPlace | string {
  const { rows, world } = context.source(reference);
  const row = rows({ hex: true }).find((each) => each.name === name);
  return placeOfExpression(world, row?.expression ?? name);
}
