import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgramGenerator, Random } from './program-generator';
import { assembleText, hex, messages } from './test-support';

const PROGRAMS = Number(process.env.PROGRAMS ?? 60);
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** What NASM makes of a program; undefined when it refuses it. */
function reference(folder: string, source: string): Buffer | undefined {
  const input = join(folder, 'in.asm');
  const output = join(folder, 'out.bin');
  writeFileSync(input, source);
  const run = spawnSync('nasm', ['-w-all', '-f', 'bin', input, '-o', output]);
  return run.status === 0 ? readFileSync(output) : undefined;
}

describe('assembler against nasm on random programs', function () {
  this.timeout(600_000);
  const present = spawnSync('nasm', ['-v']).status === 0;

  it(`writes the same bytes for ${PROGRAMS} programs`, async function () {
    if (!present) {
      this.skip();
      return;
    }
    const folder = mkdtempSync(join(tmpdir(), 'ringside-nasm-'));
    let compared = 0;
    try {
      for (let i = 0; i < PROGRAMS; i++) {
        const seed = SEED + i;
        const source = new ProgramGenerator(new Random(seed)).generate();
        const wanted = reference(folder, source);
        if (!wanted) continue;
        compared++;
        const assembly = await assembleText(source);
        const errors = messages(assembly).filter((m) => m.includes(' error: '));
        assert.deepEqual(errors, [], `SEED=${seed} PROGRAMS=1`);
        assert.equal(hex(assembly.image), wanted.toString('hex'), `SEED=${seed} PROGRAMS=1`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    // Most of what the generator makes must be valid, or the test shows little.
    assert.ok(compared >= PROGRAMS / 3, `only ${compared} of ${PROGRAMS} programs were valid`);
  });
});
