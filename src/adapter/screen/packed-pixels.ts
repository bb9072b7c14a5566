/**
 * Pixels on their way to a client: runs of one colour, and pieces where each pixel differs from the one
 * before. Words of 32 bits: a count, and one pixel; or a count with bit 31 set, and so many pixels.
 */

const LITERAL = 0x8000_0000;
/** A run that is shorter would only cut a piece in two. */
const SHORTEST_RUN = 3;

function runAt(pixels: Uint32Array, start: number): number {
  const pixel = pixels[start];
  let end = start + 1;
  while (end < pixels.length && pixels[end] === pixel) end++;
  return end - start;
}

export function packPixels(pixels: Uint32Array): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(pixels.length * 2 + 2);
  let length = 0;
  let literal = 0;
  const flush = (end: number): void => {
    if (end === literal) return;
    words[length++] = (LITERAL | (end - literal)) >>> 0;
    words.set(pixels.subarray(literal, end), length);
    length += end - literal;
  };
  for (let at = 0; at < pixels.length;) {
    if (pixels[at] !== pixels[at + 1]) {
      at++;
      continue;
    }
    const run = runAt(pixels, at);
    if (run >= SHORTEST_RUN) {
      flush(at);
      words[length++] = run;
      words[length++] = pixels[at] ?? 0;
      literal = at + run;
    }
    at += run;
  }
  flush(pixels.length);
  return new Uint8Array(words.buffer.slice(0, length * 4));
}

/** @param packed what `packPixels` gave; pixels beyond `count` are dropped */
export function unpackPixels(packed: Uint8Array, count: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(packed.slice().buffer);
  const pixels = new Uint32Array(count);
  let at = 0;
  for (let n = 0; n < words.length && at < count;) {
    const head = words[n++] ?? 0;
    if (head >= LITERAL) {
      const literal = words.subarray(n, n + Math.min(head - LITERAL, count - at));
      pixels.set(literal, at);
      at += literal.length;
      n += head - LITERAL;
    } else {
      pixels.fill(words[n++] ?? 0, at, Math.min(at + head, count));
      at += head;
    }
  }
  return pixels;
}
