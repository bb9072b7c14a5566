import assert from 'node:assert/strict';
import { NO_PLACES, techniqueOf } from '../../debugger/techniques';
import { assembleText, flatImage, Machine, MachineRun, type MonitorName } from '../../session';
import { TranslatedGuest } from './translated-guest';

export { kernel32, kernel64 } from '../../session/kernels.testing';

/** RAM up to what belongs to the video card. */
const RAM = 0xa0000;

/** What a guest leaves behind. */
interface Left {
  readonly end: string;
  readonly registers: readonly bigint[];
  readonly memory: Uint8Array;
  readonly instructions: number;
}

/** What came of a guest whose kernel was translated. */
export interface Ran {
  readonly machine: Machine;
  readonly guest: TranslatedGuest;
  readonly left: Left;
  /** How often the processor came to the monitor, by vector. */
  readonly traps: ReadonlyMap<number, number>;
}

async function machineOf(source: string, monitor: MonitorName): Promise<Machine> {
  return new Machine(flatImage(await assembleText(source)), { monitor, memory: 1 << 20 }, {});
}

function leftOf(machine: Machine, end: string): Left {
  const { guest } = techniqueOf(machine, NO_PLACES);
  const general = Array.from({ length: 16 }, (_, n) => guest.gpr(n));
  const { vm, computer } = machine;
  return {
    end,
    registers: [...general, guest.rip, guest.rflags],
    memory: vm ? vm.guestMemory.readBytes(0n, RAM) : computer.memory.readBytes(0, RAM),
    instructions: computer.processor.retired,
  };
}

function runToEnd(machine: Machine, limit: number): Left {
  const stop = new MachineRun(machine).turn(60_000, limit);
  return leftOf(machine, stop.kind === 'end' ? stop.end.kind : stop.kind);
}

export function translatedGuestOf(machine: Machine): TranslatedGuest {
  const guest = machine.vm?.monitor.host.deprivileged;
  assert.ok(guest instanceof TranslatedGuest);
  return guest;
}

/** Runs a guest by translation and on the bare computer: it has to leave the same behind. */
export async function runTranslated(source: string, limit = 200_000): Promise<Ran> {
  const machine = await machineOf(source, 'translate');
  const traps = new Map<number, number>();
  machine.computer.processor.observer.delivered = ({ vector }) => {
    traps.set(vector, (traps.get(vector) ?? 0) + 1);
  };
  const left = runToEnd(machine, limit);
  assert.deepEqual(left, runToEnd(await machineOf(source, 'none'), limit));
  assert.equal(left.end, 'exit-device');
  return { machine, guest: translatedGuestOf(machine), left, traps };
}
