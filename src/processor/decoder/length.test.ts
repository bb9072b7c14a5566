import assert from 'node:assert/strict';
import { instructionLength } from './length';

describe('the length of an instruction', () => {
  const cases = [
    [1, 64, 0x90, 0x90],
    [2, 64, 0x0f, 0x05], // syscall
    [10, 64, 0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8], // mov rax, imm64
    [5, 32, 0xb8, 1, 2, 3, 4],
    [3, 16, 0xb8, 1, 2, 3, 4],
    [0, 64, 0x0f, 0x0a], // none such
    [0, 64, 0xb8, 1, 2], // not all of it
    [0, 64],
  ];
  for (const [length, bits, ...bytes] of cases) {
    it(`${bytes.map((byte) => byte.toString(16)).join(' ')}: ${String(length)}`, () => {
      assert.equal(instructionLength(Uint8Array.from(bytes), bits as 16 | 32 | 64), length);
    });
  }
});
