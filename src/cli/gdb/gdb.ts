import { Debuggee, type DebuggeeOptions } from '../../debugger/debuggee';
import { Inferior } from '../../gdb/inferior';
import type { Width } from '../../gdb/registers';
import { programOfImage, type MachineOutput } from '../../session';
import { usageError } from '../errors';
import { parseCount, parseSize } from '../files';
import type { LoadedImage } from '../image';
import {
  loadMachine,
  outputOf,
  type LoadedMachine,
  type MachineArguments,
} from '../machine-arguments';
import { requireWritable, writeBack, writeBackOnSignal } from '../write-back';
import { serveClients } from './server';

export interface GdbOptions extends MachineArguments {
  readonly port: string;
  readonly bits: string;
  readonly history: string;
  readonly writable?: boolean;
}

/**
 * `ringside gdb`: a guest that waits for clients of the GDB remote protocol.
 *
 * @returns the exit status that `run` would have, or 0 where a client has killed the guest
 */
export async function gdbCommand(path: string | undefined, options: GdbOptions): Promise<number> {
  const port = parseCount(options.port, 'no port: ', 65535);
  const historyMemory = parseSize(options.history);
  const loaded = await loadMachine(path, options);
  if (!loaded) return 2;
  const { image, files } = loaded.first;
  const writable = options.writable ? await requireWritable(image, files) : undefined;
  const debuggee = debuggeeOf(loaded, historyMemory);
  const write = async (): Promise<void> => {
    if (writable) await writeBack(debuggee.machine, writable);
  };
  if (writable) writeBackOnSignal(write);
  process.stdin.on('data', (bytes: Buffer) => {
    debuggee.input(bytes);
  });
  process.stdin.on('error', () => undefined);
  try {
    return await serveClients(new Inferior(debuggee), port, Number(options.bits) as Width);
  } finally {
    process.stdin.destroy();
    await write();
  }
}

function debuggeeOf({ first, others, names, options }: LoadedMachine, history: number): Debuggee {
  const output = outputOf(names);
  const outputs: MachineOutput[] = names.map((_, n) => output(n));
  // How a translated run is cut decides how many steps it takes: its past cannot be visited again.
  const historyMemory = options.monitor === 'translate' ? 0 : history;
  const { memory } = options;
  const settings: DebuggeeOptions = {
    ...options,
    image: first.image,
    programs: programsOf(first),
    name: names[0] ?? '',
    guests: others.map((each, n) => ({
      name: names[n + 1] ?? '',
      programs: programsOf(each),
      image: each.image,
      memory,
    })),
    holdInterrupts: true,
    historyMemory,
    realTime: process.stdin.isTTY,
  };
  try {
    return new Debuggee(settings, {
      output: (byte, guest) => outputs[guest]?.serial?.(byte),
      log: () => undefined,
      breathe: () => new Promise((done) => setImmediate(done)),
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw usageError(`--memory: ${error.message}`);
  }
}

const programsOf = ({ program }: LoadedImage): DebuggeeOptions['programs'] => [
  program ?? programOfImage(new Uint8Array(), ''),
];
