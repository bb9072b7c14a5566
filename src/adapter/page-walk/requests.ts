import { SUGGESTIONS } from '../../debugger/views/translation-suggestions';
import type { SessionContext } from '../context';
import { focusOf, viewsOf } from '../inspect/views';
import { handler, type Handlers } from '../handlers';
import { PAGE_WALK, type PageWalkArguments, type PageWalkResponse } from './protocol';

export function pageWalkRequests(context: SessionContext): Handlers {
  return {
    [PAGE_WALK]: handler(({ address = '', frameId }: PageWalkArguments): PageWalkResponse => {
      const views = viewsOf(context, frameId);
      const focus = focusOf(context, frameId);
      const suggestions = views
        .rows({ view: 'translation', focus, node: SUGGESTIONS })
        .rows.map(({ expression = '', label, description = '' }) => ({
          expression,
          label,
          description,
        }));
      return { ...views.pageWalk(focus, address), suggestions };
    }),
  };
}
