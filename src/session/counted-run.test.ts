import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleText, flatImage } from './boot/flat';
import { CountedRun } from './counted-run';
import { Machine } from './machine';
import { WAYS } from './ways';

describe('a run by counts', () => {
  const source = readFileSync(join(__dirname, '../../samples/rings/kernel.asm'), 'utf8');

  for (const way of WAYS) {
    it(`stops after so many instructions of the guest, wherever it is cut (${way.name})`, async () => {
      const image = flatImage(await assembleText(source));
      const [whole, cut] = [0, 1].map(
        () => new CountedRun(new Machine(image, { ...way, memory: 2 << 20 })),
      );
      assert.ok(whole && cut);
      for (let n = 7; n < 2000; n += 7) {
        assert.equal(cut.to(n), undefined);
        assert.equal(cut.instructions, n);
      }
      assert.equal(whole.to(1995), undefined);
      assert.equal(whole.instructions, 1995);
      assert.equal(whole.machine.stateHash, cut.machine.stateHash);
      assert.equal(whole.to(1_000_000)?.kind, 'power-off');
      assert.equal(cut.to(1_000_000)?.kind, 'power-off');
      assert.equal(whole.machine.stateHash, cut.machine.stateHash);
    });
  }
});
