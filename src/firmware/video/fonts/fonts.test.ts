import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { powerOnFont } from '../../../machine/devices/vga/power-on-font';
import { assembleText } from '../../../program/test-support';

const HEIGHTS = [16, 14, 8];

async function fontOf(height: number) {
  const file = join(__dirname, `font-8x${String(height)}.asm`);
  return assembleText(readFileSync(file, 'utf8'));
}

describe('fonts', () => {
  for (const height of HEIGHTS) {
    it(`8 × ${String(height)}: 256 characters behind one label`, async () => {
      const { image, symbols, diagnostics } = await fontOf(height);
      assert.deepEqual(diagnostics, []);
      assert.equal(image.length, 256 * height);
      const names = symbols.all.map(({ name }) => name);
      assert.deepEqual(names, [`font_8x${String(height)}`]);
    });

    it(`8 × ${String(height)}: every character is there, and lines join`, async () => {
      const { image } = await fontOf(height);
      const glyph = (code: number) => [...image.subarray(code * height, (code + 1) * height)];
      const seen = new Map<string, number>();
      for (let code = 1; code < 255; code++) {
        const picture = glyph(code).join();
        if (code === 0x20) continue;
        assert.ok(glyph(code).some(Boolean), code.toString(16));
        assert.equal(seen.get(picture), undefined, code.toString(16));
        seen.set(picture, code);
      }
      const [horizontal, vertical, cross] = [0xc4, 0xb3, 0xc5].map(glyph);
      assert.deepEqual(
        cross,
        vertical?.map((row, y) => row | (horizontal?.[y] ?? 0)),
      );
      assert.deepEqual(glyph(0xdb), new Array(height).fill(0xff));
      const [upper, lower] = [0xdf, 0xdc].map(glyph);
      assert.deepEqual(
        upper?.map((row, y) => row ^ (lower?.[y] ?? 0)),
        new Array(height).fill(0xff),
      );
    });
  }

  it('what the VGA has at power-on is the same', async () => {
    assert.deepEqual(powerOnFont(), (await fontOf(16)).image);
  });
});
