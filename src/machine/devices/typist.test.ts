import assert from 'node:assert/strict';
import { Clock } from './clock';
import { Typist } from './typist';

function typist() {
  const clock = new Clock();
  const sent: number[][] = [];
  const typing = new Typist({
    clock,
    instructionsPerSecond: 2000,
    press: (bytes) => sent.push([...bytes]),
  });
  return { clock, sent, typing };
}

describe('typist', () => {
  it('types a key at a time, by the time of the machine', () => {
    const { clock, sent, typing } = typist();
    typing.type('ab');
    clock.advanceTo(99);
    assert.deepEqual(sent, []);
    clock.advanceTo(150);
    assert.deepEqual(sent, [[0x1c, 0xf0, 0x1c]]);
    clock.advanceTo(1000);
    assert.equal(sent.length, 2);
    assert.ok(!typing.isTyping);
    assert.equal(clock.nextDeadline(), undefined);
  });

  it('knows keys by their names, and takes other braces as they are', () => {
    const { clock, sent, typing } = typist();
    typing.type('{ArrowUp}{x}\n');
    clock.advanceTo(10_000);
    assert.deepEqual(sent[0], [0xe0, 0x75, 0xe0, 0xf0, 0x75]);
    assert.equal(sent.length, 1 + 3 + 1);
  });

  it('goes on after it was saved and restored', () => {
    const { clock, typing } = typist();
    typing.type('abc');
    clock.advanceTo(120);
    const other = typist();
    other.clock.restore(clock.save());
    other.typing.restore(typing.save());
    other.clock.advanceTo(1000);
    assert.equal(other.sent.length, 2);
  });
});
