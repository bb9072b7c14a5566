import assert from 'node:assert/strict';
import { KeyboardController } from './keyboard-controller';
import { Mouse, MouseButton } from './mouse';

function setUp() {
  const irq: boolean[] = [];
  const mouse: Mouse = new Mouse({
    onData: () => {
      controller.attend();
    },
  });
  const controller = new KeyboardController({ mouse, mouseIrq: (level) => irq.push(level) });
  const command = (value: number, ...data: number[]) => {
    controller.writePort(0x64, 1, value);
    for (const byte of data) controller.writePort(0x60, 1, byte);
  };
  const status = () => controller.readPort(0x64);
  const drain = () => {
    const bytes = [];
    while ((status() & 1) !== 0) bytes.push(controller.readPort(0x60));
    return bytes;
  };
  /** Sends bytes to the mouse, one after the other, and gives all that it answers. */
  const send = (...bytes: number[]) =>
    bytes.flatMap((byte) => {
      command(0xd4, byte);
      return drain();
    });
  return { mouse, controller, irq, command, status, drain, send };
}

describe('mouse', () => {
  it('tells of movements once it is on, upwards positive', () => {
    const { mouse, drain, send } = setUp();
    mouse.move(5, 5);
    assert.deepEqual(drain(), []);
    assert.deepEqual(send(0xf4), [0xfa]);
    mouse.move(5, -3, 0, MouseButton.LEFT);
    assert.deepEqual(drain(), [0x09, 5, 3]);
    mouse.move(-1, 2, 0, MouseButton.RIGHT | MouseButton.MIDDLE);
    assert.deepEqual(drain(), [0x3e, 0xff, 0xfe]);
  });

  it('adds up movement that nobody fetches, and loses no click', () => {
    const { mouse, drain, send } = setUp();
    send(0xf4);
    mouse.move(1, 0); // its first byte lies in the controller at once
    mouse.move(2, 0);
    mouse.move(3, 0);
    mouse.move(0, 0, 0, MouseButton.LEFT);
    mouse.move(0, 0, 0, 0);
    assert.deepEqual(drain(), [0x08, 1, 0, 0x08, 5, 0, 0x09, 0, 0, 0x08, 0, 0]);
  });

  it('sends a long way in several packets', () => {
    const { mouse, drain, send } = setUp();
    send(0xf4);
    mouse.move(-300, 0);
    assert.deepEqual(drain(), [0x18, 1, 0, 0x18, 0xd3, 0]);
  });

  it('holds no more than so much for a program that fetches nothing', () => {
    const { mouse, send } = setUp();
    send(0xf4);
    for (let n = 0; n < 1000; n++) mouse.move(1e9, -1e9, 0, n & 1);
    assert.ok(mouse.save().movements.length <= 65);
  });

  it('has a wheel after 200, 100, 80, and five buttons after 200, 200, 80', () => {
    const { mouse, drain, send } = setUp();
    assert.deepEqual(send(0xf2), [0xfa, 0]);
    send(0xf3, 200, 0xf3, 100, 0xf3, 80);
    assert.deepEqual(send(0xf2), [0xfa, 3]);
    send(0xf4);
    mouse.move(0, 0, -1);
    assert.deepEqual(drain(), [0x08, 0, 0, 0xff]);
    send(0xf3, 200, 0xf3, 200, 0xf3, 80);
    assert.deepEqual(send(0xf2), [0xfa, 4]);
    mouse.move(0, 0, 1, MouseButton.FOURTH);
    assert.deepEqual(drain(), [0x08, 0, 0, 0x11]);
    assert.deepEqual(send(0xff), [0xfa, 0xaa, 0]);
  });

  it('tells its settings, and gives a packet when asked', () => {
    const { mouse, drain, send } = setUp();
    assert.deepEqual(send(0xe8, 3, 0xf3, 40, 0xe7, 0xf0), [0xfa, 0xfa, 0xfa, 0xfa, 0xfa, 0xfa]);
    mouse.move(7, 0, 0, MouseButton.LEFT);
    assert.deepEqual(drain(), []);
    assert.deepEqual(send(0xe9), [0xfa, 0x54, 3, 40]);
    assert.deepEqual(send(0xeb), [0xfa, 0x09, 7, 0]); // not scaled
    assert.deepEqual(send(0xeb), [0xfa, 0x09, 0, 0]);
    assert.deepEqual(send(0xf6, 0xe9), [0xfa, 0xfa, 0x04, 2, 100]);
  });

  it('doubles larger steps with scaling 2:1', () => {
    const { mouse, drain, send } = setUp();
    send(0xe7, 0xf4);
    for (const step of [1, 2, 3, 4, 5, 6, -5]) mouse.move(step, 0, 0, step & 1);
    const steps = drain().filter((_, n) => n % 3 === 1);
    assert.deepEqual(steps, [1, 1, 3, 6, 9, 12, 0xf7]);
  });

  it('refuses what it does not know, and echoes in wrap mode', () => {
    const { send } = setUp();
    assert.deepEqual(send(0x12, 0x13, 0xf4), [0xfe, 0xfc, 0xfa]);
    assert.deepEqual(send(0xf3, 33, 34, 0xf4), [0xfa, 0xfe, 0xfc, 0xfa]);
    assert.deepEqual(send(0xee, 0xf4, 0x12, 0xec, 0xf2), [0xfa, 0xf4, 0x12, 0xfa, 0xfa, 0]);
    assert.deepEqual(send(0xfe), [0xfa, 0]);
  });
});

describe('keyboard controller with a mouse', () => {
  it('tells whose a byte is, and interrupts on a line of its own', () => {
    const { controller, irq, command, status, send, mouse } = setUp();
    command(0x60, 0x47);
    send(0xf4);
    irq.length = 0;
    mouse.move(1, 1);
    assert.equal(status() & 0x21, 0x21);
    assert.deepEqual(irq, [true]);
    controller.press([0x1c]);
    const packet = [0, 1, 2].map(() => controller.readPort(0x60));
    assert.deepEqual(packet, [0x28, 0x1e, 0x01]); // the key came between
    assert.equal(status() & 0x21, 0x21);
  });

  it('holds the mouse back while it is disabled', () => {
    const { command, drain, send, mouse } = setUp();
    send(0xf4);
    command(0xa7);
    mouse.move(1, 0);
    assert.deepEqual(drain(), []);
    command(0xa8);
    assert.deepEqual(drain(), [0x08, 1, 0]);
    command(0xa9);
    assert.deepEqual(drain(), [0]);
    command(0xd3, 0x5a);
    command(0xd0);
    assert.deepEqual(drain(), [0x5a, 0x23]);
  });

  it('answers for a mouse that is not there', () => {
    const controller = new KeyboardController();
    controller.writePort(0x64, 1, 0xd4);
    controller.writePort(0x60, 1, 0xff);
    assert.equal(controller.readPort(0x60), 0xfe);
  });
});
