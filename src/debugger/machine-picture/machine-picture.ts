import * as l10n from '@vscode/l10n';
import { clauses, withNote } from '../../isa/phrases';
import type { Frame } from '../places/stack';
import type { Target } from '../target';
import type { Chronicle } from '../trace/chronicle/chronicle';
import { modeWords } from '../words/modes';
import { happeningsOf } from './happenings';
import { ownersOf } from './owners';
import { wayOf, type Stay } from './way';
import type {
  MachinePicture,
  NextMove,
  RoomPicture,
  Visit,
  WorldKind,
  WorldPicture,
} from './picture';
import { HOST, isOfHost, roomName } from './rooms';
import { guestHere, hereIn, worldsOf } from './worlds';

/** As much of the way as a person takes in. */
const SHOWN = 8;

/** What is drawn of a machine. */
export interface Looked {
  readonly target: Target;
  readonly chronicle: Chronicle;
  readonly frames: readonly Frame[];
  /** What the target is called; '' where there are no others. */
  readonly name: string;
}

/** Where execution is, how it came there, and who has what. Looking changes nothing. */
export function machinePicture({ target, chronicle, frames, name }: Looked): MachinePicture {
  const { technique } = target;
  const worlds = worldsOf(target, frames);
  const here = hereIn(target);
  const path = wayTo(target, chronicle, here).slice(-SHOWN);
  const visits = path.map((stay) => visitOf(stay, target, worlds));
  return {
    title: titleOf(target, name),
    gist: technique.drawn.gist,
    worlds,
    here,
    sentence: sentenceOf(target, worlds, here, visits.at(-1)?.by ?? ''),
    owners: ownersOf(target),
    path: visits,
    next: nextOf(target, here),
  };
}

function titleOf({ technique, machine, vm }: Target, name: string): string {
  const { hosting } = machine.options;
  const second =
    vm && technique.secondLevel?.inSoftware !== true ? technique.secondLevel?.name : undefined;
  const parts = [
    name,
    vm ? technique.name : ownName(technique),
    second ?? '',
    hosting ? l10n.t('hosted') : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

const ownName = ({ side }: Target['technique']): string =>
  side === 'bare' ? l10n.t('bare computer') : l10n.t('a hypervisor of the program’s own');

function wayTo(target: Target, chronicle: Chronicle, here: string | undefined): readonly Stay[] {
  const { technique, side, vm, trace, cpu } = target;
  chronicle.settleBefore(cpu.completed);
  const ring = guestHere(target);
  const isTold = trace.last !== undefined || technique.occasion !== undefined;
  const preparing = side === 'monitor' && !isTold;
  const happenings = preparing ? [] : happeningsOf(target, chronicle);
  const isOwn = vm === undefined;
  return wayOf(happenings, {
    hostIsProgram: isOwn,
    entering: technique.drawn.entering,
    here: here ?? ring,
    guest: isOwn && side === 'bare' ? (here ?? HOST) : ring,
    hasBegun: !preparing,
    occasion: technique.occasion ?? (preparing ? l10n.t('preparing the guest') : ''),
  });
}

const visitOf = (
  { room, by, at }: Stay,
  target: Target,
  worlds: readonly WorldPicture[],
): Visit => ({ room, name: roomName(room, target), kind: kindOf(room, worlds), by: by(), at });

function kindOf(room: string, worlds: readonly WorldPicture[]): WorldKind {
  const world = worlds.find(({ rooms }) => rooms.some(({ id }) => id === room));
  return world?.kind ?? (isOfHost(room) ? 'host' : 'guest');
}

/** Where it goes when whoever runs the guest is done. */
function nextOf(target: Target, here: string | undefined): NextMove | undefined {
  const { technique, vm } = target;
  if (!vm || here === undefined || target.side !== 'monitor') return undefined;
  const room = guestHere(target);
  return { room, by: technique.drawn.entering };
}

/** 'Guest, ring 0, 64-bit mode, VMX non-root at print+0x8 (kernel.asm:118); came by VM entry.' */
function sentenceOf(
  target: Target,
  worlds: readonly WorldPicture[],
  here: string | undefined,
  by: string,
): string {
  if (here === undefined) return l10n.t('Another guest has the processor; this one waits.');
  const world = worlds.find(({ rooms }) => rooms.some(({ id }) => id === here));
  const room = world?.rooms.find(({ id }) => id === here);
  const { technique, code, side, vm } = target;
  const inMonitor = vm !== undefined && world?.kind !== 'guest' && world?.kind !== 'between';
  const name = world?.kind === 'between' ? l10n.t('Guest') : (world?.name ?? '');
  const words = inMonitor
    ? [technique.hostOperation]
    : [...modeWords(code.registers), technique.operation];
  const who = clauses(name, ...(side === 'bare' ? words.slice(0, 2) : words));
  const where = placeOf(room?.place === '' ? guestRoomOf(worlds) : room);
  const stands = where === '' ? who : l10n.t('{0} at {1}', who, where);
  return by === '' ? l10n.t('{0}.', stands) : l10n.t('{0}; came by {1}.', stands, by);
}

const guestRoomOf = (worlds: readonly WorldPicture[]): RoomPicture | undefined =>
  worlds.find(({ id }) => id === 'guest')?.rooms.find(({ place }) => place !== '');

const placeOf = (room: RoomPicture | undefined): string =>
  room && room.place !== '' ? withNote(room.place, room.line) : '';
