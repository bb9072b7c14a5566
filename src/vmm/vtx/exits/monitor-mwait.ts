import { Vector } from '../../../isa/exceptions';
import type { Handler } from '../../operation';
import { injectException } from '../inject';

/** The guest was told that it has no MONITOR and MWAIT: it waits by HLT. */
export function* handleMonitorMwait(): Handler {
  yield* injectException(Vector.UD);
}
