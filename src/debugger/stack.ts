import * as l10n from '@vscode/l10n';
import type { Location } from '../program';
import { describeVector } from '../isa/exceptions';
import { EXIT_HANDLERS } from '../vmm/vtx/exits';
import type { Site } from '../vmm';
import { exitTitle } from './exit-text';
import type { DeliveredEvent } from './events';
import { placeAt, symbolAt } from './program-place';
import type { Registers } from './registers';
import { linearRip, type Target } from './target';
import { Unwinder, type Activation } from './unwind';

/** One row of the call stack. */
export type Frame = MonitorFrame | LabelFrame | GuestFrame;

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

/** An activation in the guest, or in a program on the bare computer. */
export interface GuestFrame {
  readonly kind: 'guest';
  readonly name: string;
  readonly location: Location | undefined;
  /** Linear address of the instruction at which it is. */
  readonly address: bigint;
  readonly registers: Registers;
  readonly ring: number;
  /** The topmost guest frame: its registers are all known. */
  readonly topmost: boolean;
}

/** The call stack through all privilege levels, topmost first. */
export function callStack(target: Target): Frame[] {
  const frames = [...monitorFrames(target)];
  const { guest } = target;
  frames.push(guestFrame(target, { registers: guest, caller: false }, true));
  for (const activation of new Unwinder(target, guest)) {
    if (activation.via) frames.push({ kind: 'label', name: viaName(activation.via) });
    frames.push(guestFrame(target, activation, false));
  }
  return frames;
}

function monitorFrames(target: Target): Frame[] {
  const host = target.side === 'monitor' ? target.host : undefined;
  if (!host) return [];
  const { last } = target.trace;
  const { site, callers = [] } = target.monitor?.activity?.next ?? {};
  const name = handlerName(last?.reason) ?? 'handleExit';
  const frames = [site, ...callers].map((at): Frame => ({
    kind: 'monitor',
    name: at?.function ?? name,
    site: at,
    registers: host,
  }));
  if (last) frames.push({ kind: 'label', name: label(exitTitle(last)) });
  return frames;
}

function handlerName(reason: number | undefined): string | undefined {
  return reason === undefined ? undefined : EXIT_HANDLERS.get(reason & 0xffff)?.name;
}

const label = (text: string): string => `── ${text} ──`;

function viaName(via: DeliveredEvent | 'syscall'): string {
  if (via === 'syscall') return label('syscall');
  if (via.kind.endsWith('exception')) return label(describeVector(via.vector));
  return label(l10n.t('interrupt {0}', `0x${via.vector.toString(16)}`));
}

function guestFrame(
  target: Target,
  { registers, caller }: Activation,
  topmost: boolean,
): GuestFrame {
  const address = linearRip(registers);
  // A return address belongs to the line of the call before it.
  const meant = caller ? address - 1n : address;
  return {
    kind: 'guest',
    name: symbolAt(target, address) ?? symbolAt(target, meant) ?? `0x${address.toString(16)}`,
    location: placeAt(target, meant)?.entry.chain[0],
    address,
    registers,
    ring: (registers.segment(2).accessRights >> 5) & 3,
    topmost,
  };
}
