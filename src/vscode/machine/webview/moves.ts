import type { MachineResponse, Visit } from '../../../adapter/machine-picture/protocol';

/** From one room to another. */
export interface Move {
  readonly from: string;
  readonly to: string;
  /** Of the visit that it led to, as the list below counts them; absent for what comes next. */
  readonly number?: number;
  readonly look: 'earlier' | 'latest' | 'next';
}

type Moving = Pick<MachineResponse, 'path' | 'next' | 'here'>;

/** More arrows than these nobody follows. */
const DRAWN = 2;

/** Arrows of a picture: the last moves between rooms, and the one that will be next. */
export function movesOf({ path, next, here }: Moving): readonly Move[] {
  const moves = path.flatMap((visit, n): Move[] => {
    const before = path[n - 1];
    if (!before || before.room === visit.room) return [];
    return [{ from: before.room, to: visit.room, number: n, look: 'earlier' }];
  });
  const drawn = moves
    .slice(-DRAWN)
    .map((move, n, { length }) => (n === length - 1 ? { ...move, look: 'latest' as const } : move));
  if (!next || here === undefined) return drawn;
  const isNext = ({ from, to }: Move): boolean => from === here && to === next.room;
  return [...drawn.filter((move) => !isNext(move)), { from: here, to: next.room, look: 'next' }];
}

/** The rooms by which execution went on from a picture to the next one, that in which it was first. */
export function wayBetween(before: Moving | undefined, now: Moving): readonly string[] {
  const { here } = now;
  if (here === undefined) return [];
  const from = before?.here;
  if (from === undefined || from === here) return [here];
  const last = before?.path.at(-1);
  const known = last ? now.path.findLastIndex((visit) => isSame(visit, last)) : -1;
  const since = known < 0 ? [] : now.path.slice(known + 1).map(({ room }) => room);
  const way = [from, ...since, here];
  return way.filter((room, n) => room !== way[n - 1]);
}

const isSame = (a: Visit, b: Visit): boolean => a.room === b.room && a.at === b.at;
