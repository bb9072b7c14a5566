import * as l10n from '@vscode/l10n';
import type { Target } from '../target';

/** Where execution can be, by names that are the same at every stop: 'guest/3', 'host/0', 'station/emulator'. */

/** The guest, the guest of a guest that has guests itself, whoever runs them, and the host beneath a hosted monitor. */
export type WorldId = 'guest' | 'inner' | 'host' | 'system';

export const ringRoom = (world: WorldId, ring: number): string => `${world}/${String(ring)}`;
export const stationRoom = (id: string): string => `station/${id}`;

export const isOfHost = (room: string): boolean => room.startsWith('host/');

/** The built-in monitor's handlers, or what a hypervisor of the user's runs in ring 0. */
export const HOST = ringRoom('host', 0);
export const HOST_SYSTEM = ringRoom('system', 0);

/** Who is in a ring: 'kernel'. */
export function whoIsIn(world: WorldId, ring: number, { vm, side }: Target): string {
  if (world === 'system') return l10n.t('host kernel');
  if (world === 'host' && ring === 0) {
    if (vm) return l10n.t('VMM');
    if (side !== 'bare') return l10n.t('hypervisor');
  }
  if (world === 'inner') return ring === 0 ? l10n.t('kernel of L2') : l10n.t('user of L2');
  if (ring === 0) return l10n.t('kernel');
  return ring === 3 ? l10n.t('user') : l10n.t('ring {0}', ring);
}

/** What a room is called in a word or two. */
export function roomName(room: string, target: Target): string {
  const [world = '', place = ''] = room.split('/');
  if (world !== 'station') return whoIsIn(world as WorldId, Number(place), target);
  const station = target.technique.drawn.stations.find(({ id }) => id === place);
  return station?.name ?? '';
}

/**
 * The room in which the processor executes the guest's code of a ring, as the guest believes.
 *
 * @param inSoftware whether software does, which takes the code as it is
 */
export function guestRoom(
  { technique }: Target,
  ring: number,
  inSoftware: boolean,
  world: WorldId = 'guest',
): string {
  const { kernelRunsIn } = technique.drawn;
  const isElsewhere = ring === 0 && kernelRunsIn !== undefined && !inSoftware;
  return isElsewhere ? stationRoom(kernelRunsIn) : ringRoom(world, ring);
}
