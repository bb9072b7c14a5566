import { assemble } from '../program';
import { ExitReason } from '../isa/vmx/exit-reasons';
import { Field } from '../isa/vmx/fields';
import { INTERCEPTS, createVirtualMachine, type Intercept, type VirtualMachine } from './index';
import type { Allocation } from './memory/guest-memory';
import type { EngineKind } from '../processor/engine';

/** Guests as assembly text, run under the monitor. */

export interface GuestOptions {
  readonly allocation?: Allocation;
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

/** Assembles and runs a guest until it ends; at most `limit` slices of a million instructions. */
export async function runGuest(
  source: string,
  options: GuestOptions = {},
  limit = 50,
): Promise<GuestResult> {
  const files = { read: () => Promise.resolve(new TextEncoder().encode(source)) };
  const assembly = await assemble('guest.asm', files);
  const problem = assembly.diagnostics.find((d) => d.severity === 'error');
  if (problem) throw new Error(`line ${String(problem.line)}: ${problem.message}`);
  let serial = '';
  let poweredOff = false;
  const vm = createVirtualMachine({
    memory: options.memory ?? 4 << 20,
    allocation: options.allocation ?? 'eager',
    intercepts: options.intercepts ?? INTERCEPTS,
    entry: 0x7c00,
    ...(options.engine && { engine: options.engine }),
    events: {
      serial: (byte) => (serial += String.fromCharCode(byte)),
      powerOff: () => (poweredOff = true),
    },
  });
  vm.guestMemory.writeBytes(0x7c00n, assembly.image);
  vm.monitor.boot();
  const exits: string[] = [];
  for (let slice = 0; slice < limit;) {
    const stop = vm.computer.run(1_000_000);
    if (stop.kind !== 'gate') {
      if (stop.kind !== 'budget') return { vm, serial, exits, why: stop.kind };
      slice++;
      continue;
    }
    const reason =
      (vm.computer.processor.vmx.current?.readNumber(Field.VM_EXIT_REASON) ?? 0) & 0xffff;
    exits.push(NAMES[reason] ?? String(reason));
    vm.monitor.take(stop.gate);
    vm.monitor.finish();
    if (poweredOff) return { vm, serial, exits, why: 'power-off' };
    if (vm.monitor.host.end) return { vm, serial, exits, why: vm.monitor.host.end.why };
  }
  return { vm, serial, exits, why: 'limit' };
}
