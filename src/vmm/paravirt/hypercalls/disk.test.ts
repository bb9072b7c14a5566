import assert from 'node:assert/strict';
import { Hypercall, HypercallError } from '../../hypercalls';
import { call, kernel64, runParavirt } from '../running.testing';

/** Three sectors, full of 1, 2 and 3. */
const DISK = Uint8Array.from({ length: 3 * 512 }, (_, n) => Math.floor(n / 512) + 1);
const full = (byte: number): bigint => BigInt(byte) * 0x0101010101010101n;

describe('the disk of a paravirtual guest', () => {
  it('is read and written in sectors', async () => {
    const body = `
        ${call(Hypercall.READ_DISK, ['1', '0x20e00', '2'], '0x6000')}
        ${call(Hypercall.WRITE_DISK, ['0', '0x21000', '1'], '0x6008')}
        ${call(Hypercall.READ_DISK, ['0', '0x22000', '1'], '0x6010')}`;
    const { word, machine } = await runParavirt(kernel64(body), { disk: DISK });
    assert.deepEqual([0x6000, 0x6008, 0x6010].map(word), [2n, 1n, 1n]);
    const found = [0x20df8, 0x20e00, 0x20ff8, 0x21000, 0x211f8, 0x21200, 0x22000].map(word);
    assert.deepEqual(found, [0n, full(2), full(2), full(3), full(3), 0n, full(3)]);
    assert.equal(machine.platform.disks[0]?.read(0)[511], 3);
  });

  it('is read by and by, and an event tells the end', async () => {
    const body = `
        ${call(Hypercall.SHARE_PAGE, ['0x8000', '0x20'])}
        ${call(Hypercall.BIND_EVENT, ['1', '5'])}
        ${call(Hypercall.START_DISK_READ, ['0', '0x20000', '3'], '0x6000')}
        mov     rax, [0x20000]
        mov     [0x6008], rax
        ${call(Hypercall.START_DISK_WRITE, ['0', '0x20000', '1'], '0x6010')}
        ${call(Hypercall.YIELD)}`;
    const { word, end } = await runParavirt(kernel64(body), { disk: DISK });
    assert.equal(end, 'exit-device');
    assert.deepEqual([0x6000, 0x6008, 0x6010].map(word), [0n, 0n, HypercallError.NOT_NOW]);
    assert.deepEqual([0x8010, 0x8020, 0x20000, 0x20400].map(word), [32n, 3n, full(1), full(3)]);
  });

  it('gives nothing where a transfer is not right', async () => {
    const { BAD_ADDRESS, BAD_ARGUMENT, NOT_NOW } = HypercallError;
    const wrong: [number, string[], bigint][] = [
      [Hypercall.READ_DISK, ['2', '0x20000', '2'], BAD_ARGUMENT],
      [Hypercall.READ_DISK, ['-1', '0x20000', '1'], BAD_ARGUMENT],
      [Hypercall.READ_DISK, ['0', '0x20100', '1'], BAD_ARGUMENT],
      [Hypercall.READ_DISK, ['0', '0x20000', '0'], BAD_ARGUMENT],
      [Hypercall.READ_DISK, ['0', '0x20000', '65'], BAD_ARGUMENT],
      [Hypercall.READ_DISK, ['0', '0xffe00', '2'], BAD_ADDRESS],
      [Hypercall.READ_DISK, ['0', '-512', '2'], BAD_ADDRESS],
      [Hypercall.WRITE_DISK, ['0', '0xfee00000', '1'], BAD_ADDRESS],
      [Hypercall.START_DISK_READ, ['0', '0x20000', '1'], NOT_NOW],
    ];
    const body = wrong.map(([number, given], n) =>
      call(number, given, `0x${(0x6000 + 8 * n).toString(16)}`),
    );
    const { word } = await runParavirt(kernel64(body.join('')), { disk: DISK });
    wrong.forEach(([number, given, error], n) => {
      assert.equal(word(0x6000 + 8 * n), error, `${String(number)} ${given.join()}`);
    });
    assert.equal(word(0x20000), 0n);
    const { word: none } = await runParavirt(
      kernel64(call(Hypercall.READ_DISK, ['0', '0x20000', '1'], '0x6000')),
    );
    assert.equal(none(0x6000), BAD_ARGUMENT);
  });
});
