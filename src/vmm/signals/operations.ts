import { Cost } from '../cost';
import { MonitorError, type Host } from '../host/host';
import { instruction } from '../instruction';
import type { DueSignal, VirtualSignals } from './virtual-signals';

/** The operations by which a monitor deals with what one virtual processor of a guest tells another. */

/** @throws MonitorError where there is no other */
function signalsOf({ signals }: Host): VirtualSignals {
  if (!signals) throw new MonitorError('the guest has one virtual processor');
  return signals;
}

/** What `dueSignal` gives. */
export const Due = { NOTHING: 0n, INIT: 1n, START_UP: 2n, NMI: 3n, WAIT: 4n } as const;
const DUE: Readonly<Record<NonNullable<DueSignal>, bigint>> = {
  INIT: Due.INIT,
  'start-up': Due.START_UP,
  NMI: Due.NMI,
  'nothing until a start-up IPI': Due.WAIT,
};

/** What a virtual processor has to deal with before it is entered. NMIs wait while a debugger steps, as interrupts do. */
export const dueSignal = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => {
    const { due } = signalsOf(host);
    const held = due === 'NMI' && host.holdInterrupts;
    return due === undefined || held ? Due.NOTHING : DUE[due];
  },
  operands: () => ['virtual INIT, start-up IPI, NMI'],
});

/** INIT is dealt with: its local APIC is as after RESET, but for its identifier (SDM 3A 11.4.7.3). */
export const takeInit = instruction('take', Cost.SOFTWARE, {
  perform: (host: Host) => {
    signalsOf(host).takeInit();
    host.virtual.localApics.all[host.place.processor]?.initialize();
  },
  operands: () => ['virtual INIT'],
});

/** A start-up IPI is dealt with; its vector. */
export const takeStartUp = instruction('take', Cost.SOFTWARE, {
  perform: (host: Host) => BigInt(signalsOf(host).takeStartUp()),
  operands: () => ['virtual start-up IPI'],
});

/** An NMI is on its way to the guest. */
export const takeNmi = instruction('take', Cost.SOFTWARE, {
  perform: (host: Host) => {
    signalsOf(host).takeNmi();
  },
  operands: () => ['virtual NMI'],
});

/**
 * The virtual processor rests in HLT. The result is 0 when nobody is left who could wake any of the guest's: all have
 * interrupts off, and no message is under way.
 */
export const fallAsleep = instruction('note', Cost.SOFTWARE, {
  perform: (host: Host, hearsInterrupts: boolean, blocksNmis: boolean) => {
    signalsOf(host).fallAsleep({ hearsInterrupts, blocksNmis });
    return host.virtualComputer.isLost ? 0n : 1n;
  },
  operands: (hearsInterrupts) => [
    hearsInterrupts ? 'it rests until an interrupt' : 'it rests with interrupts off',
  ],
});

/** Whether anything has come for which it goes on: 1, or 0. */
export const hasWoken = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => {
    host.passTime();
    return host.isWoken ? 1n : 0n;
  },
  operands: () => ['virtual INTR, NMI, INIT'],
});

export const wakeUp = instruction('note', Cost.SOFTWARE, {
  perform: (host: Host) => {
    signalsOf(host).wakeUp();
  },
  operands: () => ['it goes on'],
});
