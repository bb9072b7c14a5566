import type { Machine } from '../machine';

/** What a debugger asks of a machine while somebody steps. It decides how the machine goes on, as input does. */
export interface Controls {
  /** External interrupts wait. */
  readonly holdInterrupts: boolean;
  /** Whoever has the turn keeps it. */
  readonly held: boolean;
  /** Who is to have the turn as soon as possible. */
  readonly wanted: number | undefined;
}

export const NO_CONTROLS: Controls = { holdInterrupts: false, held: false, wanted: undefined };

export function applyControls(machine: Machine, controls: Controls): void {
  const { holdInterrupts, held, wanted } = controls;
  for (const processor of machine.processors) processor.holdInterrupts = holdInterrupts;
  for (const { host } of machine.vms?.all ?? []) host.holdInterrupts = holdInterrupts;
  const { scheduler } = machine;
  if (!scheduler) return;
  scheduler.held = held;
  scheduler.wanted = wanted;
}

export const sameControls = (a: Controls, b: Controls): boolean =>
  a.holdInterrupts === b.holdInterrupts && a.held === b.held && a.wanted === b.wanted;
