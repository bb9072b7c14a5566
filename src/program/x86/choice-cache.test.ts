import assert from 'node:assert/strict';
import { assembleText, hex } from '../test-support';

/** Numbers at the borders of every size that forms tell apart. */
const BORDERS = [0, 1, 2, 127, 128, 255, 256, 0x7fff, 0x8000, 0xff7f, 0xff80, 0xffff, 0x10000]
  .flatMap((n) => [n, -n])
  .concat([0x7fffffff, 0x80000000, 0xffffff80, 0xffffffff, 0x100000000, -0x80000000, -0x80000001]);

const TEMPLATES = [
  'add ax, N',
  'add eax, N',
  'add rax, N',
  'add bl, N',
  'mov rcx, N',
  'mov qword [rbx], N',
  'mov eax, [rbx + N]',
  'mov eax, [N]',
  'cmp word [rsi], N',
  'imul ecx, N',
  'imul ecx, edx, N',
  'push N',
  'shl eax, N',
  'ret N',
  'xchg rax, [rbp + N]',
];

describe('choices that are remembered', () => {
  it('are those that would be made afresh, whatever number came before', async () => {
    for (const template of TEMPLATES) {
      const lines = BORDERS.map((n) => template.replace('N', String(n)));
      const alone = await Promise.all(lines.map((line) => assembleText(`bits 64\n${line}\n`)));
      for (const order of [lines, [...lines].reverse()]) {
        const { image } = await assembleText(`bits 64\n${order.join('\n')}\n`);
        const wanted = order.map((line) => hex(alone[lines.indexOf(line)]?.image ?? image));
        assert.equal(hex(image), wanted.join(''), template);
      }
    }
  });
});
