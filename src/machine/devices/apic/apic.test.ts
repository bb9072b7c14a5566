import assert from 'node:assert/strict';
import { Clock } from '../clock';
import { IoApic } from './io-apic';
import { LocalApic } from './local-apic';
import { Apic } from './registers';

function localApic() {
  const clock = new Clock();
  let cr8 = 0;
  const ended: number[] = [];
  const signals: string[] = [];
  const apic = new LocalApic({
    clock,
    taskPriority: { get: () => cr8, set: (value) => (cr8 = value) },
    onEndOfInterrupt: (vector) => ended.push(vector),
    onSignal: (signal) => signals.push(signal),
  });
  return { apic, clock, ended, signals, cr8: () => cr8 };
}

describe('local APIC', () => {
  it('is a virtual wire for the 8259 pair at first', () => {
    const { apic } = localApic();
    assert.ok(apic.passesExternal);
    apic.write(Apic.LVT_LINT0, 0x1_0700);
    assert.ok(!apic.passesExternal);
  });

  it('delivers by priority, one class at a time', () => {
    const { apic, ended } = localApic();
    apic.request(0x31);
    apic.request(0x45);
    apic.request(0x42);
    assert.equal(apic.acknowledge(), 0x45);
    assert.ok(!apic.intr); // 0x42 has the same class
    assert.equal(apic.read(Apic.PPR), 0x40);
    assert.equal(apic.read(Apic.ISR + 0x20), 1 << 5);
    apic.write(Apic.EOI, 0);
    assert.equal(apic.acknowledge(), 0x42);
    apic.write(Apic.EOI, 0);
    assert.equal(apic.acknowledge(), 0x31);
    assert.deepEqual(ended, []); // edges are told to nobody
  });

  it('holds back what the task priority forbids; CR8 is its upper half', () => {
    const { apic, cr8 } = localApic();
    apic.write(Apic.TPR, 0x52);
    assert.equal(cr8(), 5);
    assert.equal(apic.read(Apic.TPR), 0x52);
    apic.request(0x5f);
    assert.ok(!apic.intr);
    apic.request(0x60);
    assert.ok(apic.intr);
  });

  it('sends NMIs and SMIs to its own processor, whatever their vector (SDM 3A 11.6.1)', () => {
    const { apic, signals } = localApic();
    apic.write(Apic.ICR_LOW, 0x4_4400);
    apic.write(Apic.ICR_HIGH, 0);
    apic.write(Apic.ICR_LOW, 0x4400);
    apic.write(Apic.ICR_LOW, 0x4200);
    apic.write(Apic.ICR_HIGH, 3 << 24);
    apic.write(Apic.ICR_LOW, 0x4400); // another's
    assert.deepEqual(signals, ['NMI', 'NMI', 'SMI']);
    assert.ok(!apic.hasRequests);
    apic.write(Apic.ESR, 0);
    assert.equal(apic.read(Apic.ESR), 0);
  });

  it('tells I/O APICs of the end of interrupts that came by a level', () => {
    const { apic, ended } = localApic();
    apic.request(0x50, true);
    assert.equal(apic.read(Apic.TMR + 0x20), 1 << 16);
    apic.acknowledge();
    apic.write(Apic.EOI, 0);
    assert.deepEqual(ended, [0x50]);
  });

  it('counts down once or again and again', () => {
    const { apic, clock } = localApic();
    apic.write(Apic.DIVIDE, 0b1011); // by 1
    apic.write(Apic.LVT_TIMER, 0x40);
    apic.write(Apic.INITIAL_COUNT, 100);
    clock.advanceTo(40);
    assert.equal(apic.read(Apic.CURRENT_COUNT), 60);
    clock.advanceTo(150);
    assert.equal(apic.acknowledge(), 0x40);
    assert.equal(apic.read(Apic.CURRENT_COUNT), 0);
    apic.write(Apic.EOI, 0);
    apic.write(Apic.LVT_TIMER, 0x2_0040);
    apic.write(Apic.DIVIDE, 0); // by 2
    apic.write(Apic.INITIAL_COUNT, 100);
    clock.advanceTo(360);
    assert.equal(apic.acknowledge(), 0x40);
    assert.equal(apic.read(Apic.CURRENT_COUNT), 95);
    apic.write(Apic.INITIAL_COUNT, 0);
    assert.equal(clock.nextDeadline(), undefined);
  });

  it('sends to itself, and to nobody else', () => {
    const { apic } = localApic();
    apic.write(Apic.ICR_LOW, 0x4_0055);
    assert.equal(apic.acknowledge(), 0x55);
    apic.write(Apic.EOI, 0);
    apic.write(Apic.ICR_LOW, 0xc_0056); // all but itself
    assert.ok(!apic.intr);
    apic.write(Apic.ICR_HIGH, 0x0100_0000);
    apic.write(Apic.ICR_LOW, 0x57); // another one
    assert.ok(!apic.intr);
    apic.write(Apic.LDR, 0x0400_0000);
    apic.write(Apic.ICR_HIGH, 0x0600_0000);
    apic.write(Apic.ICR_LOW, 0x858); // logical, flat
    assert.equal(apic.acknowledge(), 0x58);
  });

  it('notes illegal vectors and registers', () => {
    const { apic } = localApic();
    apic.write(Apic.ICR_LOW, 0x4_0005);
    apic.read(0x10);
    apic.write(Apic.ESR, 0);
    assert.equal(apic.read(Apic.ESR), 0x20 | 0x80);
  });

  it('masks its table when it is turned off', () => {
    const { apic } = localApic();
    apic.write(Apic.SVR, 0xff);
    assert.equal(apic.read(Apic.LVT_LINT0) & 0x1_0000, 0x1_0000);
    apic.request(0x50);
    assert.ok(!apic.intr);
    apic.write(Apic.LVT_TIMER, 0x40);
    assert.equal(apic.read(Apic.LVT_TIMER), 0x1_0040);
  });

  it('goes on after it was saved and restored', () => {
    const { apic, clock } = localApic();
    apic.write(Apic.LVT_TIMER, 0x40);
    apic.write(Apic.INITIAL_COUNT, 100);
    clock.advanceTo(50);
    const other = localApic();
    other.clock.restore(clock.save());
    other.apic.restore(apic.save());
    other.clock.advanceTo(200);
    assert.equal(other.apic.acknowledge(), 0x40);
  });
});

