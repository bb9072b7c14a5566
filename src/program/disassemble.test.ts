import assert from 'node:assert/strict';
import { Disassembler } from './disassemble';
import { assembleText } from './test-support';

describe('disassembler', () => {
  let disassembler: Disassembler;
  before(() => {
    disassembler = new Disassembler();
  });
  after(() => {
    disassembler.free();
  });

  it('gives addresses, bytes and NASM text', () => {
    const rows = disassembler.disassemble(Uint8Array.of(0xb8, 5, 0, 0xf4), 16, 0x7c00n);
    assert.deepEqual(rows, [
      { address: 0x7c00n, bytes: Uint8Array.of(0xb8, 5, 0), text: 'mov ax, 5', valid: true },
      { address: 0x7c03n, bytes: Uint8Array.of(0xf4), text: 'hlt', valid: true },
    ]);
  });

  it('names branch targets and RIP-relative addresses', () => {
    const symbols = (address: bigint): string | undefined =>
      address === 0x1010n ? 'print' : undefined;
    const call = Uint8Array.of(0xe8, 0x0b, 0, 0, 0);
    assert.equal(disassembler.disassemble(call, 64, 0x1000n, { symbols })[0]?.text, 'call print');
    const load = Uint8Array.of(0x8b, 0x05, 0x0a, 0, 0, 0);
    const [row] = disassembler.disassemble(load, 64, 0x1000n, { symbols });
    assert.equal(row?.text, 'mov eax, [rel print]');
  });

  it('shows bytes that are no instruction and goes on', () => {
    const rows = disassembler.disassemble(Uint8Array.of(0x06, 0x90, 0x0f), 64, 0n);
    assert.deepEqual(
      rows.map((row) => row.text),
      ['db 0x06', 'nop', 'db 0x0f'],
    );
  });

  it('stops after the rows asked for', () => {
    const rows = disassembler.disassemble(new Uint8Array(16).fill(0x90), 64, 0n, { count: 3 });
    assert.equal(rows.length, 3);
  });

  it('prints what assembles back to the same bytes', async () => {
    const source =
      'bits 64\nmov rax, [rbx+rcx*4+0x10]\nlock inc dword [rax]\nvmcall\niretq\nmov cr3, rax\n';
    const { image } = await assembleText(source);
    const text = disassembler.disassemble(image, 64, 0n).map((row) => row.text);
    const again = await assembleText('bits 64\n' + text.join('\n') + '\n');
    assert.deepEqual(again.image, image);
  });
});
