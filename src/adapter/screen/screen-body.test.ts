import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { GraphicsScreen } from '../../machine/screen/screen';
import { packPixels, unpackPixels } from './packed-pixels';
import { bodyOf, sameScreen, screenFrom } from './screen-body';

const WIDTH = 8;
const HEIGHT = 6;

function picture(pixels: readonly number[]): GraphicsScreen {
  const words = Uint32Array.from({ length: WIDTH * HEIGHT }, (_, n) => pixels[n] ?? 0);
  const rgba = new Uint8ClampedArray(words.buffer);
  return { kind: 'graphics', width: WIDTH, height: HEIGHT, rgba };
}

/** Few colours, so that there are runs. */
const pixels = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: WIDTH * HEIGHT });

describe('screens on their way', () => {
  it('pixels are packed and unpacked', () => {
    fc.assert(
      fc.property(pixels, (list) => {
        const words = Uint32Array.from(list, (n) => (n * 0x7fffffff) >>> 0);
        assert.deepEqual(unpackPixels(packPixels(words), words.length), words);
      }),
    );
  });

  it('one colour is short, and noise is not much longer than itself', () => {
    assert.equal(packPixels(new Uint32Array(100_000)).length, 8);
    const noise = Uint32Array.from({ length: 1000 }, (_, n) => n);
    assert.equal(packPixels(noise).length, 4004);
  });

  it('what came in is no more than its count', () => {
    const packed = new Uint8Array(Uint32Array.of(1000, 7, 0x80000009, 1, 2).buffer);
    assert.deepEqual(unpackPixels(packed, 3), Uint32Array.of(7, 7, 7));
  });

  it('a picture is what it was, whole or as a change', () => {
    fc.assert(
      fc.property(pixels, pixels, (one, other) => {
        const [before, after] = [picture(one), picture(other)];
        assert.deepEqual(screenFrom(bodyOf(before)), before);
        assert.deepEqual(screenFrom(bodyOf(after, before), before), after);
        const same = before.rgba.every((byte, n) => byte === after.rgba[n]);
        assert.equal(sameScreen(before, after), same);
      }),
    );
  });

  it('only lines that have changed are sent', () => {
    const before = picture([]);
    const after = picture(new Array(WIDTH * HEIGHT).fill(0).with(WIDTH * 2 + 3, 5));
    const body = bodyOf(after, before);
    assert.ok(body.kind === 'graphics');
    assert.deepEqual([body.first, body.count], [2, 1]);
  });
});
