import * as l10n from '@vscode/l10n';
import { presentContext } from '../../debugger/expressions';
import { placeAt } from '../../debugger/places/program-place';
import type { Target, World } from '../../debugger/target';
import type { Row, ViewRequest } from '../../debugger/views/row';
import type { Views } from '../../debugger/views/views';
import type { Location } from '../../program';
import type { Site } from '../../vmm';
import type { SessionContext } from '../context';
import { handler, then, type Handlers } from '../handlers';
import {
  CustomRequest,
  type InputArguments,
  type SetNodeValueArguments,
  type ViewArguments,
  type ViewNode,
  type ViewResponse,
} from '../protocol';
import { RequestError } from '../request-error';
import { worldHere } from './world';
import { worldOf } from './worlds';

/** What the extension's own views ask for. */
export function viewRequests(context: SessionContext): Handlers {
  return {
    [CustomRequest.VIEW]: handler((args: ViewArguments): ViewResponse => {
      const { rows, ...more } = viewsOf(context, args.frameId).rows(requestOf(context, args));
      return {
        nodes: rows.map((row) => nodeOf(context, targetOf(context, args.frameId), row)),
        ...more,
      };
    }),

    [CustomRequest.SET_NODE_VALUE]: handler((args: SetNodeValueArguments) => {
      if (context.debuggee.run.isRunning) throw new RequestError(l10n.t('the guest is running'));
      viewsOf(context, args.frameId).edit(requestOf(context, args), args.value);
      return then(() => {
        context.edited();
      });
    }),

    [CustomRequest.WORLD]: handler(({ frameId }: Pick<ViewArguments, 'frameId'>) =>
      worldHere(context, targetOf(context, frameId)),
    ),

    [CustomRequest.INPUT]: handler(({ text }: InputArguments) => {
      context.debuggee.input(new TextEncoder().encode(text));
    }),
  };
}

/** The guest that a frame is of; without one that which has the processor. */
export function targetOf(context: SessionContext, frameId: number | undefined): Target {
  return frameId === undefined ? context.debuggee.target : worldOf(context, frameId).target;
}

export function viewsOf(context: SessionContext, frameId: number | undefined): Views {
  const views = context.views[targetOf(context, frameId).number];
  if (!views) throw new RequestError(l10n.t('no program is being debugged'));
  return views;
}

/** Views follow the focused frame; a label belongs to the frame below it. */
function requestOf(
  context: SessionContext,
  { frameId, ...request }: ViewArguments | SetNodeValueArguments,
): ViewRequest {
  return { ...request, focus: focusOf(context, frameId) };
}

export function focusOf(context: SessionContext, frameId: number | undefined): World['side'] {
  const { target } = context.debuggee;
  const { world } = frameId === undefined ? presentContext(target) : worldOf(context, frameId);
  return world.side;
}

function nodeOf(context: SessionContext, target: Target, { place, site, ...row }: Row): ViewNode {
  const source = site ?? (place && placeAt(target, place.address)?.entry.chain[0]);
  return source ? { ...row, location: locationOf(context, source) } : row;
}

/** A place in a source as a client knows it. */
export const locationOf = (
  context: SessionContext,
  { file, line, column }: Location | Site,
): NonNullable<ViewNode['location']> => ({
  source: context.shippedSources.source(file),
  line: context.clientLine(file, line),
  column: context.client.toClientColumn(column),
});
