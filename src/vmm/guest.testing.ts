import { ExitReason } from '../isa/vmx/exit-reasons';
import { Field } from '../isa/vmx/fields';
import type { EngineKind } from '../processor/execution/engine';
import { assembleText, flatImage, Machine, MachineRun } from '../session';
import type { Allocation, Intercept, Paging, VirtualMachine } from '.';

/** Guests as assembly text, run under the monitor. */

export interface GuestOptions {
  readonly allocation?: Allocation;
  readonly paging?: Paging;
  readonly tlbTags?: boolean;
  readonly nested?: boolean;
  readonly intercepts?: readonly Intercept[];
  readonly engine?: EngineKind;
  readonly memory?: number;
}

export interface GuestResult {
  readonly vm: VirtualMachine;
  /** What the first serial port sent. */
  readonly serial: string;
  /** Names of the exit reasons, in order. */
  readonly exits: string[];
  /** Why it ended. */
  readonly why: string;
}

const NAMES = Object.fromEntries(
  Object.entries(ExitReason).map(([name, number]) => [number, name]),
);

/** Assembles and runs a guest until it ends; at most `limit` million units of work. */
export async function runGuest(
  source: string,
  options: GuestOptions = {},
  limit = 50,
): Promise<GuestResult> {
  let serial = '';
  const machine = new Machine(
    flatImage(await assembleText(source)),
    { monitor: 'vtx', memory: 4 << 20, ...options },
    { serial: (byte) => (serial += String.fromCharCode(byte)) },
  );
  const { vm } = machine;
  if (!vm) throw new Error('no monitor');
  const run = new MachineRun(machine);
  const exits: string[] = [];
  const { processor } = machine.computer;
  while (processor.work < limit * 1_000_000) {
    const stop = run.inMonitor ? run.operate() : run.execute(1_000_000);
    if (stop?.kind === 'end') return { vm, serial, exits, why: stop.end.kind };
    if (stop?.kind === 'exit') {
      const reason = (processor.vmx.current?.readNumber(Field.VM_EXIT_REASON) ?? 0) & 0xffff;
      exits.push(NAMES[reason] ?? String(reason));
    } else if (stop && stop.kind !== 'spent') {
      return { vm, serial, exits, why: stop.kind };
    }
  }
  return { vm, serial, exits, why: 'limit' };
}
