import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assemble } from '../../src/program';
import { Bochs } from './bochs';
import type { Peer } from './peer';
import { Qemu } from './qemu';
import { compareRun } from './run';

/**
 * Runs system programs instruction by instruction on Ringside and on QEMU or Bochs, and tells the first difference.
 *
 *   npm run compare:lockstep [-- --bochs] [names]
 *
 * The programs are the `.asm` files here, and those of test/compare that are about the processor.
 */

const HERE = __dirname;
const NEIGHBOUR = resolve(HERE, '../compare');
const NEIGHBOURS = ['faults', 'pages', 'gates', 'tasks', 'v8086', 'debug', 'fastcalls', 'long'];

function programs(): Map<string, string> {
  const own = readdirSync(HERE).filter((name) => /^[^.]+\.asm$/.test(name));
  return new Map([
    ...own.map((name) => [name.replace('.asm', ''), join(HERE, name)] as const),
    ...NEIGHBOURS.map((name) => [name, join(NEIGHBOUR, `${name}.asm`)] as const),
  ]);
}

/** With LOCKSTEP the programs print nothing, and begin without their boot sector's work. */
async function image(path: string): Promise<Uint8Array> {
  const files = { read: (name: string) => Promise.resolve(readFileSync(name)) };
  const options = { defines: { LOCKSTEP: '1' }, includeDirs: [NEIGHBOUR] };
  const assembly = await assemble(path, files, options);
  const mistake = assembly.diagnostics.find(({ severity }) => severity === 'error');
  if (mistake) throw new Error(`${path}:${String(mistake.line)}: ${mistake.message}`);
  return assembly.image;
}

async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const peer: Peer = args.includes('--bochs') ? new Bochs() : await Qemu.start();
  try {
    for (const [name, path] of programs()) {
      if (names.length > 0 && !names.includes(name)) continue;
      const { steps, trouble } = await compareRun(peer, await image(path));
      process.stdout.write(`${name}: ${String(steps)} instructions, ${trouble ?? 'the same'}\n`);
      if (trouble !== undefined) process.exitCode = 1;
    }
  } finally {
    peer.end();
  }
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
