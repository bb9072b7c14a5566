import assert from 'node:assert/strict';
import { LineTable } from '../program';
import { compileC, KERNEL, noCompiler } from './compiled.testing';
import { DebugInfo } from './debug-info';
import type { ImageLayout } from './layout';
import type { Machine } from './locations/machine';
import { Unavailable } from './locations/machine';
import { bare, sizeOf, typeText, type Type } from './variables/types';
import type { Variable } from './variables/variables';
import { ElfSections } from './reading/elf-sections';

/** Numbers that are the same each time. */
function* random(seed: number): Generator<number> {
  for (let x = seed; ; yield x / 2 ** 32) x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
}

const MACHINE: Machine = {
  bits: 64,
  register: BigInt,
  read: (_, length) => new Uint8Array(length),
};
const layout: ImageLayout = {
  bits: 64,
  segments: [{ virtual: 0n, physical: 0n, size: 1n << 40n }],
  functionAt: () => undefined,
};

/** Asks for all that there is. What cannot be read is a trouble that names its place, never an exception. */
function readAll(bytes: Uint8Array): string | undefined {
  const info = new DebugInfo(bytes, 'kernel.elf', layout);
  const lines = info.linesBeside(new LineTable([]));
  for (const file of lines.files) lines.linesWithCode(file);
  for (let address = 0x10_0000n; address < 0x10_0100n; address += 16n) {
    for (const variable of [...info.localsAt(address), ...info.globalsAt(address)]) {
      readVariable(info, variable);
    }
  }
  for (let address = 0x10_0000n; address < 0x10_0100n; address++) info.callerAt(address, MACHINE);
  assert.ok(lines.entries.length <= bytes.length);
  for (let address = 0x10_0000n; address < 0x10_0100n; address += 8n) lines.at(address);
  return info.trouble;
}

/** Where it is, and what its type says, as far as a person would unfold it. */
function readVariable(info: DebugInfo, variable: Variable): void {
  try {
    info.locate(variable, MACHINE);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
  }
  let type: Type = variable.type;
  for (let depth = 0; depth < 20; depth++) {
    assert.ok(sizeOf(type) >= 0 && typeText(type).length > 0);
    type = bare(type);
    if (type.kind === 'pointer') type = type.target;
    else if (type.kind === 'array') type = type.element;
    else if (type.kind === 'struct' && type.members[0]) type = type.members[0].type;
  }
}

describe('damaged debug information', function () {
  this.timeout(120_000);
  const images: Uint8Array[] = [];

  before(function () {
    if (noCompiler) this.skip();
    for (const flags of [['-gdwarf-2'], ['-gdwarf-4', '-O2'], ['-gdwarf-5', '-O2'], ['-gz=zlib']]) {
      const made = compileC(KERNEL, ['-g', ...flags]);
      images.push(made.bytes);
      made.drop();
    }
  });

  it('is read where it is not damaged', () => {
    for (const image of images) assert.equal(readAll(image), undefined);
  });

  it('is an error that names section and offset, wherever the file ends', () => {
    const numbers = random(1);
    for (const image of images) {
      for (let n = 0; n < 100; n++) {
        const length = Math.floor((numbers.next().value as number) * image.length);
        checkTrouble(readAll(image.subarray(0, length)));
      }
    }
  });

  it('is an error whatever bytes are wrong', () => {
    const numbers = random(2);
    const next = (below: number): number => Math.floor((numbers.next().value as number) * below);
    for (const image of images) {
      const sections = new ElfSections(image);
      for (let n = 0; n < 500; n++) {
        const copy = image.slice();
        const names = [
          '.debug_line',
          '.debug_info',
          '.debug_abbrev',
          '.debug_rnglists',
          '.eh_frame',
          '',
        ];
        const part = sections.placeOf(names[n % names.length] ?? '');
        const [from, size] = part ? [part.offset, part.size] : [0, image.length];
        for (let flips = 1 + next(4); flips > 0; flips--) {
          copy[from + next(size)] = [0xff, 0x80, 0, next(256)][next(4)] ?? 0;
        }
        checkTrouble(readAll(copy));
      }
    }
  });
});

function checkTrouble(trouble: string | undefined): void {
  if (trouble !== undefined) assert.match(trouble, /^(?:\.\w+|ELF), offset 0x[0-9a-f]+: /);
}
