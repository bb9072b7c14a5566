import * as l10n from '@vscode/l10n';
import type { Hosting } from '../../vmm';
import { callStack, type CodeFrame, type Frame, type MonitorFrame } from '../places/stack';
import { instructionAt } from '../places/where';
import { modeOf } from '../registers/registers';
import type { Target } from '../target';
import type { Station } from '../techniques';
import { hex } from '../views/row';
import type { RoomPicture, WorldPicture } from './picture';
import {
  guestRoom,
  HOST,
  HOST_SYSTEM,
  ringRoom,
  stationRoom,
  whoIsIn,
  type WorldId,
} from './rooms';

/** The worlds with their rings, each with where it stands: a ring is where its topmost frame is. */
export function worldsOf(
  target: Target,
  frames: readonly Frame[] = callStack(target),
): WorldPicture[] {
  return target.side === 'bare'
    ? [programWorld(target, frames)]
    : [
        ...guestWorlds(target, frames),
        ...stationWorld(target),
        hostWorld(target, frames),
        ...systemWorld(target),
      ];
}

/** The bare computer's only one. */
const programWorld = (target: Target, frames: readonly Frame[]): WorldPicture => ({
  id: 'host',
  kind: 'host',
  name: l10n.t('The computer'),
  operation: l10n.t('no VMM'),
  rooms: rings(target, 'host', frames, 'guest'),
});

function guestWorlds(target: Target, frames: readonly Frame[]): WorldPicture[] {
  const { runsInner } = target.technique.drawn;
  const world = (id: WorldId, name: string, isPresent: boolean): WorldPicture => ({
    id,
    kind: 'guest',
    name,
    operation: isPresent ? guestOperation(target) : '',
    rooms: rings(target, id, isPresent ? frames : [], 'guest'),
  });
  if (runsInner === undefined) return [world('guest', l10n.t('Guest'), true)];
  return [
    world('inner', l10n.t('L2: the guest’s guest'), runsInner),
    world('guest', l10n.t('L1: the guest'), !runsInner),
  ];
}

/** How the guest runs when it does: while it does not, nothing tells. */
const guestOperation = ({ side, technique }: Target): string =>
  side === 'guest' ? technique.operation : '';

/** What stands between guest and host. */
function stationWorld({ technique }: Target): WorldPicture[] {
  const rooms = technique.drawn.stations.filter(({ stands }) => stands === 'between').map(roomOf);
  return rooms.length > 0
    ? [{ id: 'between', kind: 'between', name: l10n.t('Between them'), operation: '', rooms }]
    : [];
}

function hostWorld(target: Target, frames: readonly Frame[]): WorldPicture {
  const { monitor, technique } = target;
  const stations = technique.drawn.stations.filter(({ stands }) => stands === 'host').map(roomOf);
  const ringRooms = monitor ? [handlerRoom(target, frames)] : rings(target, 'host', frames, 'host');
  return {
    id: 'host',
    kind: 'host',
    name: monitor ? l10n.t('VMM') : l10n.t('Hypervisor: the program’s own'),
    operation: technique.hostOperation,
    rooms: [...structureRoom(target), ...stations, ...ringRooms],
  };
}

/** The VMCS or VMCB. */
function structureRoom({ technique, trace: { last } }: Target): RoomPicture[] {
  const { structure, exits } = technique;
  if (!structure) return [];
  const { name, address } = structure;
  const facts = [
    l10n.t('host-physical {0}', hex(address)),
    last ? l10n.t('last exit: {0}', exits.name(last.reason)) : l10n.t('no exit yet'),
  ];
  const room = { id: 'structure', stands: 'host', name, facts, opens: 'vmcs' } as const;
  return [roomOf(room)];
}

/** The host of a hosted monitor: the guest is one of its processes. */
function systemWorld({ vm }: Target): WorldPicture[] {
  const hosting = vm?.host.hosting;
  if (!hosting) return [];
  const process: RoomPicture = {
    ...EMPTY,
    id: HOST_SYSTEM,
    kind: 'ring',
    name: l10n.t('Ring {0} · {1}', 0, l10n.t('host kernel')),
    facts: processFacts(hosting),
    opens: 'machines',
  };
  const operation = l10n.t('the guest is one of its processes');
  return [{ id: 'system', kind: 'hardware', name: l10n.t('Host'), operation, rooms: [process] }];
}

