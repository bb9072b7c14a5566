import assert from 'node:assert/strict';
import { VirtualSignals } from './virtual-signals';

describe('signals of a virtual processor', () => {
  it('start one that waits, and no other', () => {
    const waiting = new VirtualSignals(false);
    assert.equal(waiting.due, 'nothing until a start-up IPI');
    assert.ok(waiting.isLost && !waiting.isDue && !waiting.hearsInterrupts);
    waiting.receive({ kind: 'start-up', vector: 8 });
    assert.ok(waiting.isDue && !waiting.isLost);
    assert.equal(waiting.due, 'start-up');
    assert.equal(waiting.takeStartUp(), 8);
    assert.equal(waiting.due, undefined);
    waiting.receive({ kind: 'start-up', vector: 9 });
    assert.equal(waiting.due, undefined, 'nobody waits for it');
  });

  it('are dealt with as INIT first: the start-up IPI behind it is kept', () => {
    const running = new VirtualSignals(false);
    running.receive({ kind: 'start-up', vector: 8 });
    running.takeStartUp();
    running.receive({ kind: 'INIT' });
    running.receive({ kind: 'start-up', vector: 9 });
    assert.equal(running.due, 'INIT');
    running.takeInit();
    assert.equal(running.due, 'start-up');
    assert.equal(running.takeStartUp(), 9);
  });

  it('begin the bootstrap processor anew by INIT, which waits for nobody', () => {
    const first = new VirtualSignals(true);
    assert.equal(first.due, undefined);
    first.receive({ kind: 'INIT' });
    first.receive({ kind: 'start-up', vector: 9 });
    first.takeInit();
    assert.equal(first.due, undefined);
  });

  it('wake one that rests: NMIs with interrupts off too, but not in the handler of one', () => {
    const resting = new VirtualSignals(true);
    resting.fallAsleep({ hearsInterrupts: false, blocksNmis: false });
    assert.ok(resting.isLost && !resting.hearsInterrupts);
    resting.receive({ kind: 'NMI' });
    assert.ok(resting.isDue && !resting.isLost);
    resting.fallAsleep({ hearsInterrupts: true, blocksNmis: true });
    assert.ok(!resting.isDue && resting.hearsInterrupts && !resting.isLost);
    resting.wakeUp();
    assert.equal(resting.due, 'NMI');
    resting.takeNmi();
    assert.equal(resting.due, undefined);
  });

  it('hold NMIs while it waits for a start-up IPI, and know no SMI', () => {
    const waiting = new VirtualSignals(false);
    waiting.receive({ kind: 'NMI' });
    waiting.receive({ kind: 'SMI' });
    assert.equal(waiting.due, 'nothing until a start-up IPI');
    waiting.receive({ kind: 'start-up', vector: 8 });
    waiting.takeStartUp();
    assert.equal(waiting.due, 'NMI');
  });

  it('are saved and restored', () => {
    const one = new VirtualSignals(false);
    one.receive({ kind: 'INIT' });
    one.receive({ kind: 'start-up', vector: 8 });
    one.receive({ kind: 'NMI' });
    const other = new VirtualSignals(false);
    other.restore(structuredClone(one.save()));
    assert.deepEqual(other.save(), one.save());
    assert.equal(other.due, 'INIT');
  });
});
