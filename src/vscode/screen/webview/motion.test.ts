import assert from 'node:assert/strict';
import { Motion } from './motion';

const by = (movementX: number, movementY: number, buttons = 0) => ({
  movementX,
  movementY,
  buttons,
});

describe('the motion of a mouse', () => {
  it("is counted in the guest's pixels, and no part of one is lost", () => {
    const motion = new Motion();
    motion.move(by(3, -1), 2);
    assert.deepEqual(motion.take(), { dx: 1, dy: 0, wheel: 0, buttons: 0 });
    motion.move(by(1, -1), 2);
    assert.deepEqual(motion.take(), { dx: 1, dy: -1, wheel: 0, buttons: 0 });
    assert.equal(motion.take(), undefined);
  });

  it('buttons are told once, without a way too', () => {
    const motion = new Motion();
    assert.equal(motion.press(1), true);
    assert.equal(motion.press(1), false);
    assert.deepEqual(motion.take(), { dx: 0, dy: 0, wheel: 0, buttons: 1 });
    assert.equal(motion.take(), undefined);
    motion.press(3);
    motion.press(1); // down and up again between two messages
    assert.deepEqual(motion.take(), { dx: 0, dy: 0, wheel: 0, buttons: 1 });
  });

  it('the wheel is counted in notches, whatever unit the browser has', () => {
    const motion = new Motion();
    motion.turn({ deltaY: 50, deltaMode: 0 });
    assert.equal(motion.take(), undefined);
    motion.turn({ deltaY: 50, deltaMode: 0 });
    motion.turn({ deltaY: 3, deltaMode: 1 });
    assert.equal(motion.take()?.wheel, 2);
    motion.turn({ deltaY: -6, deltaMode: 1 });
    assert.equal(motion.take()?.wheel, -2);
  });

  it('no button stays down when the mouse is given back', () => {
    const motion = new Motion();
    motion.move(by(10, 10, 1), 1);
    assert.deepEqual(motion.release(), { dx: 0, dy: 0, wheel: 0, buttons: 0 });
    assert.equal(motion.release(), undefined);
  });
});
