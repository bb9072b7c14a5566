import type { Progress } from '../../debugger/comparison/comparison';
import type { Experiment } from '../../debugger/comparison/subject';
import { firmwarePrograms, UnbootableImage, type Way } from '../../session';
import type { SessionContext } from '../context';
import { breathe } from '../host';
import { CustomEvent } from '../protocol';
import { RequestError } from '../request-error';
import { BootLoader } from '../running/boot-loader';
import type { LaunchSettings } from '../running/launch-attributes';
import type { CompareProgressBody } from './protocol';

/** Work goes on for so long (milliseconds) before others have their turn. */
const TURN = 20;
/** Between two events that tell how far it is, in milliseconds. */
const TOLD = 100;

/** What a launch boots, to be run by itself. */
export async function experimentOf(
  { host, send }: SessionContext,
  settings: LaunchSettings,
  limit: number,
  signal: AbortSignal,
): Promise<Experiment> {
  const { programs, image } = await new BootLoader(settings, host, send, signal).load();
  signal.throwIfAborted();
  const known = { programs, firmware: firmwarePrograms(image) };
  return { image, memory: settings.memory, limit, known };
}

/**
 * Goes through steps to their result, with turns for others in between, and tells how far it is.
 *
 * @param ways in their order
 */
export async function inTurns<T>(
  context: SessionContext,
  steps: Generator<Progress, T, void>,
  ways: readonly Way[],
  signal: AbortSignal,
): Promise<T> {
  let [turn, told] = [performance.now(), -Infinity];
  for (;;) {
    const { done, value } = stepOf(steps);
    if (done) return value;
    const now = performance.now();
    if (now - turn < TURN) continue;
    if (now - told >= TOLD) {
      const { way, phase, done: part } = value;
      const [number, count] = [ways.indexOf(way) + 1, ways.length];
      const body: CompareProgressBody = { way: way.name, number, count, phase, done: part };
      context.send(CustomEvent.COMPARE_PROGRESS, body);
      told = now;
    }
    await breathe(context.host);
    signal.throwIfAborted();
    turn = performance.now();
  }
}

/** An image that cannot be run in a way is no bug of ours. */
function stepOf<T>(steps: Generator<Progress, T, void>): IteratorResult<Progress, T> {
  try {
    return steps.next();
  } catch (error) {
    const expected = error instanceof UnbootableImage || error instanceof RangeError;
    throw expected ? new RequestError(error.message) : error;
  }
}
