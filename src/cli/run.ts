import { notBuiltYet, usageError } from './errors';
import { parseSize, writeOutput } from './files';
import { loadImage } from './image';
import { buildMachine } from './machine';
import { report } from './report';
import { GuestRun, type RunEnd } from './guest-run';

export interface RunOptions {
  readonly monitor: string;
  readonly paging: string;
  readonly cpu: string;
  readonly memory: string;
  readonly cpus: string;
  readonly bios?: string;
  readonly append?: string;
  readonly initrd?: string;
  readonly disk?: string;
  readonly maxInstructions?: string;
  readonly json?: string;
}

/** `ringside run`: the exit status of the contract. */
export async function runCommand(path: string, options: RunOptions): Promise<number> {
  refuseWhatIsNotBuilt(options);
  const memory = parseSize(options.memory);
  const limit = instructionLimit(options.maxInstructions);
  const image = await loadImage(path);
  if (!image) return 2;
  if (image.address + image.bytes.length > memory) {
    throw usageError(
      `${path}: ${String(image.bytes.length)} bytes at 0x${image.address.toString(16)} do not fit in ${options.memory}`,
    );
  }
  const monitor = options.monitor as 'vtx' | 'none';
  const run = new GuestRun(limit, (events) => buildMachine(image, { monitor, memory, events }));
  const end = await run.toEnd();
  if (options.json !== undefined) await writeOutput(options.json, report(run, end));
  if (end.message !== undefined) process.stderr.write(`ringside: ${end.message}\n`);
  return statusOf(end);
}

function statusOf(end: RunEnd): number {
  switch (end.stop) {
    case 'exit-device':
      return ((end.value ?? 0) << 1) | 1;
    case 'halt':
    case 'power-off':
      return 0;
    case 'instruction-limit':
      return 3;
    case 'triple-fault':
      return 4;
    default:
      return 1;
  }
}

function refuseWhatIsNotBuilt(options: RunOptions): void {
  if (options.monitor !== 'vtx' && options.monitor !== 'none')
    notBuiltYet(`--monitor ${options.monitor}`);
  if (options.paging !== 'ept') notBuiltYet(`--paging ${options.paging}`);
  if (options.cpu !== 'intel') notBuiltYet(`--cpu ${options.cpu}`);
  if (options.cpus !== '1') notBuiltYet(`--cpus ${options.cpus}`);
  for (const name of ['bios', 'append', 'initrd', 'disk'] as const) {
    if (options[name] !== undefined) notBuiltYet(`--${name}`);
  }
}

function instructionLimit(text: string | undefined): number {
  if (text === undefined) return Number.MAX_SAFE_INTEGER;
  const limit = Number(text);
  if (!Number.isSafeInteger(limit) || limit < 0)
    throw usageError(`no count: --max-instructions ${text}`);
  return limit;
}
