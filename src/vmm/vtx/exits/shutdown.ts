import { ExitReason } from '../../../isa/vmx/exit-reasons';
import type { Handler } from '../../operation';
import { stopGuest } from '../../operations';

/** A triple fault: a real computer would reset itself. */
export function* handleTripleFault(): Handler {
  yield stopGuest('triple fault');
}

/** An exit that this monitor has no handler for ends the guest, and says so. */
export function* handleUnexpected(reason: number): Handler {
  const name = Object.entries(ExitReason).find(([, number]) => number === reason)?.[0];
  yield stopGuest(`unhandled VM exit ${String(reason)} (${name ?? 'unknown'})`);
}
