import assert from 'node:assert/strict';
import { assemble } from '../program';
import { asLoaded, flatImage } from '../session';
import { Debuggee } from './debuggee';

/** A program that is debugged on a computer of 1 MB, before its first instruction. */
export async function debuggeeOf(
  source: string,
  monitor: 'vtx' | 'none' = 'none',
): Promise<Debuggee> {
  const program = await assemble('k.asm', {
    read: () => Promise.resolve(new TextEncoder().encode(source)),
  });
  assert.deepEqual(program.diagnostics, []);
  const options = {
    programs: [asLoaded(program)],
    image: flatImage(program),
    monitor,
    memory: 1 << 20,
    allocation: 'eager',
    intercepts: [],
    holdInterrupts: true,
  } as const;
  const nothing = (): void => undefined;
  return new Debuggee(options, {
    output: nothing,
    log: nothing,
    breathe: () => Promise.resolve(),
  });
}
