import assert from 'node:assert/strict';
import { ParallelPort, PrinterControl } from './parallel-port';

const DATA = 0x378;
const STATUS = 0x379;
const CONTROL = 0x37a;

function setUp() {
  const printed: number[] = [];
  const irq: boolean[] = [];
  const port = new ParallelPort({
    onByte: (byte) => printed.push(byte),
    irq: (level) => irq.push(level),
  });
  const write = (at: number, value: number) => {
    port.writePort(at, 1, value);
  };
  return { port, printed, irq, write };
}

describe('parallel port', () => {
  it('prints a byte when STROBE goes up', () => {
    const { port, printed, irq, write } = setUp();
    write(DATA, 0x41);
    assert.equal(port.readPort(DATA), 0x41);
    assert.equal(port.readPort(STATUS), 0xdf);
    assert.deepEqual(printed, []);
    write(CONTROL, 0x0d);
    write(CONTROL, 0x0d);
    assert.deepEqual(printed, [0x41]);
    write(CONTROL, 0x0c);
    write(DATA, 0x42);
    write(CONTROL, 0x1d);
    assert.deepEqual(printed, [0x41, 0x42]);
    assert.deepEqual(irq.slice(-2), [false, true]);
  });

  it('keeps six bits of control, and nothing of status', () => {
    const { port, write } = setUp();
    assert.equal(port.readPort(CONTROL), 0xcc);
    write(CONTROL, 0x32);
    assert.equal(port.readPort(CONTROL), 0xf2);
    write(STATUS, 0);
    assert.equal(port.readPort(STATUS), 0x5f); // busy: it is being initialized
  });

  it('prints nothing while the printer is initialized, or the data lines are inputs', () => {
    const { port, printed, write } = setUp();
    write(CONTROL, PrinterControl.SELECT | PrinterControl.STROBE);
    write(CONTROL, 0x2c);
    write(CONTROL, 0x2d);
    assert.deepEqual(printed, []);
    assert.equal(port.readPort(DATA), 0xff);
  });

  it('goes on from a snapshot', () => {
    const { port, write } = setUp();
    write(DATA, 7);
    write(CONTROL, 0x0d);
    const printed: number[] = [];
    const other = new ParallelPort({ onByte: (byte) => printed.push(byte) });
    other.restore(port.save());
    other.writePort(CONTROL, 1, 0x0d); // STROBE was up already
    assert.deepEqual(printed, []);
    assert.deepEqual(other.save(), port.save());
    other.reset();
    assert.equal(other.readPort(DATA), 0);
  });
});
