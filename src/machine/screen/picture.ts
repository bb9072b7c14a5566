/** Pixels line by line, each red, green, blue and opacity (which is always full). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray;
}

/** A picture that is being drawn, a pixel as one number: its bytes in memory are red, green, blue, opacity. */
export interface Canvas {
  readonly picture: Picture;
  readonly pixels: Uint32Array;
}

export function canvas(width: number, height: number): Canvas {
  const pixels = new Uint32Array(width * height);
  return { picture: { width, height, rgba: new Uint8ClampedArray(pixels.buffer) }, pixels };
}

/** Of WebAssembly and of every processor that runs this, the byte order is little-endian. */
export const colour = (red: number, green: number, blue: number): number =>
  ((0xff << 24) | (blue << 16) | (green << 8) | red) >>> 0;

export const BLACK = colour(0, 0, 0);
