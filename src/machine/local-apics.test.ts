import assert from 'node:assert/strict';
import { Clock } from './devices/clock';
import { Apic } from './devices/apic/registers';
import { Pic8259 } from './devices/pic8259';
import { LocalApics } from './local-apics';
import { LOCAL_APIC } from '../isa/physical-addresses';

function computer(count: number, x2apic = false) {
  const signals: [number, string][] = [];
  const processors = Array.from({ length: count }, (_, number) => ({
    ...{ taskPriority: 0, apicEnabled: true, x2apic, timeStampOffset: 0n },
    apicPage: LOCAL_APIC,
    receive: (signal: { kind: string; vector?: number }) => {
      signals.push([number, `${signal.kind} ${String(signal.vector ?? '')}`.trim()]);
    },
  }));
  const apics = new LocalApics({
    ...{ clock: new Clock(), processors, pic: new Pic8259() },
    onEndOfInterrupt: () => undefined,
  });
  for (const apic of apics.all) apic.write(Apic.SVR, 0x1ff);
  /** The processors that have got an interrupt, which ends at once. */
  const taken = (): number[] =>
    apics.all.flatMap((apic, number) => {
      if (!apic.intr) return [];
      apic.acknowledge();
      apic.write(Apic.EOI, 0);
      return [number];
    });
  const send = (from: number, low: number, destination = 0): void => {
    const sender = apics.all[from];
    sender?.write(Apic.ICR_HIGH, destination * 2 ** 24);
    sender?.write(Apic.ICR_LOW, low);
  };
  return { apics, processors, signals, taken, send };
}

describe('messages between local APICs (SDM 3A 11.6)', () => {
  it('go by physical destinations', () => {
    const { taken, send } = computer(3);
    send(0, 0x50, 2);
    assert.deepEqual(taken(), [2]);
    send(1, 0x50, 0);
    assert.deepEqual(taken(), [0]);
    send(1, 0x50, 0xff);
    assert.deepEqual(taken(), [0, 1, 2]);
    send(0, 0x50, 7);
    assert.deepEqual(taken(), []);
  });

  it('go by logical destinations, flat and by cluster', () => {
    const { apics, taken, send } = computer(3);
    apics.all.forEach((apic, n) => {
      apic.write(Apic.LDR, (1 << n) * 2 ** 24);
    });
    send(0, 0x850, 6);
    assert.deepEqual(taken(), [1, 2]);
    apics.all.forEach((apic, n) => {
      apic.write(Apic.DFR, 0);
      apic.write(Apic.LDR, ((n === 2 ? 0x10 : 0) | (1 << n)) * 2 ** 24);
    });
    send(0, 0x850, 0x07);
    assert.deepEqual(taken(), [0, 1]);
  });

  it('go by x2APIC identifiers', () => {
    const { apics, taken } = computer(3, true);
    apics.all[0]?.sendTo(0x50, 1);
    assert.deepEqual(taken(), [1]);
    apics.all[0]?.sendTo(0x850, 0b110);
    assert.deepEqual(taken(), [1, 2]);
    apics.all[0]?.sendTo(0x850, 0x1_0006);
    assert.deepEqual(taken(), []);
    apics.all[0]?.sendTo(0x50, 0xffff_ffff);
    assert.deepEqual(taken(), [0, 1, 2]);
  });

  it('go by shorthands', () => {
    const { taken, send } = computer(3);
    send(1, 0x4_0050);
    assert.deepEqual(taken(), [1]);
    send(1, 0x8_0050);
    assert.deepEqual(taken(), [0, 1, 2]);
    send(1, 0xc_0050);
    assert.deepEqual(taken(), [0, 2]);
  });

  it('of the lowest priority go to the one whose priority is the lowest', () => {
    const { processors, taken, send } = computer(3);
    processors.forEach((processor, n) => {
      processor.taskPriority = [3, 1, 2][n] ?? 0;
    });
    send(0, 0x150, 0xff);
    assert.deepEqual(taken(), [1]);
  });

  it('bring INIT and start-up IPIs to processors, whether their local APICs are enabled or not', () => {
    const { apics, signals, send } = computer(3);
    apics.all[2]?.write(Apic.SVR, 0xff);
    send(0, 0xc_4500);
    send(0, 0x4608, 2);
    assert.deepEqual(signals, [
      [1, 'INIT'],
      [2, 'INIT'],
      [2, 'start-up 8'],
    ]);
  });

  it('bring NMIs and SMIs, whatever their vector, to whom they are for', () => {
    const { apics, signals, taken, send } = computer(2);
    send(0, 0x4_4400);
    send(0, 0x4400, 0);
    send(0, 0x4200, 1);
    send(0, 0x4400, 3);
    assert.deepEqual(signals, [
      [0, 'NMI'],
      [0, 'NMI'],
      [1, 'SMI'],
    ]);
    assert.deepEqual(taken(), []);
    apics.all[0]?.write(Apic.ESR, 0);
    assert.equal(apics.all[0]?.read(Apic.ESR), 0);
  });

  it('bring what the 8259 pair requests to the bootstrap processor alone at first', () => {
    const pic = new Pic8259();
    const processor = {
      ...{ taskPriority: 0, apicEnabled: true, x2apic: false, timeStampOffset: 0n },
      apicPage: LOCAL_APIC,
    };
    const apics = new LocalApics({
      ...{ clock: new Clock(), processors: [processor, processor], pic },
      onEndOfInterrupt: () => undefined,
    });
    pic.writePort(0x21, 1, 0);
    pic.irqLine(0)(true);
    assert.equal(pic.intr, true);
    assert.deepEqual([apics.requests(0), apics.requests(1)], [true, false]);
  });
});
