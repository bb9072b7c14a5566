import { assembleText, flatImage, Machine, MachineRun } from '../../session';
import type { MonitorName } from '../../session';
import type { Hole } from '../deprivilege/holes/hole';

export { kernel32, kernel64 } from '../../session/kernels.testing';

/** What came of a guest that ran under a monitor. */
export interface Ran {
  readonly machine: Machine;
  readonly output: string;
  readonly end: string;
  readonly holes: readonly Hole[];
  /** A word of the guest's memory, where its programs leave what they have found. */
  word(address: number): bigint;
}

export interface RunOptions {
  readonly monitor?: MonitorName;
  readonly disk?: Uint8Array;
}

/** @param source of a boot sector, or more */
export async function runParavirt(
  source: string,
  { monitor = 'paravirt', disk }: RunOptions = {},
): Promise<Ran> {
  const image = flatImage(await assembleText(source));
  let output = '';
  const serial = (byte: number): void => void (output += String.fromCharCode(byte));
  const media = disk ? { media: { floppies: [], ...image.media, disks: [disk] } } : {};
  const machine = new Machine({ ...image, ...media }, { monitor, memory: 1 << 20 }, { serial });
  const run = new MachineRun(machine);
  const holes: Hole[] = [];
  run.onHole = (hole) => {
    holes.push(hole);
    return false;
  };
  const stop = run.turn(60_000, 400_000);
  const end = stop.kind === 'end' ? stop.end.kind : stop.kind;
  const word = (address: number): bigint =>
    machine.vm?.guestMemory.read(BigInt(address), 8) ?? machine.computer.memory.read64(address);
  return { machine, output, end, holes, word };
}

/** Makes a call: the result goes to memory. */
export const call = (
  number: number,
  [first = '0', second = '0', third = '0']: readonly string[] = [],
  result = '',
): string => `
        mov     eax, ${String(number)}
        mov     rbx, ${first}
        mov     rcx, ${second}
        mov     rdx, ${third}
        vmcall
        ${result && `mov     [${result}], rax`}
`;
