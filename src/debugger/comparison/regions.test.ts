import assert from 'node:assert/strict';
import { assembleText, CountedRun, flatImage, Machine, WAYS } from '../../session';
import { RegionMeter, regionsOf } from './regions';

const PROGRAM = `
        org 0x7c00
        bits 16
        mov cx, 3
outer:  push cx
first:
.count  equ 5
.begin: mov cx, .count
.pass:  loop .pass
.end:
second:
.begin: nop
.end:   pop cx
        loop outer
alone:
.begin: mov al, 0
        out 0xf4, al`;

describe('regions of a program', () => {
  it('lie between its labels, in their order', async () => {
    const regions = regionsOf(await assembleText(PROGRAM));
    assert.deepEqual(
      regions.map(({ name, count, begin, end }) => [name, count, Number(end - begin)]),
      [
        ['first', 5, 5],
        ['second', 1, 1],
      ],
    );
  });

  for (const way of WAYS) {
    it(`are measured on every way through them (${way.name})`, async () => {
      const assembly = await assembleText(PROGRAM);
      const meter = new RegionMeter(regionsOf(assembly));
      const machine = new Machine(flatImage(assembly), { ...way, memory: 1 << 20 });
      const run = new CountedRun(machine, meter.marks(machine));
      assert.equal(run.to(1000)?.kind, 'exit-device');
      const counts = [...meter.measured].map(([name, { direct, inSoftware }]) => [
        name,
        direct + inSoftware,
      ]);
      assert.deepEqual(counts, [
        ['first', 3 * 6],
        ['second', 3 * 1],
      ]);
    });
  }
});
