import { Attribute, AttributeMode, of } from '../devices/vga/registers';
import type { Vga } from '../devices/vga/vga';
import { isDark } from './crtc';
import { BLACK, colour } from './picture';

/** The 256 colours of the DAC as they are, as pixels. */
export function dacColours(vga: Vga): Uint32Array {
  const { components, mask } = vga.colours;
  const wide = vga.vbe.wideDac;
  const level = (index: number): number => {
    const value = components[index] ?? 0;
    return wide ? value : (value << 2) | (value >> 4);
  };
  return Uint32Array.from({ length: 256 }, (_, n) => {
    const at = (n & mask) * 3;
    return colour(level(at), level(at + 1), level(at + 2));
  });
}

/** The 16 colours that the attribute controller chooses of them. */
export function attributeColours(vga: Vga): Uint32Array {
  const { attribute } = vga.registers;
  if (isDark(vga.registers)) return new Uint32Array(16).fill(BLACK);
  const dac = dacColours(vga);
  const select = of(attribute, Attribute.COLOUR);
  const replaces = (of(attribute, Attribute.MODE) & AttributeMode.COLOUR_5_4) !== 0;
  return Uint32Array.from({ length: 16 }, (_, n) => {
    const entry = of(attribute, n);
    const low = replaces ? (entry & 15) | ((select & 3) << 4) : entry & 0x3f;
    return dac[low | ((select & 12) << 4)] ?? BLACK;
  });
}
