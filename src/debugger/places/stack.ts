import * as l10n from '@vscode/l10n';
import type { Location } from '../../program';
import type { Site } from '../../vmm';
import { isException, type DeliveredEvent } from '../trace/event-log';
import { placeAt, symbolAt } from './program-place';
import { linearRip, type Registers } from '../registers/registers';
import type { Target, World } from '../target';
import { exceptionName } from '../words/faults';
import { Unwinder, type Activation } from './unwind';

/** One row of the call stack. */
export type Frame = MonitorFrame | LabelFrame | CodeFrame;

/** A handler of the monitor: at the operation that comes next, or at its call of the one above. */
export interface MonitorFrame {
  readonly kind: 'monitor';
  readonly name: string;
  /** Absent when the monitor was not built for debugging. */
  readonly site: Site | undefined;
  readonly registers: Registers;
}

/** A transition of privilege between the frames above and below. */
export interface LabelFrame {
  readonly kind: 'label';
  readonly name: string;
}

/** An activation of the program: in the guest, in the user's own hypervisor, or on the bare computer. */
export interface CodeFrame {
  readonly kind: 'code';
  readonly side: World['side'];
  readonly name: string;
  readonly location: Location | undefined;
  /** Linear address of the instruction at which it is. */
  readonly address: bigint;
  /** The same, or that of the call at which it is: its line and its variables are meant. */
  readonly meant: bigint;
  readonly registers: Registers;
  readonly ring: number;
  /** The topmost frame of its world: its registers are all known. */
  readonly topmost: boolean;
}

/** The call stack through all privilege levels, topmost first. */
export function callStack(target: Target): Frame[] {
  const { side, hostWorld, guestWorld } = target;
  if (side === 'guest' || side === 'bare' || !hostWorld) return worldFrames(target, guestWorld);
  const above =
    side === 'monitor' ? monitorFrames(target, hostWorld) : worldFrames(target, hostWorld);
  const why = reasonOfHost(target);
  const left = why === undefined ? [] : [{ kind: 'label', name: label(why) } as const];
  // Before its first entry a guest is not anywhere yet.
  const below =
    side === 'monitor' || target.transitions.count > 0 ? worldFrames(target, guestWorld) : [];
  return [...above, ...left, ...below];
}

export const isCodeOf = (frame: Frame, side: World['side']): frame is CodeFrame =>
  frame.kind === 'code' && frame.side === side;

/** Whether it is known where an activation began: the program's outermost ones nobody has called. */
export function canBeRestarted(frame: Frame, frames: readonly Frame[]): boolean {
  if (frame.kind === 'label') return false;
  if (frame.kind === 'monitor') return frame === frames[0];
  const { side } = frame;
  return frames.slice(frames.indexOf(frame) + 1).some((below) => isCodeOf(below, side));
}

/** What has brought control to whoever runs the guest. */
function reasonOfHost({ technique, trace: { last } }: Target): string | undefined {
  return technique.occasion ?? (last && technique.exits.title(last));
}

function worldFrames(target: Target, world: World): Frame[] {
  const frames: Frame[] = [
    codeFrame(target, world, { registers: world.registers, caller: false }, true),
  ];
  for (const activation of new Unwinder(target, world)) {
    if (activation.via) frames.push({ kind: 'label', name: viaName(activation.via) });
    frames.push(codeFrame(target, world, activation, false));
  }
  return frames;
}

function monitorFrames(target: Target, { registers }: World): Frame[] {
  const { monitor } = target;
  const { last } = target.trace;
  const site = monitor?.activity?.next.site;
  const name = (last && target.technique.exits.handler(last)) ?? 'handleExit';
  return [site, ...(monitor?.callers ?? [])].map((at): Frame => ({
    kind: 'monitor',
    name: at?.function ?? name,
    site: at,
    registers,
  }));
}

const label = (text: string): string => `── ${text} ──`;

function viaName(via: DeliveredEvent | 'syscall'): string {
  if (via === 'syscall') return label('syscall');
  if (isException(via)) return label(exceptionName(via));
  return label(l10n.t('interrupt {0}', `0x${via.vector.toString(16)}`));
}

function codeFrame(
  target: Target,
  { side, memory }: World,
  { registers, caller }: Activation,
  topmost: boolean,
): CodeFrame {
  const address = linearRip(registers);
  // A return address belongs to the line and the function of the call before it.
  const meant = caller ? address - 1n : address;
  const name = symbolAt(target, meant, memory, address);
  return {
    kind: 'code',
    side,
    name: name ?? `0x${address.toString(16)}`,
    location: placeAt(target, meant, memory)?.entry.chain[0],
    address,
    meant,
    registers,
    ring: (registers.segment(2).accessRights >> 5) & 3,
    topmost,
  };
}
