import { COMMON_CALLS, Hypercall } from '../../hypercalls';
import type { Call } from './call';
import { printConsole, writeConsole } from './console';
import { switchContext } from './context';
import { pinTableAt, readFrames, unpinTableAt, useDirectPaging } from './direct';
import { transferLater, transferNow } from './disk';
import {
  bindEventTo,
  pollEvents,
  setTimerTo,
  sharePageAt,
  unmaskChannel,
  yieldProcessor,
} from './events';
import { multicall } from './multicall';
import { updatePageTables } from './page-tables';

const CALLS: ReadonlyMap<number, Call> = new Map<number, Call>([
  [Hypercall.CONSOLE_WRITE, writeConsole],
  [Hypercall.CONSOLE_PRINT, printConsole],
  [Hypercall.SHARE_PAGE, sharePageAt],
  [Hypercall.BIND_EVENT, bindEventTo],
  [Hypercall.UNMASK_EVENT, unmaskChannel],
  [Hypercall.POLL_EVENTS, pollEvents],
  [Hypercall.YIELD, yieldProcessor],
  [Hypercall.SET_TIMER, setTimerTo],
  [Hypercall.MULTICALL, multicall((number) => paravirtCall(number))],
  [Hypercall.UPDATE_PAGE_TABLES, updatePageTables],
  [Hypercall.SWITCH_CONTEXT, switchContext],
  [Hypercall.READ_DISK, transferNow(false)],
  [Hypercall.WRITE_DISK, transferNow(true)],
  [Hypercall.START_DISK_READ, transferLater(false)],
  [Hypercall.START_DISK_WRITE, transferLater(true)],
  [Hypercall.READ_FRAMES, readFrames],
  [Hypercall.USE_DIRECT_PAGING, useDirectPaging],
  [Hypercall.PIN_TABLE, pinTableAt],
  [Hypercall.UNPIN_TABLE, unpinTableAt],
]);

/** All calls of a paravirtual guest's. */
export const PARAVIRT_CALLS: readonly number[] = [...new Set([...COMMON_CALLS, ...CALLS.keys()])];

/** What does a call; undefined where the number stands for none that ends. */
export const paravirtCall = (number: bigint): Call | undefined => CALLS.get(Number(number));
