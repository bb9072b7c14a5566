import {
  compareInSteps,
  type Comparison,
  type Progress,
} from '../../debugger/comparison/comparison';
import { regionsOf } from '../../debugger/comparison/regions';
import type { Experiment } from '../../debugger/comparison/subject';
import { firmwarePrograms, UnbootableImage, WAYS } from '../../session';
import type { SessionContext } from '../context';
import { handler, type Handlers } from '../handlers';
import { breathe } from '../host';
import { CustomEvent, CustomRequest } from '../protocol';
import { RequestError } from '../request-error';
import { BootLoader } from '../running/boot-loader';
import { checkAttributes, type LaunchSettings } from '../running/launch-attributes';
import { comparisonBody } from './comparison-body';
import type { CompareArguments, CompareProgressBody } from './protocol';

const LIMIT = 2_000_000;
/** The comparison goes on for so long (milliseconds) before others have their turn. */
const TURN = 20;
/** Between two events that tell how far it is, in milliseconds. */
const TOLD = 100;

/** One guest in every way there is, beside whatever the session debugs. */
export function comparisonRequests(context: SessionContext): Handlers {
  return {
    [CustomRequest.COMPARE]: handler(async (args: CompareArguments, signal) => {
      const settings = checkAttributes(args.configuration);
      const loaded = await experimentOf(context, settings, args.limit ?? LIMIT, signal);
      const comparison = await compared(context, loaded, signal);
      return comparisonBody(comparison, titleOf(settings), context);
    }),
  };
}

async function experimentOf(
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

/** What was booted, as a person calls it. */
function titleOf({ program, disk, floppies, cdrom, bios }: LaunchSettings): string {
  const path = program ?? disk[0] ?? floppies[0]?.[0] ?? cdrom ?? bios ?? '';
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

async function compared(
  context: SessionContext,
  experiment: Experiment,
  signal: AbortSignal,
): Promise<Comparison> {
  const regions = experiment.known.programs.flatMap(regionsOf);
  const steps = compareInSteps(experiment, regions);
  let [turn, told] = [performance.now(), -Infinity];
  for (;;) {
    const { done, value } = stepOf(steps);
    if (done) return value;
    const now = performance.now();
    if (now - turn < TURN) continue;
    if (now - told >= TOLD) {
      context.send(CustomEvent.COMPARE_PROGRESS, progressBody(value));
      told = now;
    }
    await breathe(context.host);
    signal.throwIfAborted();
    turn = performance.now();
  }
}

/** What cannot be run on the bare computer either is no bug of ours. */
function stepOf(steps: ReturnType<typeof compareInSteps>): IteratorResult<Progress, Comparison> {
  try {
    return steps.next();
  } catch (error) {
    const expected = error instanceof UnbootableImage || error instanceof RangeError;
    throw expected ? new RequestError(error.message) : error;
  }
}

const progressBody = ({ way, phase, done }: Progress): CompareProgressBody => ({
  way: way.name,
  number: WAYS.indexOf(way) + 1,
  count: WAYS.length,
  phase,
  done,
});
