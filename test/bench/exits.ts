/**
 * `npm run bench:exits`: how many VM exits a second of processor time makes: CPUID in a loop under
 * the built-in monitor, and under a hypervisor in assembly.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Machine, MachineRun } from '../../src/session';
import { assemble } from '../../src/program';

const FOLDER = 'test/bench'; // npm runs scripts in the project's folder
const REPEATS = Number(process.env['REPEATS'] ?? 7);
const ONLY = process.env['ONLY'] ?? '';

interface Guest {
  readonly name: string;
  readonly source: string;
  readonly monitor: 'vtx' | 'none';
  readonly rounds: number;
}

const scale = Number(process.env['SCALE'] ?? 1);
const GUESTS: readonly Guest[] = [
  {
    name: 'built-in monitor',
    source: 'exits-monitor.asm',
    monitor: 'vtx',
    rounds: 100_000 * scale,
  },
  {
    name: 'hypervisor in assembly',
    source: 'exits-own.asm',
    monitor: 'none',
    rounds: 200_000 * scale,
  },
];

async function image({ source, rounds }: Guest): Promise<Uint8Array> {
  const files = { read: async (path: string) => new Uint8Array(await readFile(path)) };
  const path = join(FOLDER, source);
  const assembly = await assemble(path, files, { defines: { ROUNDS: String(rounds) } });
  const problem = assembly.diagnostics.find((d) => d.severity === 'error');
  if (problem) throw new Error(`${problem.file}:${String(problem.line)}: ${problem.message}`);
  return assembly.image;
}

/** VM exits per second of user time. */
function exitsPerSecond(guest: Guest, bytes: Uint8Array): number {
  const image = { bytes, address: 0x7c00, drive: 0x80 };
  const run = new MachineRun(new Machine(image, { monitor: guest.monitor, memory: 16 << 20 }));
  const start = process.cpuUsage();
  let stop = run.turn(1000);
  while (stop.kind === 'spent') stop = run.turn(1000);
  const { user } = process.cpuUsage(start);
  const clean = stop.kind === 'end' && stop.end.kind === 'exit-device' && stop.end.value === 0;
  if (!clean) throw new Error(`${guest.name}: ${JSON.stringify(stop)}`);
  return guest.rounds / (user / 1e6);
}

/** The middle value. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

async function main(): Promise<void> {
  for (const guest of GUESTS.filter(({ name }) => name.includes(ONLY))) {
    const bytes = await image(guest);
    exitsPerSecond(guest, bytes); // until the code is hot
    const figures = Array.from({ length: REPEATS }, () => exitsPerSecond(guest, bytes));
    const thousands = (value: number): string => (value / 1000).toFixed(1);
    process.stdout.write(
      `${guest.name.padEnd(24)} ${thousands(median(figures)).padStart(8)} thousand VM exits per second ` +
        `(${thousands(Math.min(...figures))}–${thousands(Math.max(...figures))})\n`,
    );
  }
}

void main();
