import * as l10n from '@vscode/l10n';
import type { ExpressionContext, MemoryPlace } from '../../debugger/expressions';
import { presentContext, worldContext } from '../../debugger/expressions';
import type { CodeFrame, MonitorFrame } from '../../debugger/places/stack';
import type { Target, World } from '../../debugger/target';
import type { PlacedFrame, SessionContext } from '../context';
import { memoryReference } from '../memory/memory-reference';
import { RequestError } from '../request-error';

/** The world that a frame lives in. */
export function worldOfFrame(target: Target, frame: CodeFrame | MonitorFrame): World {
  const inHost = frame.kind === 'monitor' || frame.side === 'host';
  return (inHost ? target.hostWorld : undefined) ?? target.guestWorld;
}

/** What expressions mean in a frame. */
export function contextOf({ target, frame }: PlacedFrame): ExpressionContext {
  if (frame.kind === 'label')
    throw new RequestError(l10n.t('this row of the call stack has no registers'));
  const at = frame.kind === 'code' ? frame.meant : undefined;
  return worldContext(target, worldOfFrame(target, frame), frame.registers, at);
}

/** The same for a request that may name a frame; without one it is the world that has control. */
export function worldOf(context: SessionContext, frameId: number | undefined): ExpressionContext {
  if (frameId !== undefined) {
    const placed = context.frame(frameId);
    const { frame, frames } = placed;
    // A label belongs to the frame below it.
    if (frame.kind !== 'label') return contextOf(placed);
    const below = frames[frames.indexOf(frame) + 1];
    if (below) return contextOf({ ...placed, frame: below });
  }
  return presentContext(context.debuggee.target);
}

/** With the right to assign; the client is told of memory that changes. */
export function writable(context: SessionContext, world: ExpressionContext): ExpressionContext {
  return {
    ...world,
    mayAssign: true,
    wrote: (place) => {
      memoryChanged(context, place, world.target.number);
    },
  };
}

export function placeReference({ space, address }: MemoryPlace, guest: number): string {
  return memoryReference({ space: space === 'host' ? 'hva' : space, address, guest });
}

/** Clients compare references as text: they are told of the one that was written and of the page it is in. */
function memoryChanged(context: SessionContext, place: MemoryPlace, guest: number): void {
  context.send('memory', {
    memoryReference: placeReference(place, guest),
    offset: 0,
    count: place.bytes,
  });
}
