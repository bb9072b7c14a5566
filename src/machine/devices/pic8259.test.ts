import assert from 'node:assert/strict';
import { Pic8259 } from './pic8259';

function setUp(icw4 = 0x01) {
  const intr: boolean[] = [];
  const pic = new Pic8259({ intr: (level) => intr.push(level) });
  const write = (port: number, ...values: number[]) => {
    for (const value of values) pic.writePort(port, 1, value);
  };
  write(0x20, 0x11);
  write(0x21, 0x20, 0x04, icw4);
  write(0xa0, 0x11);
  write(0xa1, 0x28, 0x02, icw4);
  const pulse = (irq: number) => {
    pic.setIrq(irq, false);
    pic.setIrq(irq, true);
  };
  return { pic, intr, write, pulse, read: (port: number) => pic.readPort(port) };
}

describe('8259 PIC pair', () => {
  it('gives the vector of a master and of a slave line', () => {
    const { pic, pulse, write, intr } = setUp();
    pulse(1);
    assert.equal(pic.acknowledge(), 0x21);
    write(0x20, 0x20);
    pulse(8);
    assert.equal(pic.acknowledge(), 0x28);
    assert.deepEqual(pic.registers, { irr: 0, isr: 0x0104, imr: 0 });
    write(0xa0, 0x20);
    write(0x20, 0x20);
    assert.equal(pic.registers.isr, 0);
    assert.deepEqual(intr, [true, false, true, false]);
  });

  it('serves higher priorities first and nests them', () => {
    const { pic, pulse, write } = setUp();
    pulse(5);
    pulse(3);
    assert.equal(pic.acknowledge(), 0x23);
    assert.equal(pic.intr, false);
    pulse(0);
    assert.equal(pic.intr, true);
    assert.equal(pic.acknowledge(), 0x20);
    write(0x20, 0x20);
    assert.equal(pic.registers.isr, 8);
    write(0x20, 0x20);
    assert.equal(pic.acknowledge(), 0x25);
  });

  it('masks', () => {
    const { pic, pulse, write, read } = setUp();
    write(0x21, 0xfe);
    pulse(4);
    assert.equal(pic.intr, false);
    assert.equal(read(0x21), 0xfe);
    assert.equal(read(0x20), 0x10);
    write(0x21, 0xee);
    assert.equal(pic.acknowledge(), 0x24);
  });

  it('shows ISR or IRR', () => {
    const { pic, pulse, write, read } = setUp();
    pulse(6);
    pic.acknowledge();
    pulse(7);
    write(0x20, 0x0b);
    assert.equal(read(0x20), 0x40);
    write(0x20, 0x0a);
    assert.equal(read(0x20), 0x80);
  });

  it('is spurious when the request goes away', () => {
    const { pic, pulse } = setUp();
    pulse(3);
    pic.setIrq(3, false);
    assert.equal(pic.intr, false);
    assert.equal(pic.acknowledge(), 0x27);
    assert.equal(pic.registers.isr, 0);
  });

  it('takes a request back when the slave masks it', () => {
    const { pic, pulse, write } = setUp();
    pulse(10);
    assert.equal(pic.intr, true);
    write(0xa1, 0xff);
    assert.equal(pic.intr, false);
    assert.equal(pic.acknowledge(), 0x27);
    write(0xa1, 0xfb);
    assert.equal(pic.acknowledge(), 0x2a);
  });

  it('ends interrupts by itself in AEOI mode, rotating if asked', () => {
    const { pic, pulse, write } = setUp(0x03);
    pulse(4);
    assert.equal(pic.acknowledge(), 0x24);
    assert.equal(pic.registers.isr, 0);
    write(0x20, 0x80);
    pulse(1);
    assert.equal(pic.acknowledge(), 0x21);
    pulse(1);
    pulse(6);
    assert.equal(pic.acknowledge(), 0x26);
  });

  it('delivers two slave requests one after the other in AEOI mode', () => {
    const { pic, pulse } = setUp(0x03);
    pulse(9);
    pulse(12);
    assert.equal(pic.acknowledge(), 0x29);
    assert.equal(pic.intr, true);
    assert.equal(pic.acknowledge(), 0x2c);
  });

  it('rotates priorities', () => {
    const { pic, pulse, write } = setUp();
    pulse(3);
    pic.acknowledge();
    write(0x20, 0xa0); // rotate on non-specific EOI: 3 is now the lowest
    pulse(3);
    pulse(4);
    assert.equal(pic.acknowledge(), 0x24);
    write(0x20, 0x64); // specific EOI of 4
    write(0x20, 0xc5); // set priority: 5 is the lowest, 6 the highest
    pulse(6);
    assert.equal(pic.acknowledge(), 0x26);
    write(0x20, 0xe6); // rotate on specific EOI
    assert.equal(pic.registers.isr, 0);
    assert.equal(pic.acknowledge(), 0x23);
  });

  it('lets lower priorities through in special mask mode', () => {
    const { pic, pulse, write } = setUp();
    pulse(2 + 1);
    pic.acknowledge();
    pulse(6);
    assert.equal(pic.intr, false);
    write(0x21, 0x08);
    assert.equal(pic.intr, false);
    write(0x20, 0x68);
    assert.equal(pic.intr, true);
    assert.equal(pic.acknowledge(), 0x26);
    write(0x20, 0x20); // does not end the masked one
    assert.equal(pic.registers.isr, 8);
  });

  it('nests slave interrupts in special fully nested mode', () => {
    const { pic, pulse, write } = setUp(0x11);
    pulse(12);
    assert.equal(pic.acknowledge(), 0x2c);
    pulse(9);
    assert.equal(pic.intr, true);
    assert.equal(pic.acknowledge(), 0x29);
    write(0xa0, 0x20);
    assert.equal(pic.registers.isr, 0x1004);
  });

  it('does not nest slave interrupts otherwise', () => {
    const { pic, pulse } = setUp();
    pulse(12);
    pic.acknowledge();
    pulse(9);
    assert.equal(pic.intr, false);
  });

  it('requests again at once on a level-triggered line', () => {
    const { pic, write, read } = setUp();
    write(0x4d0, 0xff);
    write(0x4d1, 0x0e);
    assert.deepEqual([read(0x4d0), read(0x4d1)], [0xf8, 0x0e]);
    pic.setIrq(11, true);
    assert.equal(pic.acknowledge(), 0x2b);
    write(0xa0, 0x20);
    write(0x20, 0x20);
    assert.equal(pic.intr, true);
    pic.setIrq(11, false);
    assert.equal(pic.intr, false);
  });

  it('needs a new edge on an edge-triggered line', () => {
    const { pic, pulse, write } = setUp();
    pulse(1);
    pic.acknowledge();
    write(0x20, 0x20);
    pic.setIrq(1, true);
    assert.equal(pic.intr, false);
    pulse(1);
    assert.equal(pic.intr, true);
  });

  it('can be polled', () => {
    const { pic, pulse, write, read } = setUp();
    write(0x20, 0x0c);
    assert.equal(read(0x20), 0);
    pulse(5);
    write(0x20, 0x0c);
    assert.equal(read(0x20), 0x85);
    assert.equal(pic.registers.isr, 0x20);
    assert.equal(read(0x20), 0);
  });

  it('is silent until it is initialized, and forgets all by ICW1', () => {
    const pic = new Pic8259();
    pic.setIrq(0, true);
    assert.equal(pic.intr, false);
    const { pic: other, pulse, write } = setUp();
    pulse(0);
    write(0x20, 0x11);
    assert.equal(other.intr, false);
    write(0x21, 0x40, 0x04, 0x01);
    assert.equal(other.intr, false);
    pulse(0);
    assert.equal(other.acknowledge(), 0x40);
  });

  it('goes on from a snapshot', () => {
    const { pic, pulse } = setUp();
    pulse(10);
    const other = new Pic8259();
    other.restore(JSON.parse(JSON.stringify(pic.save())));
    assert.equal(other.intr, true);
    assert.equal(other.acknowledge(), 0x2a);
  });
});
