import assert from 'node:assert/strict';
import { Fcr, Ier, Iir, Lcr, Lsr, Mcr, Msr, Uart16550 } from './uart16550';

const [DATA, IER, IIR, FCR, LCR, MCR, LSR, MSR, SCR] = [0, 1, 2, 2, 3, 4, 5, 6, 7];

function setUp() {
  const sent: number[] = [];
  const irq: boolean[] = [];
  const uart = new Uart16550({ onTransmit: (byte) => sent.push(byte), irq: (l) => irq.push(l) });
  return {
    uart,
    sent,
    irq,
    read: (register: number) => uart.readPort(0x3f8 + register),
    write: (register: number, value: number) => {
      uart.writePort(0x3f8 + register, 1, value);
    },
  };
}

describe('UART 16550', () => {
  it('sends bytes', () => {
    const { sent, read, write } = setUp();
    for (const char of 'hi') {
      assert.equal(read(LSR) & Lsr.THR_EMPTY, Lsr.THR_EMPTY);
      write(DATA, char.charCodeAt(0));
    }
    assert.deepEqual(sent, [0x68, 0x69]);
    assert.equal(read(LSR), Lsr.THR_EMPTY | Lsr.IDLE);
  });

  it('has a divisor behind DLAB', () => {
    const { sent, read, write } = setUp();
    write(LCR, Lcr.DLAB | 3);
    write(DATA, 0x01);
    write(IER, 0x02);
    assert.deepEqual([read(DATA), read(IER)], [1, 2]);
    write(LCR, 3);
    assert.equal(read(IER), 0);
    assert.equal(read(LCR), 3);
    assert.deepEqual(sent, []);
  });

  it('keeps the scratch register; the enables have 4 bits', () => {
    const { read, write } = setUp();
    write(SCR, 0xa5);
    write(IER, 0xff);
    assert.deepEqual([read(SCR), read(IER)], [0xa5, 0x0f]);
  });

  it('receives without FIFOs one byte at a time, losing none', () => {
    const { uart, read } = setUp();
    uart.receive([1, 2, 3]);
    assert.equal(uart.backlog, 2);
    assert.equal(read(LSR) & Lsr.DATA_READY, Lsr.DATA_READY);
    assert.deepEqual([read(DATA), read(DATA), read(DATA)], [1, 2, 3]);
    assert.equal(read(LSR) & (Lsr.DATA_READY | Lsr.OVERRUN), 0);
  });

  it('tells of FIFOs by the identification register', () => {
    const { read, write } = setUp();
    assert.equal(read(IIR), Iir.NONE);
    write(FCR, Fcr.ENABLE);
    assert.equal(read(IIR), Iir.FIFOS | Iir.NONE);
    write(FCR, 0);
    assert.equal(read(IIR), Iir.NONE);
  });

  it('interrupts at the trigger level, and by time-out below it', () => {
    const { uart, read, write, irq } = setUp();
    write(MCR, Mcr.OUT2);
    write(FCR, Fcr.ENABLE | 0x40); // 4 bytes
    write(IER, Ier.RECEIVED);
    uart.receive([1, 2, 3]);
    assert.equal(read(IIR) & 0xf, Iir.TIMEOUT);
    uart.receive([4]);
    assert.equal(read(IIR) & 0xf, Iir.RECEIVED);
    for (let i = 0; i < 4; i++) read(DATA);
    assert.equal(read(IIR) & 0xf, Iir.NONE);
    assert.deepEqual(irq, [true, false]);
  });

  it('interrupts when the transmitter is empty, until told', () => {
    const { read, write, irq } = setUp();
    write(MCR, Mcr.OUT2);
    write(IER, Ier.THR_EMPTY);
    assert.equal(read(IIR), Iir.THR_EMPTY);
    assert.equal(read(IIR), Iir.NONE);
    write(DATA, 0x41);
    assert.equal(read(IIR), Iir.THR_EMPTY);
    assert.deepEqual(irq, [true, false, true, false]);
  });

  it('reaches the interrupt line only with OUT2', () => {
    const { uart, write, irq } = setUp();
    write(IER, Ier.RECEIVED);
    uart.receive([1]);
    assert.deepEqual(irq, []);
    write(MCR, Mcr.OUT2);
    assert.deepEqual(irq, [true]);
  });

  it('loops back what it sends, and its modem lines', () => {
    const { uart, sent, read, write } = setUp();
    assert.equal(read(MSR) & 0xf0, Msr.CTS | Msr.DSR | Msr.DCD);
    write(MCR, Mcr.LOOP | Mcr.RTS | Mcr.OUT1);
    assert.equal(read(MSR), Msr.CTS | Msr.RI | Msr.DELTA_DSR | Msr.DELTA_DCD);
    assert.equal(read(MSR) & 0xf, 0);
    write(DATA, 0xae);
    uart.receive([9]);
    assert.equal(read(DATA), 0xae);
    assert.deepEqual(sent, []);
    write(MCR, Mcr.LOOP);
    assert.equal(read(MSR) & 0xf, Msr.DELTA_CTS | Msr.TRAILING_RI);
    write(MCR, 0);
    assert.equal(read(DATA), 9);
  });

  it('is overrun in loopback, with and without FIFOs', () => {
    const { read, write } = setUp();
    write(MCR, Mcr.LOOP | Mcr.OUT2);
    write(IER, Ier.LINE_STATUS);
    write(DATA, 1);
    write(DATA, 2);
    assert.equal(read(IIR), Iir.LINE_STATUS);
    assert.equal(read(LSR) & Lsr.OVERRUN, Lsr.OVERRUN);
    assert.equal(read(LSR) & Lsr.OVERRUN, 0);
    assert.equal(read(DATA), 2);
    write(FCR, Fcr.ENABLE);
    for (let i = 0; i < 17; i++) write(DATA, i);
    assert.equal(read(LSR) & Lsr.OVERRUN, Lsr.OVERRUN);
    for (let i = 0; i < 16; i++) assert.equal(read(DATA), i);
    assert.equal(read(LSR) & Lsr.DATA_READY, 0);
  });

  it('receives a break in loopback', () => {
    const { read, write } = setUp();
    write(MCR, Mcr.LOOP);
    write(LCR, Lcr.BREAK);
    assert.equal(read(LSR) & (Lsr.BREAK | Lsr.DATA_READY), Lsr.BREAK | Lsr.DATA_READY);
    assert.equal(read(LSR) & Lsr.BREAK, 0);
    assert.equal(read(DATA), 0);
  });

  it('clears the receiver FIFO on command', () => {
    const { uart, read, write } = setUp();
    write(FCR, Fcr.ENABLE);
    uart.receive([1, 2]);
    write(FCR, Fcr.ENABLE | Fcr.CLEAR_RX);
    assert.equal(read(LSR) & Lsr.DATA_READY, 0);
  });

  it('goes on from a snapshot', () => {
    const { uart, write } = setUp();
    write(FCR, Fcr.ENABLE);
    uart.receive(Array.from({ length: 20 }, (_, i) => i));
    const other = setUp();
    other.uart.restore(JSON.parse(JSON.stringify(uart.save())));
    uart.readPort(0x3f8);
    assert.deepEqual(
      Array.from({ length: 20 }, () => other.read(DATA)),
      Array.from({ length: 20 }, (_, i) => i),
    );
  });
});
