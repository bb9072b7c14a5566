import * as l10n from '@vscode/l10n';
import { findSamePlace, type Place, type SamePlace } from '../../debugger/comparison/same-place';
import { linearRip } from '../../debugger/registers/registers';
import type { Target } from '../../debugger/target';
import { partingText } from '../../debugger/words/comparison';
import { deedTexts } from '../../debugger/words/deeds';
import { stateText } from '../../debugger/words/state';
import { wayText } from '../../debugger/words/ways';
import { thenSentence } from '../../isa/phrases';
import { instructionsOf, WAYS, type MachineOptions, type Way } from '../../session';
import type { SessionContext } from '../context';
import { handler, type Handlers } from '../handlers';
import { CustomRequest } from '../protocol';
import { RequestError } from '../request-error';
import { checkAttributes } from '../running/launch-attributes';
import { experimentOf, inTurns } from './experiment';
import type {
  PlaceResponse,
  SamePlaceArguments,
  SamePlaceResponse,
  StateArguments,
  StateResponse,
} from './place-protocol';

/** The same place in another way. */
export function placeRequests(context: SessionContext): Handlers {
  return {
    [CustomRequest.PLACE]: (): PlaceResponse => {
      const target = standing(context);
      const present = wayOf(target.machine.options);
      return {
        address: hex(linearRip(target.guest)),
        instructions: instructionsOf(target.machine),
        way: present.name,
        ways: WAYS.filter(({ name }) => name !== present.name).map((way) => ({
          ...way,
          description: wayText(way),
        })),
      };
    },

    [CustomRequest.STATE]: handler(({ deed = [] }: StateArguments): StateResponse => {
      const target = standing(context);
      const way = wayOf(target.machine.options);
      const completed = instructionsOf(target.machine).toLocaleString('en');
      const facts = [
        [l10n.t('technique'), way.name],
        [l10n.t('instructions completed'), completed],
      ] as const;
      return { text: stateText(target, facts, deed) };
    }),

    [CustomRequest.SAME_PLACE]: handler(async (args: SamePlaceArguments, signal) => {
      const settings = checkAttributes(args.configuration);
      const there = WAYS.find(({ name }) => name === args.way);
      if (!there) throw new RequestError(l10n.t('there is no technique {0}', args.way));
      const here = { way: wayOf(settings), ...placeFrom(args) };
      const experiment = await experimentOf(context, settings, here.instructions, signal);
      const search = findSamePlace(experiment, here, there);
      return answered(await inTurns(context, search, [here.way, there], signal), there);
    }),
  };
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** @throws RequestError unless the guest stands before one of its instructions */
function standing({ debuggee, begun }: SessionContext): Target {
  const { run, target } = debuggee;
  if (run.isRunning || !begun) throw new RequestError(l10n.t('the guest is running'));
  if (run.hasEnded) throw new RequestError(l10n.t('the guest has ended'));
  if (target.side === 'guest' || target.side === 'bare') return target;
  throw new RequestError(
    l10n.t('The monitor has control: step out to the guest’s next instruction first.'),
    true,
  );
}

/** The way in which a machine runs. */
function wayOf({ monitor, paging }: Pick<MachineOptions, 'monitor' | 'paging'>): Way {
  const own = WAYS.filter((way) => way.monitor === monitor);
  const exact = own.find((way) => (way.paging ?? 'ept') === (paging ?? 'ept'));
  return exact ?? own[0] ?? { name: monitor, monitor };
}

/** @throws RequestError for what is no address */
function placeFrom({ address, instructions }: SamePlaceArguments): Omit<Place, 'way'> {
  if (!/^0x[0-9a-f]{1,16}$/i.test(address)) {
    throw new RequestError(l10n.t('{0} is no address', address.slice(0, 40)));
  }
  return { address: BigInt(address), instructions };
}

function answered(found: SamePlace, there: Way): SamePlaceResponse {
  switch (found.kind) {
    case 'reached':
      return {
        arrival: found.arrival.count,
        here: deedTexts(found.here),
        there: deedTexts(found.there),
      };
    case 'not-again':
      return {
        message: l10n.t(
          'Run anew, the guest does not come to where it stands: input, an edit or a held interrupt has led it here.',
        ),
      };
    case 'elsewhere': {
      const { parting } = found;
      const message = l10n.t('Under {0} the guest does not come to this place', there.name);
      return { message: thenSentence(message, parting ? partedText(parting) : '') };
    }
  }
}

const partedText = (parting: Parameters<typeof partingText>[0]): string =>
  l10n.t('It has parted: {0}', partingText(parting));
