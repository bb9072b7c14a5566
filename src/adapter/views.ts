import type { Handlers } from './handlers';
import { handler } from './handlers';
import type { SessionContext } from './context';
import { CustomRequest, type InputArguments, type ViewResponse } from './protocol';
import { worldHere } from './world';

/** What the extension's own views ask for. */
export function viewRequests(context: SessionContext): Handlers {
  return {
    [CustomRequest.VIEW]: (): ViewResponse => ({ nodes: [] }),
    [CustomRequest.WORLD]: () => worldHere(context),
    [CustomRequest.INPUT]: handler(({ text }: InputArguments) => {
      context.debuggee.input(new TextEncoder().encode(text));
    }),
  };
}
