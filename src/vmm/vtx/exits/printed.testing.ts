import { assembleText, flatImage, Machine, MachineRun, type MonitorName } from '../../../session';

/** What a program prints, and how its machine stops: under a monitor, or on the bare computer. */
export async function printed(source: string, monitor: MonitorName): Promise<string> {
  let text = '';
  const machine = new Machine(
    flatImage(await assembleText(source)),
    { monitor, memory: 2 << 20 },
    { debugConsole: (byte) => (text += String.fromCharCode(byte)) },
  );
  const run = new MachineRun(machine);
  for (let turns = 0; turns < 100; turns++) {
    const stop = run.turn(20, 1_000_000);
    if (stop.kind !== 'spent') return `${text} ${stop.kind}`;
  }
  return `${text} limit`;
}
