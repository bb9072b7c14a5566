import type { Handler } from '../../operation';
import { stopGuest } from '../../operations';

/** A triple fault: a real computer would reset itself. */
export function* handleTripleFault(): Handler {
  yield stopGuest({ kind: 'shutdown' });
}

/** An exit that this monitor has no handler for ends the guest, and says so. */
export function* handleUnexpected(reason: number): Handler {
  yield stopGuest({ kind: 'failure', failure: { kind: 'unhandled-exit', reason } });
}
