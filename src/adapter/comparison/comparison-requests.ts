import { compareInSteps } from '../../debugger/comparison/comparison';
import { regionsOf } from '../../debugger/comparison/regions';
import { WAYS } from '../../session';
import type { SessionContext } from '../context';
import { handler, type Handlers } from '../handlers';
import { CustomRequest } from '../protocol';
import { checkAttributes, type LaunchSettings } from '../running/launch-attributes';
import { comparisonBody } from './comparison-body';
import { experimentOf, inTurns } from './experiment';
import type { CompareArguments } from './protocol';

const LIMIT = 2_000_000;

/** One guest in every way there is, beside whatever the session debugs. */
export function comparisonRequests(context: SessionContext): Handlers {
  return {
    [CustomRequest.COMPARE]: handler(async (args: CompareArguments, signal) => {
      const settings = checkAttributes(args.configuration);
      const experiment = await experimentOf(context, settings, args.limit ?? LIMIT, signal);
      const steps = compareInSteps(experiment, experiment.known.programs.flatMap(regionsOf));
      const comparison = await inTurns(context, steps, WAYS, signal);
      return comparisonBody(comparison, titleOf(settings), context);
    }),
  };
}

/** What was booted, as a person calls it. */
function titleOf({ program, disk, floppies, cdrom, bios }: LaunchSettings): string {
  const path = program ?? disk[0] ?? floppies[0]?.[0] ?? cdrom ?? bios ?? '';
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
