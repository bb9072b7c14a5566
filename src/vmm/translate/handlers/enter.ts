import { enterGuest } from '../../deprivilege/handlers/enter';
import { leaveToSoftware, runsDirectly } from '../../deprivilege/operations';
import type { Handler } from '../../operation';
import type { Turns } from '../../schedule/turns';
import {
  Came,
  chain,
  enterInTable,
  fillDataPage,
  findTranslation,
  isKernel,
  translateBlock,
} from '../operations';

/**
 * The guest goes on when it is its turn: a user on the processor itself, the kernel by its translation, and in software what can be
 * neither.
 *
 * @param came from where control has come, of `Came`
 */
export function* goOn(came: bigint, turns: Turns): Handler {
  yield* turns.next();
  if ((yield runsDirectly()) === 0n) {
    yield leaveToSoftware();
    return;
  }
  if ((yield isKernel()) === 1n && (yield* findOrTranslate(came)) === 0n) {
    yield leaveToSoftware();
    return;
  }
  yield* enterGuest();
}

/** The result is 0 where there can be no translation. */
function* findOrTranslate(came: bigint): Handler<bigint> {
  const known = yield findTranslation();
  if (known === 0n && (yield translateBlock()) === 0n) return 0n;
  if (came === Came.FROM_BRANCH) yield chain();
  else if (came === Came.FROM_LOOKUP) yield enterInTable();
  yield fillDataPage();
  return 1n;
}
