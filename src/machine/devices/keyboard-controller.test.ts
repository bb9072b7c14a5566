import assert from 'node:assert/strict';
import { KeyboardController } from './keyboard-controller';

function setUp() {
  const events: string[] = [];
  const irq: boolean[] = [];
  const keyboard = new KeyboardController({
    irq: (level) => irq.push(level),
    onReset: () => events.push('reset'),
    onA20: (on) => events.push(`a20 ${String(on)}`),
  });
  const data = (...values: number[]) => {
    for (const value of values) keyboard.writePort(0x60, 1, value);
  };
  const command = (value: number) => {
    keyboard.writePort(0x64, 1, value);
  };
  const status = () => keyboard.readPort(0x64);
  /** Reads as long as the output buffer is full. */
  const drain = () => {
    const bytes = [];
    while ((status() & 1) !== 0) bytes.push(keyboard.readPort(0x60));
    return bytes;
  };
  return { keyboard, events, irq, data, command, status, drain };
}

describe('keyboard controller', () => {
  it('gives set 1 codes, an interrupt for each byte', () => {
    const { keyboard, irq, drain } = setUp();
    keyboard.press([0x1c, 0xf0, 0x1c]); // A down, up
    keyboard.press([0xe0, 0x75, 0xe0, 0xf0, 0x75]); // cursor up
    assert.deepEqual(irq, [true]);
    assert.deepEqual(drain(), [0x1e, 0x9e, 0xe0, 0x48, 0xe0, 0xc8]);
    assert.equal(irq.filter((level) => level).length, 6);
    assert.equal(irq.at(-1), false);
  });

  it('gives set 2 codes without translation', () => {
    const { keyboard, data, command, drain } = setUp();
    command(0x60);
    data(0x01);
    keyboard.press([0x1c, 0xf0, 0x1c]);
    assert.deepEqual(drain(), [0x1c, 0xf0, 0x1c]);
  });

  it('passes its self tests', () => {
    const { command, drain } = setUp();
    command(0xaa);
    assert.deepEqual(drain(), [0x55]);
    command(0xab);
    assert.deepEqual(drain(), [0x00]);
  });

  it('reads and writes the command byte', () => {
    const { data, command, status, drain } = setUp();
    command(0x20);
    assert.deepEqual(drain(), [0x45]);
    command(0x60);
    assert.equal(status() & 8, 8);
    data(0x44);
    assert.equal(status() & 8, 0);
    command(0x20);
    assert.deepEqual(drain(), [0x44]);
  });

  it('holds the keyboard back while it is disabled', () => {
    const { keyboard, command, status, drain } = setUp();
    command(0xad);
    keyboard.press([0x29]);
    assert.equal(status() & 1, 0);
    command(0xae);
    assert.deepEqual(drain(), [0x39]);
  });

  it('does not interrupt when told so', () => {
    const { keyboard, irq, data, command, drain } = setUp();
    command(0x60);
    data(0x44);
    keyboard.press([0x29]);
    assert.deepEqual(drain(), [0x39]);
    assert.deepEqual(irq, []);
  });

  it('resets the computer by command and by output port', () => {
    const { events, command, data } = setUp();
    command(0xff);
    assert.deepEqual(events, []);
    command(0xfe);
    command(0xd1);
    data(0x02);
    assert.deepEqual(events, ['reset', 'a20 true', 'reset']);
  });

  it('switches A20', () => {
    const { events, command, data, drain } = setUp();
    command(0xd0);
    assert.deepEqual(drain(), [0x03]);
    command(0xd1);
    data(0x01);
    command(0xdf);
    assert.deepEqual(events, ['a20 false', 'a20 true']);
  });

  it('answers the commands of a keyboard', () => {
    const { keyboard, data, drain } = setUp();
    data(0xff);
    assert.deepEqual(drain(), [0xfa, 0xaa]);
    data(0xf2);
    assert.deepEqual(drain(), [0xfa, 0xab, 0x41]);
    data(0xee);
    assert.deepEqual(drain(), [0xee]);
    data(0xed, 0x05);
    assert.deepEqual(drain(), [0xfa, 0xfa]);
    assert.equal(keyboard.leds, 5);
    data(0xf0, 0x00);
    assert.deepEqual(drain(), [0xfa, 0xfa, 0x41]); // set 2, itself translated
    data(0xf0, 0x01);
    assert.deepEqual(drain(), [0xfa, 0xfe]);
    data(0xe0);
    assert.deepEqual(drain(), [0xfe]);
    data(0xf5);
    drain();
    keyboard.press([0x1c]);
    assert.deepEqual(drain(), []);
  });

  it('gives the last byte again when the buffer is empty', () => {
    const { keyboard } = setUp();
    keyboard.press([0x1c]);
    assert.deepEqual([keyboard.readPort(0x60), keyboard.readPort(0x60)], [0x1e, 0x1e]);
  });

  it('goes on from a snapshot', () => {
    const { keyboard } = setUp();
    keyboard.press([0x1c, 0xf0, 0x1c]);
    const other = setUp();
    other.keyboard.restore(JSON.parse(JSON.stringify(keyboard.save())));
    assert.deepEqual(other.drain(), [0x1e, 0x9e]);
    assert.deepEqual(other.irq, [false, true, false]);
  });
});
