import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleText, asLoaded, flatImage } from '../../../session';
import { Debuggee } from '../../debuggee';
import type { Side } from '../technique';

const SOURCE = join(__dirname, '../../../session/testdata/svm.asm');

/**
 * A small hypervisor that uses SVM, ready to run.
 *
 * @param edit changes its text before it is assembled
 */
export async function ownSvm(edit = (text: string): string => text): Promise<Debuggee> {
  const program = await assembleText(edit(readFileSync(SOURCE, 'utf8')));
  const options = {
    programs: [asLoaded(program)],
    image: flatImage(program),
    monitor: 'none',
    cpu: 'amd',
    memory: 4 << 20,
    holdInterrupts: true,
  } as const;
  const nothing = (): void => undefined;
  return new Debuggee(options, { output: nothing, log: nothing, breathe: () => Promise.resolve() });
}

const VMRUN = [0x0f, 0x01, 0xd8];

/** Runs to a VMRUN of the host's, which is not done yet. */
export function untilVmrun({ machine }: Debuggee): void {
  const cpu = machine.computer.processor;
  const isThere = (): boolean =>
    !cpu.svm.inGuest && VMRUN.every((byte, n) => cpu.instructionBytes()[n] === byte);
  for (let n = 0; !isThere(); n++) step({ machine }, n);
}

/** Runs until somebody has the processor: after a #VMEXIT the host's first instruction is to come. */
export function untilSide({ machine, target }: Debuggee, side: Side): void {
  for (let n = 0; target.side !== side; n++) step({ machine }, n);
}

function step({ machine }: Pick<Debuggee, 'machine'>, n: number): void {
  assert.ok(n < 200_000);
  assert.equal(machine.computer.processor.run(1).kind, 'budget');
}
