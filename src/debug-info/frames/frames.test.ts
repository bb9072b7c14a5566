import assert from 'node:assert/strict';
import { compileC, KERNEL, noBinutils, noCompiler, told } from '../compiled.testing';
import type { Machine } from '../locations/machine';
import { ElfSections } from '../reading/elf-sections';
import { Troubles } from '../reading/troubles';
import { Frames } from './frames';

const NAMES = {
  64: ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp'],
  32: ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'],
} as const;

/** Where registers hold what tells them apart, and memory its own address. */
const machine = (bits: 32 | 64): Machine => ({
  bits,
  register: (number) => BigInt(0x1000 * (number + 1)),
  read: (address, length) =>
    Uint8Array.from({ length }, (_, n) => Number((address >> BigInt(8 * n)) & 0xffn)),
});

interface Row {
  readonly at: bigint;
  readonly register: string;
  readonly offset: bigint;
}

/** Of each row: its address, the register and the distance that make the frame's address. */
function rowsOf(text: string, bits: 32 | 64): Row[] {
  return text.split('\n').flatMap((line): Row[] => {
    const [, from] = / FDE .* pc=([0-9a-f]+)/.exec(line) ?? [];
    // Before anything is pushed there is the return address.
    const first = { register: NAMES[bits][bits === 64 ? 7 : 4], offset: BigInt(bits / 8) };
    if (from !== undefined) return [{ at: BigInt(`0x${from}`), ...first }];
    const [, at, register, offset] = /^([0-9a-f]{8,16}) (\w+)([+-]\d+) /.exec(line) ?? [];
    if (at === undefined || register === undefined || offset === undefined) return [];
    return [{ at: BigInt(`0x${at}`), register, offset: BigInt(offset) }];
  });
}

describe('frames of compiled functions', function () {
  before(function () {
    if (noCompiler ?? noBinutils) this.skip();
  });

  for (const bits of [64, 32] as const) {
    for (const flags of [
      ['-O0'],
      ['-O2', '-fomit-frame-pointer'],
      ['-O2', '-fno-asynchronous-unwind-tables', '-gdwarf-2'],
      ['-Os', '-gdwarf-4', '-fno-asynchronous-unwind-tables'],
    ]) {
      it(`are made as readelf says: ${flags.join(' ')}, ${bits} bits`, () => {
        const { path, bytes, drop } = compileC(KERNEL, ['-g', `-m${bits}`, ...flags]);
        const troubles = new Troubles();
        const frames = new Frames(new ElfSections(bytes), troubles);
        const rows = rowsOf(told('readelf', '--debug-dump=frames-interp', path), bits);
        drop();
        assert.ok(rows.length >= 3);
        for (const { at, register, offset } of rows.filter(({ at: from }) => from > 0n)) {
          const base = 0x1000n * BigInt((NAMES[bits] as readonly string[]).indexOf(register) + 1);
          const address = frames.frameAddress(at, machine(bits));
          assert.equal(address, base + offset, `${at.toString(16)}: ${register}+${offset}`);
          const caller = frames.caller(at, machine(bits));
          assert.equal(caller?.returnAddress, base + offset - BigInt(bits / 8));
        }
        assert.equal(troubles.first, undefined);
      });
    }
  }
});
