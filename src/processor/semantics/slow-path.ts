import type { InstructionContext } from '../execution/instruction-context';

/**
 * An instruction, or the rare part of one, in plain TypeScript. It either completes, and then the
 * processor moves on to the next instruction (or to where the path jumped), or throws a fault or a
 * VM exit before it changed anything.
 *
 * 'left' tells that the instruction has left guest mode instead of completing: it does not count, and
 * execution goes on where the host is.
 *
 * 'continue' promises that nothing about the running of code changed (privilege, paging, pending
 * interrupts, memory that holds code), so that the interpreter need not look around first.
 */
export type SlowPath = (cpu: InstructionContext) => undefined | 'continue' | 'left';

const paths: SlowPath[] = [];

/** The number under which an engine calls a slow path. */
export function slowPathNumber(path: SlowPath): number {
  const known = paths.indexOf(path);
  return known >= 0 ? known : paths.push(path) - 1;
}

export function slowPath(number: number): SlowPath {
  const path = paths[number];
  if (!path) throw new Error(`no slow path ${String(number)}`);
  return path;
}
