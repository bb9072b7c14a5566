/**
 * `npm run bench:past`: what it costs that the past can be visited: the same work recorded and not, steps back at random
 * points of it, and runs back to its beginning and to the last store to a word. All in one run; only ratios mean anything.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Debuggee } from '../../src/debugger/debuggee';
import { asLoaded, flatImage } from '../../src/session';
import { assemble, type Assembly } from '../../src/program';

const SOURCE = join('test/bench', 'workload.asm'); // npm runs scripts in the project's folder
const MEMORY = 64 << 20;
const HISTORY = 512 << 20;
const ROUNDS = Number(process.env['ROUNDS'] ?? 320);
const STEPS = Number(process.env['STEPS'] ?? 100);
const REPEATS = Number(process.env['REPEATS'] ?? 3);
/** The root of the page tables, which nothing writes after the beginning. */
const WORD = 0x1000n;
const WAYS = ['none', 'vtx'] as const;

async function program(): Promise<Assembly> {
  const files = { read: async (path: string) => new Uint8Array(await readFile(path)) };
  const assembly = await assemble(SOURCE, files, { defines: { ROUNDS: String(ROUNDS) } });
  const problem = assembly.diagnostics.find((d) => d.severity === 'error');
  if (problem) throw new Error(`${problem.file}:${String(problem.line)}: ${problem.message}`);
  return assembly;
}

/** A session that is about to stop where the program writes to the exit device. */
function debuggeeOf(assembly: Assembly, monitor: 'none' | 'vtx', historyMemory: number): Debuggee {
  const debuggee = new Debuggee(
    {
      programs: [asLoaded(assembly)],
      image: flatImage(assembly),
      monitor,
      memory: MEMORY,
      holdInterrupts: true,
      historyMemory,
    },
    {
      output: () => undefined,
      log: () => undefined,
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
    },
  );
  const address = assembly.symbols.get('finish')?.value;
  if (address === undefined) throw new Error('the program has no label finish');
  const places = [{ kind: 'address', space: 'gva', address } as const];
  debuggee.breakpoints.replace('end', [{ id: 1, places }]);
  return debuggee;
}

/** Seconds of this process's time. */
async function seconds(act: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const quantile = (values: readonly number[], part: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? NaN;

/** Pseudo-random, and the same each time. */
function* random(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Milliseconds of wall time of steps back from random instructions. */
async function stepsBack({ run }: Debuggee, instructions: number): Promise<number[]> {
  const times: number[] = [];
  const numbers = random(1);
  while (times.length < STEPS) {
    const count = 1000 + Math.floor((numbers.next().value as number) * (instructions - 1000));
    await run.run({ kind: 'go-to', goal: { kind: 'instruction', count } });
    const start = performance.now();
    await run.run({ kind: 'step-back', granularity: 'instruction' });
    times.push(performance.now() - start);
  }
  return times;
}

async function measure(assembly: Assembly, monitor: 'none' | 'vtx'): Promise<void> {
  const forward = async (history: number): Promise<[Debuggee, number]> => {
    const debuggee = debuggeeOf(assembly, monitor, history);
    return [debuggee, await seconds(() => debuggee.run.run({ kind: 'continue' }, true))];
  };
  await forward(0); // until the code is hot
  const plain: number[] = [];
  const recorded: number[] = [];
  let last: Debuggee | undefined;
  for (let n = 0; n < REPEATS; n++) {
    plain.push((await forward(0))[1]);
    const [debuggee, time] = await forward(HISTORY);
    recorded.push(time);
    last = debuggee;
  }
  const recorder = last?.run.recorder;
  if (!last || !recorder) throw new Error('nothing was recorded');
  const [without, withIt] = [quantile(plain, 0.5), quantile(recorded, 0.5)];
  const { instructions } = recorder;
  const times = await stepsBack(last, instructions);
  const { run, breakpoints } = last;
  const back = (): Promise<unknown> => run.run({ kind: 'reverse-continue' });
  await run.run({ kind: 'go-to', goal: { kind: 'present' } });
  breakpoints.replace('end', []);
  const toBeginning = await seconds(back);
  await run.run({ kind: 'go-to', goal: { kind: 'present' } });
  breakpoints.data.replace('word', [{ id: 2, address: WORD, length: 8 }]);
  const toStore = await seconds(back);
  const gone = recorder.lastInstructions - recorder.instructions;
  const speed = (count: number, time: number): string =>
    (count / time / (instructions / without)).toFixed(2);
  const { size } = recorder;
  const lines = [
    `${monitor}: ${(instructions / 1e6).toFixed(0)} million instructions, ${without.toFixed(2)} s`,
    `  recorded: ${(withIt / without).toFixed(2)} times as long, ${String(size >> 20)} MiB in ${String(recorder.timeline.checkpoints.all.length)} checkpoints`,
    `  a step back: ${quantile(times, 0.5).toFixed(1)} ms, 99 of 100 within ${quantile(times, 0.99).toFixed(1)} ms`,
    `  a run back to the beginning: ${speed(instructions, toBeginning)} of the speed forward`,
    `  a run back to the last store to a word, over ${(gone / 1e6).toFixed(1)} million: ${speed(gone, toStore)} of it`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function main(): Promise<void> {
  const assembly = await program();
  for (const way of WAYS) await measure(assembly, way);
}

void main();
