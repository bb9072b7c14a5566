import type { Vga } from '../devices/vga/vga';
import { dacColours } from './palette';
import { BLACK, canvas, colour, type Picture } from './picture';

const five = (value: number): number => ((value & 31) << 3) | ((value & 31) >> 2);
const six = (value: number): number => ((value & 63) << 2) | ((value & 63) >> 4);

/** A pixel out of its bytes, the lowest first. */
type Reader = (bytes: Uint8Array, at: number) => number;

const word: Reader = (bytes, at) => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
const fifteen: Reader = (bytes, at) => {
  const value = word(bytes, at);
  return colour(five(value >> 10), five(value >> 5), five(value));
};
const sixteen: Reader = (bytes, at) => {
  const value = word(bytes, at);
  return colour(five(value >> 11), six(value >> 5), five(value));
};
/** Blue, green, red. */
const bytesOfColour: Reader = (bytes, at) =>
  colour(bytes[at + 2] ?? 0, bytes[at + 1] ?? 0, bytes[at] ?? 0);

function readerOf(vga: Vga, bitsPerPixel: number): Reader {
  if (bitsPerPixel === 15) return fifteen;
  if (bitsPerPixel === 16) return sixteen;
  if (bitsPerPixel > 16) return bytesOfColour;
  const palette = dacColours(vga);
  return (bytes, at) => palette[bytes[at] ?? 0] ?? BLACK;
}

/** The picture of a mode of the VBE. */
export function vbePicture(vga: Vga): Picture {
  const { width, height, bitsPerPixel, start, pitch } = vga.vbe.mode;
  const size = (bitsPerPixel + 7) >> 3;
  const read = readerOf(vga, bitsPerPixel);
  const bytes = vga.memory.slice(start, start + pitch * height);
  const { picture, pixels } = canvas(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) pixels[y * width + x] = read(bytes, y * pitch + x * size);
  }
  return picture;
}
