/**
 * `npm run bench:exits`: how many VM exits a second of processor time makes: CPUID in a loop under
 * the built-in monitor by VT-x and by SVM, and under a hypervisor in assembly; then the same while a debugger looks on,
 * which stops at nothing and takes down each exit.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Debuggee } from '../../src/debugger/debuggee';
import { asLoaded, flatImage, Machine, MachineRun, type End } from '../../src/session';
import { assemble, type Assembly } from '../../src/program';

const FOLDER = 'test/bench'; // npm runs scripts in the project's folder
const REPEATS = Number(process.env['REPEATS'] ?? 7);
const ONLY = process.env['ONLY'] ?? '';

interface Guest {
  readonly name: string;
  readonly source: string;
  readonly monitor: 'vtx' | 'svm' | 'none';
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
    name: 'built-in monitor, SVM',
    source: 'exits-monitor.asm',
    monitor: 'svm',
    rounds: 100_000 * scale,
  },
  {
    name: 'hypervisor in assembly',
    source: 'exits-own.asm',
    monitor: 'none',
    rounds: 200_000 * scale,
  },
];

async function program({ source, rounds }: Guest): Promise<Assembly> {
  const files = { read: async (path: string) => new Uint8Array(await readFile(path)) };
  const path = join(FOLDER, source);
  const assembly = await assemble(path, files, { defines: { ROUNDS: String(rounds) } });
  const problem = assembly.diagnostics.find((d) => d.severity === 'error');
  if (problem) throw new Error(`${problem.file}:${String(problem.line)}: ${problem.message}`);
  return assembly;
}

/** Makes a guest ready, and gives what runs it to its end. */
type Prepare = (guest: Guest, assembly: Assembly) => () => Promise<End | undefined>;

const MEMORY = 16 << 20;

const undisturbed: Prepare = ({ monitor }, assembly) => {
  const run = new MachineRun(new Machine(flatImage(assembly), { monitor, memory: MEMORY }));
  return () => {
    let stop = run.turn(1000);
    while (stop.kind === 'spent') stop = run.turn(1000);
    return Promise.resolve(stop.kind === 'end' ? stop.end : undefined);
  };
};

/** As a debug session runs it: in slices between which the event loop turns. */
const debugged: Prepare = (guest, assembly) => {
  const debuggee = new Debuggee(
    {
      programs: [asLoaded(assembly)],
      image: flatImage(assembly),
      monitor: guest.monitor,
      memory: MEMORY,
      holdInterrupts: true,
    },
    {
      output: () => undefined,
      log: () => undefined,
      breathe: () => new Promise((resolve) => setTimeout(resolve, 0)),
    },
  );
  return async () => {
    const result = await debuggee.run.run({ kind: 'continue' }, true);
    const { total } = debuggee.target.trace;
    if (total < guest.rounds) throw new Error(`${String(total)} exits in the trace`);
    return result.kind === 'ended' ? result.end : undefined;
  };
};

/** VM exits per second of user time. */
async function exitsPerSecond(prepare: Prepare, guest: Guest, assembly: Assembly): Promise<number> {
  const run = prepare(guest, assembly);
  const start = process.cpuUsage();
  const end = await run();
  const { user } = process.cpuUsage(start);
  const clean = end?.kind === 'exit-device' && end.value === 0;
  if (!clean) throw new Error(`${guest.name}: ${JSON.stringify(end)}`);
  return guest.rounds / (user / 1e6);
}

/** The middle value. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

/** Measures, writes a line, and gives the median. */
async function measure(
  name: string,
  prepare: Prepare,
  guest: Guest,
  assembly: Assembly,
): Promise<number> {
  await exitsPerSecond(prepare, guest, assembly); // until the code is hot
  const figures: number[] = [];
  while (figures.length < REPEATS) figures.push(await exitsPerSecond(prepare, guest, assembly));
  const thousands = (value: number): string => (value / 1000).toFixed(1);
  process.stdout.write(
    `${name.padEnd(24)} ${thousands(median(figures)).padStart(8)} thousand VM exits per second ` +
      `(${thousands(Math.min(...figures))}–${thousands(Math.max(...figures))})\n`,
  );
  return median(figures);
}

async function main(): Promise<void> {
  for (const guest of GUESTS.filter(({ name }) => name.includes(ONLY))) {
    const assembly = await program(guest);
    const alone = await measure(guest.name, undisturbed, guest, assembly);
    const watched = await measure('  with a debugger', debugged, guest, assembly);
    process.stdout.write(`  takes ${(alone / watched).toFixed(2)} times as long\n`);
  }
}

void main();
