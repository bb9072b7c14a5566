/**
 * `npm run bench`: how fast the interpreter is, beside Debian's Bochs and QEMU where they are
 * installed. All figures come from one run, interleaved; only their ratios mean anything.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flatAt, Machine, MachineRun, WAYS, type Way } from '../../src/session';
import { assemble } from '../../src/program';

const SOURCE = join('test/bench', 'workload.asm'); // npm runs scripts in the project's folder
const SHORT = 20;
const LONG = 620;
const REPEATS = Number(process.env['REPEATS'] ?? 5);
/** Where the processor itself runs the guest: elsewhere this would take hours. */
const DIRECT = WAYS.filter(({ name }) => name !== 'emulate');
/** Seconds: what differs by less was not worked through. */
const SOON = 0.2;

/** @param user whether it works in ring 3 */
async function image(rounds: number, user: boolean): Promise<Uint8Array> {
  const files = { read: async (path: string) => new Uint8Array(await readFile(path)) };
  const assembly = await assemble(SOURCE, files, {
    defines: { ROUNDS: String(rounds), ...(user && { USER: '1' }) },
  });
  const problem = assembly.diagnostics.find((d) => d.severity === 'error');
  if (problem) throw new Error(`${problem.file}:${String(problem.line)}: ${problem.message}`);
  return assembly.image;
}

/** Seconds and instructions of a run in this process. */
function simulate(
  bytes: Uint8Array,
  { monitor, paging = 'ept' }: Way,
): { seconds: number; instructions: number } {
  const machine = new Machine(flatAt(bytes, 0x7c00), { monitor, paging, memory: 64 << 20 });
  const run = new MachineRun(machine);
  const start = performance.now();
  while (run.turn(1000).kind !== 'end');
  const seconds = (performance.now() - start) / 1000;
  return { seconds, instructions: machine.computer.processor.retired };
}

interface Peer {
  readonly name: string;
  /** Seconds of wall time for an image; undefined when it is not installed. */
  run(image: string): number | undefined;
}

function timed(command: string, args: readonly string[]): number | undefined {
  const start = performance.now();
  const options = {
    stdio: 'ignore',
    timeout: 120_000,
    env: { ...process.env, TERM: 'xterm' },
  } as const;
  const result = spawnSync(command, args, options);
  return result.error || result.status === 127 ? undefined : (performance.now() - start) / 1000;
}

const folder = mkdtempSync(join(tmpdir(), 'bench-'));

function qemu(name: string, more: readonly string[]): Peer {
  const options = [
    '-accel',
    'tcg',
    '-m',
    '64',
    '-display',
    'none',
    '-serial',
    'none',
    '-no-reboot',
  ];
  const exit = ['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'];
  return {
    name,
    run: (path) => {
      const drive = ['-drive', `format=raw,if=floppy,file=${path}`];
      return timed('qemu-system-x86_64', [...options, ...exit, ...more, ...drive]);
    },
  };
}

const PEERS: readonly Peer[] = [
  {
    name: 'Bochs (Debian)',
    run: (path) => {
      const config = join(folder, 'bochsrc');
      writeFileSync(
        config,
        [
          'megs: 64',
          'romimage: file=/usr/share/bochs/BIOS-bochs-latest',
          'vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest',
          `floppya: 1_44=${path}, status=inserted`,
          'boot: floppy',
          'cpu: model=corei7_sandy_bridge_2600k, ips=1000000000',
          'display_library: term',
          'log: /dev/null',
          'panic: action=fatal',
          'plugin_ctrl: speaker=0',
        ].join('\n'),
      );
      const commands = join(folder, 'commands');
      writeFileSync(commands, 'continue\n'); // Debian builds it with the debugger
      // Its text display wants a terminal.
      return timed('script', ['-qfec', `bochs -q -f ${config} -rc ${commands}`, '/dev/null']);
    },
  },
  qemu('QEMU TCG (Debian)', []),
  // As deterministic as Ringside: it counts instructions, too.
  qemu('QEMU TCG, -icount', ['-icount', 'shift=0,sleep=off']),
];

/** The middle value. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

async function main(): Promise<void> {
  const imagesOf = async (user: boolean) => ({
    short: await image(SHORT, user),
    long: await image(LONG, user),
  });
  const images = await imagesOf(false);
  const users = await imagesOf(true);
  const paths = { short: join(folder, 'short.img'), long: join(folder, 'long.img') };
  for (const key of ['short', 'long'] as const) {
    const disk = new Uint8Array(1_474_560);
    disk.set(images[key]);
    writeFileSync(paths[key], disk);
  }
  const mips = new Map<string, number[]>();
  const note = (name: string, value: number): void =>
    void mips.set(name, [...(mips.get(name) ?? []), value]);
  for (let round = 0; round < REPEATS; round++) {
    process.stderr.write(`round ${String(round + 1)} of ${String(REPEATS)}\n`);
    let work = 0;
    for (const [ring, both] of [
      ['ring 0', images],
      ['ring 3', users],
    ] as const) {
      for (const way of DIRECT) {
        const short = simulate(both.short, way);
        const long = simulate(both.long, way);
        work = long.instructions - short.instructions;
        note(`Ringside, ${way.name}, ${ring}`, work / (long.seconds - short.seconds) / 1e6);
      }
    }
    for (const peer of PEERS) {
      const short = peer.run(paths.short);
      const long = peer.run(paths.long);
      // A peer that cannot start is soon done with both.
      if (short !== undefined && long !== undefined && long - short > SOON)
        note(peer.name, work / (long - short) / 1e6);
    }
  }
  const base = median(mips.get('Bochs (Debian)') ?? []);
  for (const [name, values] of mips) {
    const ratio = Number.isNaN(base) ? '' : `  ${(median(values) / base).toFixed(2)} × Bochs`;
    const range = `${Math.min(...values).toFixed(0)}–${Math.max(...values).toFixed(0)}`;
    process.stdout.write(
      `${name.padEnd(40)} ${median(values).toFixed(1).padStart(8)} MIPS (${range})${ratio}\n`,
    );
  }
  for (const peer of PEERS)
    if (!mips.has(peer.name))
      process.stdout.write(`${peer.name}: not installed, or it does not start\n`);
}

void main();
