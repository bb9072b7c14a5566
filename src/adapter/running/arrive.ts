import * as l10n from '@vscode/l10n';
import { Arrivals, type Arrival } from '../../debugger/comparison/arrival';
import type { Debuggee } from '../../debugger/debuggee';
import { CountedRun } from '../../session';
import type { SessionContext } from '../context';
import { breathe } from '../host';
import { proceed, reportStop } from './execution';

/** Instructions after which others have their turn. */
const SLICE = 10_000;
/** After so many a guest is taken to have gone elsewhere: whoever asked has found it sooner. */
const LIMIT = 1_000_000_000;

/** Runs a guest that has just been launched to an arrival, past all breakpoints, and stops there. */
export async function arrive(
  context: SessionContext,
  debuggee: Debuggee,
  arrival: Arrival,
): Promise<void> {
  const came = await run(context, debuggee, arrival).catch((error: unknown) => {
    context.printBug(error);
    return false;
  });
  if (context.debuggeeIfAny !== debuggee) return;
  debuggee.breakpoints.lend(undefined);
  context.begun = true;
  context.stateChanged();
  context.output.flush();
  if (came) {
    reportStop(context, { kind: 'same-place' });
    return;
  }
  context.print(`${l10n.t('The guest has not come to that place.')}\n`, 'important');
  void proceed(context, { kind: 'continue' }, true);
}

async function run(
  context: SessionContext,
  debuggee: Debuggee,
  { address, count }: Arrival,
): Promise<boolean> {
  const { machine } = debuggee;
  let came = false;
  const arrivals = new Arrivals(address, (now) => {
    came = now === count;
    if (came) counted.halt();
  });
  const counted: CountedRun = new CountedRun(machine, arrivals.marks(machine));
  for (let target = SLICE; target <= LIMIT; target += SLICE) {
    const outcome = counted.to(target);
    if (came || outcome) return came;
    await breathe(context.host);
    if (context.debuggeeIfAny !== debuggee) return false;
  }
  return false;
}