const processFacts = ({ process, kernel }: Hosting): string[] => [
  l10n.t('process with CR3 {0}', hex(process.cr3)),
  l10n.t('{0} pages in memory', kernel.residentPages(process)),
  l10n.t('{0} pages on the swap device', kernel.swap.used),
];

const EMPTY = { note: '', place: '', line: '', instruction: '', facts: [] } as const;

const roomOf = ({ id, name, facts, opens }: Station): RoomPicture => ({
  ...EMPTY,
  id: stationRoom(id),
  kind: 'station',
  name,
  facts: facts.filter((fact) => fact !== ''),
  ...(opens && { opens }),
});

/** Rings 3 and 0, and others where somebody is in them. */
function rings(
  target: Target,
  world: WorldId,
  frames: readonly Frame[],
  side: CodeFrame['side'],
): RoomPicture[] {
  const own = frames.filter(
    (frame): frame is CodeFrame => frame.kind === 'code' && frame.side === side,
  );
  const found = new Set([3, 0, ...own.map(({ ring }) => ring)]);
  // A hypervisor that has nobody in its outer rings has none.
  if (world === 'host' && target.side !== 'bare' && !own.some(({ ring }) => ring === 3))
    found.delete(3);
  return [...found].sort((a, b) => b - a).map((ring) => ringOf(target, world, ring, own));
}

function ringOf(
  target: Target,
  world: WorldId,
  ring: number,
  frames: readonly CodeFrame[],
): RoomPicture {
  const id = ringRoom(world, ring);
  const { technique, vm } = target;
  const inSoftware = world === 'guest' && vm?.software !== undefined;
  const real = (world === 'guest' && !inSoftware && technique.drawn.realRing?.(ring)) || ring;
  const note = real === ring ? '' : l10n.t('believes to be in ring {0}', ring);
  const name = l10n.t('Ring {0} · {1}', real, whoIsIn(world, ring, target));
  const frame = frames.find((each) => each.ring === ring);
  return frame
    ? { ...EMPTY, id, kind: 'ring', name, note, ...standing(target, frame) }
    : { ...EMPTY, id, kind: 'ring', name, note };
}

type Standing = Pick<RoomPicture, 'place' | 'line' | 'instruction' | 'source'>;

function standing(target: Target, frame: CodeFrame): Standing {
  const { name, location, registers, address, topmost, side } = frame;
  const memory = side === 'host' ? target.hostMemory : target.memory;
  return {
    place: name,
    line: location ? lineText(location) : '',
    instruction: (topmost && instructionAt(registers, memory, address)) || '',
    ...(location && { source: location }),
  };
}

/** What the built-in monitor does, while it does something. */
function handlerRoom(target: Target, frames: readonly Frame[]): RoomPicture {
  const name = l10n.t('Ring {0} · {1}', 0, whoIsIn('host', 0, target));
  const next = target.monitor?.activity?.next;
  const frame = frames.find((each): each is MonitorFrame => each.kind === 'monitor');
  const room = { ...EMPTY, id: HOST, kind: 'ring', name } as const;
  if (!frame || !next) return room;
  const { site } = frame;
  return {
    ...room,
    place: frame.name,
    line: site ? lineText(site) : '',
    instruction: `${next.name} ${next.operands}`.trim(),
    ...(site && { source: site }),
  };
}

const lineText = ({ file, line }: { readonly file: string; readonly line: number }): string =>
  `${file.slice(file.search(/[^/\\]*$/))}:${String(line)}`;

/** The room in which execution is; undefined while others have the processor. */
export function hereIn(target: Target): string | undefined {
  if (!target.isPresent) return undefined;
  const { side, technique } = target;
  if (side === 'bare' || side === 'hypervisor') {
    const code = target.code.registers;
    return ringRoom('host', modeOf(code).ring);
  }
  if (side === 'monitor' || technique.isAtGate) return inSystem(target) ? HOST_SYSTEM : HOST;
  return guestHere(target);
}

/** The guest's room, whoever has control. */
export function guestHere(target: Target): string {
  const { technique, vm, guest } = target;
  const world = technique.drawn.runsInner === true ? 'inner' : 'guest';
  return guestRoom(target, modeOf(guest).ring, vm?.software !== undefined, world);
}

/** Whether a part of the built-in monitor that belongs to the host's kernel has control. */
function inSystem({ monitor }: Target): boolean {
  const sites = [monitor?.activity?.next.site, ...(monitor?.callers ?? [])];
  return sites.some((site) => site?.file.startsWith('vmm/hosting/'));
}
