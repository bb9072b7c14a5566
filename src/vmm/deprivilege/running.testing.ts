import { assembleText, flatImage, Machine, MachineRun } from '../../session';
import type { Hole } from './holes/hole';

export { kernel32, kernel64 } from '../../session/kernels.testing';

/** What came of a guest that ran deprivileged. */
export interface Deprivileged {
  readonly machine: Machine;
  readonly output: string;
  readonly end: string;
  readonly holes: readonly Hole[];
  /** How often the processor came to the monitor, by vector. */
  readonly traps: ReadonlyMap<number, number>;
}

/** @param source of a boot sector, or more */
export async function runDeprivileged(source: string, limit = 200_000): Promise<Deprivileged> {
  const image = flatImage(await assembleText(source));
  let output = '';
  const serial = (byte: number): void => void (output += String.fromCharCode(byte));
  const machine = new Machine(image, { monitor: 'deprivilege', memory: 1 << 20 }, { serial });
  const run = new MachineRun(machine);
  const holes: Hole[] = [];
  run.onHole = (hole) => {
    holes.push(hole);
    return false;
  };
  const traps = new Map<number, number>();
  machine.computer.processor.observer.delivered = ({ vector }) => {
    traps.set(vector, (traps.get(vector) ?? 0) + 1);
  };
  const stop = run.turn(60_000, limit);
  const end = stop.kind === 'end' ? stop.end.kind : stop.kind;
  return { machine, output, end, holes, traps };
}
