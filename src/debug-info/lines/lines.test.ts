import assert from 'node:assert/strict';
import { programOfImage } from '../../session';
import { compileC, KERNEL, noBinutils, noCompiler, told, type Compiled } from '../compiled.testing';

/** Rows of a table of lines: where a line begins, and whether it is a statement. */
const rowsOf = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [, number, address, statement] =
      /^\S+\s+(\d+)\s+0x([0-9a-f]+)\s.*?(x?)\s*$/.exec(`${line} `) ?? [];
    return number && address ? [`${address}:${number}${statement ?? ''}`] : [];
  });

describe('lines of compiled programs', function () {
  before(function () {
    if (noCompiler ?? noBinutils) this.skip();
  });

  for (const version of [2, 3, 4, 5]) {
    for (const level of ['-O0', '-O2']) {
      for (const mode of ['-m64', '-m32']) {
        it(`are those that objdump reads: DWARF ${version}, ${level} ${mode}`, () => {
          const made = compileC(KERNEL, [`-gdwarf-${version}`, level, mode]);
          try {
            compare(made);
          } finally {
            made.drop();
          }
        });
      }
    }
  }

  it('are read from compressed sections, too', () => {
    const made = compileC(KERNEL, ['-g', '-gz=zlib']);
    try {
      compare(made);
    } finally {
      made.drop();
    }
  });
});

function compare({ bytes, path, source }: Compiled): void {
  const { lines } = programOfImage(bytes, path);
  const expected = rowsOf(told('objdump', '--dwarf=decodedline', path));
  // Of several rows at one address the last statement counts, or else the last one.
  const address = (row: string | undefined) => row?.split(':')[0];
  const last = [...new Set(expected.map(address))].map((here) => {
    const rows = expected.filter((row) => address(row) === here);
    return rows.findLast((row) => row.endsWith('x')) ?? rows.at(-1);
  });
  const ours = lines.entries.filter(({ compiled, chain }) => compiled && chain.length > 0);
  assert.deepEqual(
    ours.map((entry) => {
      const mark = entry.compiled === 'statement' ? 'x' : '';
      return `${entry.address.toString(16)}:${String(entry.chain[0]?.line)}${mark}`;
    }),
    last,
  );
  assert.ok(last.length > 10);
  assert.deepEqual(lines.files, [source]);
  for (const entry of ours) assert.equal(lines.at(entry.address), entry);
}