describe('I/O APIC', () => {
  function ioApic() {
    const sent: number[] = [];
    const io = new IoApic({ send: ({ vector }) => sent.push(vector) });
    const entry = (pin: number, low: number): void => {
      io.write(0, 0x10 + 2 * pin);
      io.write(0x10, low);
    };
    return { io, sent, entry };
  }

  it('has 24 masked inputs at first', () => {
    const { io } = ioApic();
    io.write(0, 1);
    assert.equal(io.read(0x10), 0x17_0011);
    io.write(0, 0x10);
    assert.equal(io.read(0x10), 0x1_0000);
    assert.ok(!io.isOpen(0));
  });

  it('sends a message for each rising edge', () => {
    const { io, sent, entry } = ioApic();
    entry(4, 0x34);
    io.pin(4)(true);
    io.pin(4)(true);
    io.pin(4)(false);
    io.pin(4)(true);
    assert.deepEqual(sent, [0x34, 0x34]);
    entry(4, 0x1_0034);
    io.pin(4)(false);
    io.pin(4)(true);
    assert.equal(sent.length, 2);
  });

  it('asks again for a level after the end of the interrupt', () => {
    const { io, sent, entry } = ioApic();
    entry(9, 0x8039);
    io.pin(9)(true);
    io.pin(9)(true);
    assert.deepEqual(sent, [0x39]);
    io.endOfInterrupt(0x39);
    assert.deepEqual(sent, [0x39, 0x39]);
    io.pin(9)(false);
    io.endOfInterrupt(0x39);
    assert.equal(sent.length, 2);
  });
});
