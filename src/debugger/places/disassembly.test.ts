import assert from 'node:assert/strict';
import { debuggeeOf } from '../debuggee.testing';
import { disassembleAround } from './disassembly';
import type { Target } from '../target';

const SOURCE = `
bits 16
org 0x7c00
start:
    mov eax, 0x12345678
    jmp next
data: db 0xb8, 0x66
next:
    times 3 nop
    cli
bits 64
wide:
    mov rax, [rel data]
    hlt
`;

const target = async (monitor: 'vtx' | 'none'): Promise<Target> =>
  (await debuggeeOf(SOURCE, monitor)).target;

describe('disassembleAround', () => {
  it('gives exactly the rows asked for, with rising addresses, wherever it is', async () => {
    for (const on of [await target('vtx'), await target('none')]) {
      let seed = 7;
      const random = (n: number): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
      const places = [
        0n,
        1n,
        0x7c00n,
        0x7c0bn,
        0x7c10n,
        0xfffffn,
        0x100000n,
        0xffff_ffffn,
        2n ** 64n - 1n,
        -50n,
      ];
      for (let n = 0; n < 300; n++) {
        const address = (places[random(places.length)] ?? 0n) + BigInt(random(20));
        const offset = random(400) - 200;
        const count = 1 + random(120);
        const space = (['gva', 'gpa', 'hpa', 'hva'] as const)[random(4)] ?? 'gva';
        const rows = disassembleAround(on, space, address, offset, count);
        const where = `${space} ${String(address)} ${String(offset)} ${String(count)}`;
        assert.equal(rows.length, count, where);
        rows.forEach((row, i) => {
          const before = rows[i - 1];
          if (before) assert.ok(row.address > before.address, where);
        });
        if (offset <= 0 && -offset < count) assert.equal(rows[-offset]?.address, address, where);
      }
    }
  });

  it('fills up what is too far away to be decoded, without a gap', async () => {
    const on = await target('vtx');
    const around = (offset: number, count: number) =>
      disassembleAround(on, 'gva', 0x7c00n, offset, count);
    for (const [from, rows] of [
      [-10_020, 40],
      [9_980, 40],
      [-30_000, 45_000],
    ] as const) {
      const all = around(from, rows);
      assert.equal(all.length, rows);
      all.forEach((row, n) => {
        const before = all[n - 1];
        if (before) assert.ok(row.address > before.address, String(from + n));
      });
      // Asked for one by one, they are the same.
      for (const n of [0, 15, 25, rows - 1]) {
        assert.deepEqual(around(from + n, 1)[0]?.address, all[n]?.address, String(from + n));
      }
    }
    const far = around(Number.MAX_SAFE_INTEGER - 1, 1);
    assert.deepEqual(
      far.map(({ valid, bytes }) => [valid, bytes]),
      [[false, undefined]],
    );
    assert.deepEqual(around(-1e12, 0), []);
  });

  it('follows the lines of the program, with the mode of each', async () => {
    const on = await target('none');
    const text = disassembleAround(on, 'gva', 0x7c00n, 0, 11).map(({ text }) => text);
    assert.deepEqual(text, [
      'mov eax, 0x12345678',
      'jmp next',
      'db 0xb8',
      'db 0x66',
      'nop',
      'nop',
      'nop',
      'cli',
      'mov rax, [rel data]',
      'hlt',
      text[10],
    ]);
  });

  it('gives the same rows backwards as forwards', async () => {
    const on = await target('none');
    const forward = disassembleAround(on, 'gva', 0x7c00n, 0, 10);
    const end = forward[9];
    assert.ok(end);
    const backward = disassembleAround(on, 'gva', end.address, -9, 10);
    assert.deepEqual(
      backward.map(({ address, text }) => [address, text]),
      forward.map(({ address, text }) => [address, text]),
    );
  });

  it('names labels and lines', async () => {
    const [row] = disassembleAround(await target('none'), 'gva', 0x7c0an, 0, 1);
    assert.equal(row?.symbol, 'next');
    assert.deepEqual(row.location, { file: 'k.asm', line: 9, column: 5 });
  });
});
