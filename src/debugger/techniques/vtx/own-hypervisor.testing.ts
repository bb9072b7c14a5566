import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble } from '../../../program';
import { asLoaded, flatImage } from '../../../session';
import { Debuggee } from '../../debuggee';

const FOLDER = join(__dirname, '../../../../samples/hypervisor-vtx');

/**
 * The sample hypervisor-vtx, ready to run.
 *
 * @param edit changes a file's text before it is assembled
 */
export async function ownHypervisor(
  edit: (text: string, file: string) => string = (text) => text,
): Promise<Debuggee> {
  const program = await assemble('hypervisor.asm', {
    read: (file) => {
      const text = readFileSync(join(FOLDER, file), 'utf8');
      return Promise.resolve(new TextEncoder().encode(edit(text, file)));
    },
  });
  const options = {
    programs: [asLoaded(program)],
    image: flatImage(program),
    monitor: 'none',
    memory: 4 << 20,
    holdInterrupts: true,
  } as const;
  const nothing = (): void => undefined;
  return new Debuggee(options, { output: nothing, log: nothing, breathe: () => Promise.resolve() });
}
