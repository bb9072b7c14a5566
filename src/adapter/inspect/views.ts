import * as l10n from '@vscode/l10n';
import { presentContext } from '../../debugger/expressions';
import { placeAt } from '../../debugger/places/program-place';
import type { Row, ViewRequest } from '../../debugger/views/row';
import type { Views } from '../../debugger/views/views';
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
      const { rows, ...more } = viewsOf(context).rows(requestOf(context, args));
      return { nodes: rows.map((row) => nodeOf(context, row)), ...more };
    }),

    [CustomRequest.SET_NODE_VALUE]: handler((args: SetNodeValueArguments) => {
      if (context.debuggee.run.isRunning) throw new RequestError(l10n.t('the guest is running'));
      viewsOf(context).edit(requestOf(context, args), args.value);
      return then(() => {
        context.edited();
      });
    }),

    [CustomRequest.WORLD]: () => worldHere(context),

    [CustomRequest.INPUT]: handler(({ text }: InputArguments) => {
      context.debuggee.input(new TextEncoder().encode(text));
    }),
  };
}

function viewsOf(context: SessionContext): Views {
  if (!context.views) throw new RequestError(l10n.t('no program is being debugged'));
  return context.views;
}

/** Views follow the focused frame; a label belongs to the frame below it. */
function requestOf(
  context: SessionContext,
  { frameId, ...request }: ViewArguments | SetNodeValueArguments,
): ViewRequest {
  const { target } = context.debuggee;
  const { world } = frameId === undefined ? presentContext(target) : worldOf(context, frameId);
  return { ...request, focus: world.side };
}

function nodeOf(context: SessionContext, { place, ...row }: Row): ViewNode {
  const source = place && placeAt(context.debuggee.target, place.address)?.entry.chain[0];
  if (!source) return row;
  const { file, line, column } = source;
  const { client } = context;
  return {
    ...row,
    location: {
      source: context.shippedSources.source(file),
      line: client.toClientLine(line),
      column: client.toClientColumn(column),
    },
  };
}
