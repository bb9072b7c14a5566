import assert from 'node:assert/strict';
import { Hypercall, HypercallError } from '../../hypercalls';
import { call, kernel64, runParavirt } from '../running.testing';

const list = (rows: readonly (readonly (string | number)[])[]): string =>
  `        align 8\nlist:   dq ${rows.map((row) => row.join(', ')).join('\n        dq ')}\n`;
/** Its results go where a flat image has its data: in the list. */
const results = (count: number): string =>
  Array.from(
    { length: count },
    (_, n) => `
        mov     rax, [list + ${String(n * 40 + 32)}]
        mov     [0x6010 + ${String(n * 8)}], rax`,
  ).join('');

describe('a list of calls', () => {
  it('is made by one trap, each with its result', async () => {
    const rows = [
      [Hypercall.CONSOLE_WRITE, `'x'`, 0, 0, 7],
      [Hypercall.CONSOLE_PRINT, 'list', 5000, 0, 7],
      [Hypercall.CONSOLE_PRINT, 'text', 3, 0, 7],
      [Hypercall.MULTICALL, 'list', 1, 0, 7],
      [Hypercall.EXIT, 0, 0, 0, 7],
      [Hypercall.YIELD, 0, 0, 0, 7],
    ];
    const body = call(Hypercall.MULTICALL, ['list', '6'], '0x6000') + results(6);
    const { word, output, end } = await runParavirt(
      kernel64(body, `${list(rows)}text: db 'yes'\n`),
    );
    assert.equal(end, 'exit-device');
    assert.equal(output, 'xyes');
    assert.equal(word(0x6000), 6n);
    const { BAD_ARGUMENT, NO_SUCH_CALL } = HypercallError;
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map((n) => word(0x6010 + 8 * n)),
      [0n, BAD_ARGUMENT, 0n, NO_SUCH_CALL, NO_SUCH_CALL, NO_SUCH_CALL],
    );
  });

  it('is not made at all where the list is not right', async () => {
    const rows = [[Hypercall.CONSOLE_WRITE, `'x'`, 0, 0, 7]];
    const { BAD_ADDRESS, BAD_ARGUMENT } = HypercallError;
    const wrong: [string, string, bigint][] = [
      ['list + 4', '1', BAD_ARGUMENT],
      ['list', '65', BAD_ARGUMENT],
      ['list', '-1', BAD_ARGUMENT],
      ['0xfffd8', '2', BAD_ADDRESS],
      ['-40', '1', BAD_ADDRESS],
      ['-8', '1', BAD_ADDRESS],
    ];
    for (const [address, count, error] of wrong) {
      const body = call(Hypercall.MULTICALL, [address, count], '0x6000');
      const { word, output } = await runParavirt(kernel64(body, list(rows)));
      assert.deepEqual([word(0x6000), output], [error, ''], address);
    }
  });
});
