import { describeVector } from '../isa/exceptions';
import { countExits } from '../debugger/trace/exit-counts';
import { techniqueOf } from '../debugger/techniques';
import { troubleText } from '../debugger/words/ends';
import { exitStatus, Machine, type Outcome } from '../session';
import { notBuiltYet, usageError } from './errors';
import { parseSize, writeOutput } from './files';
import { loadImage } from './image';
import { report } from './report';
import { GuestRun } from './guest-run';

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
  const print = (byte: number): void => void process.stdout.write(Uint8Array.of(byte));
  const machine = new Machine(image, { monitor, memory }, { serial: print, debugConsole: print });
  const technique = techniqueOf(machine, () => undefined);
  const exits = countExits(machine.computer.processor, technique);
  const outcome = await new GuestRun(machine, limit).toEnd();
  const message = troubleOf(machine, outcome);
  const run = { machine, technique, exits, outcome, message };
  if (options.json !== undefined) await writeOutput(options.json, report(run));
  if (message !== undefined) process.stderr.write(`ringside: ${message}\n`);
  return exitStatus(outcome);
}

/** What is said of an end that nobody wishes for; of a shutdown the chain of exceptions that led to it. */
function troubleOf({ computer }: Machine, outcome: Outcome): string | undefined {
  if (outcome.kind !== 'shutdown') return troubleText(outcome);
  const { faultChain } = computer.processor;
  return `triple fault: ${faultChain.map(({ vector }) => describeVector(vector)).join(', then ')}`;
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
