import { kernel32, kernel64 } from '../../session/kernels.testing';
import { Hypercall } from '../hypercalls';
import type { Refusal } from './direct/refusal';
import { assembleText, flatImage, Machine, MachineRun } from '../../session';
import type { MonitorName } from '../../session';
import type { Hole } from '../deprivilege/holes/hole';

export { kernel32, kernel64 };

/** What came of a guest that ran under a monitor. */
export interface Ran {
  readonly machine: Machine;
  readonly output: string;
  readonly end: string;
  readonly holes: readonly Hole[];
  /** What was refused under direct paging. */
  readonly refusals: readonly Refusal[];
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
  const refusals: Refusal[] = [];
  const direct = machine.vm?.monitor.host.paravirt?.direct;
  if (direct) direct.onRefused = (refusal) => void refusals.push(refusal);
  const stop = run.turn(60_000, 400_000);
  const end = stop.kind === 'end' ? stop.end.kind : stop.kind;
  const word = (address: number): bigint =>
    machine.vm?.guestMemory.read(BigInt(address), 8) ?? machine.computer.memory.read64(address);
  return { machine, output, end, holes, refusals, word };
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

/** Where `directKernel` has its tables, by their level: guest-physical pages, and the list of all frames. */
export const DIRECT = { 4: 0x30000, 3: 0x31000, 2: 0x32000, 1: 0x33000, FRAMES: 0x40000 } as const;

/** The frame of a guest-physical page, in a register. */
export const frameOf = (page: number, register: string): string =>
  `        mov     ${register}, [${String(DIRECT.FRAMES)} + ${String((page >> 12) * 8)}]\n`;

/**
 * A 64-bit kernel that makes tables of frames: all 640 KBytes at their guest-physical addresses, the tables read-only. Its
 * body comes after `USE_DIRECT_PAGING`, whose result is at 0x6ff8.
 *
 * @param before what it does to its tables before
 */
export const directKernel = (body: string, more = '', before = ''): string =>
  kernel64(
    `
${call(Hypercall.READ_FRAMES, ['0', String(DIRECT.FRAMES), '160'])}
        xor     ecx, ecx
.entry: mov     rax, [${String(DIRECT.FRAMES)} + rcx * 8]
        or      eax, 7
        mov     [${String(DIRECT[1])} + rcx * 8], rax
        inc     ecx
        cmp     ecx, 160
        jb      .entry
${[4, 3, 2, 1]
  .map((level) => `        and     byte [0x33000 + 0x3${String(4 - level)} * 8], ~2`)
  .join('\n')}
${([4, 3, 2] as const)
  .map(
    (level) => `${frameOf(DIRECT[(level - 1) as 1 | 2 | 3], 'rax')}        or      eax, 7
        mov     [${String(DIRECT[level])}], rax`,
  )
  .join('\n')}
${before}
${call(Hypercall.USE_DIRECT_PAGING, [`[${String(DIRECT.FRAMES)} + 0x30 * 8]`], '0x6ff8')}
${body}`,
    more,
  );
