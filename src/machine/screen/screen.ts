import { type Picture } from './picture';
import { textScreen, type TextScreen } from './text-screen';
import { vbePicture } from './vbe-picture';
import { vgaPicture } from './vga-picture';
import type { Vga } from '../devices/vga/vga';
import { Graphics, GraphicsMisc, of } from '../devices/vga/registers';

export interface GraphicsScreen extends Picture {
  readonly kind: 'graphics';
}

/** What a monitor at the VGA shows at a moment. */
export type Screen = TextScreen | GraphicsScreen;

/** The present screen, by the registers and video memory. Looking changes nothing. */
export function screenOf(vga: Vga): Screen {
  const { registers } = vga;
  if (vga.vbe.enabled) return { kind: 'graphics', ...vbePicture(vga) };
  const graphics = (of(registers.graphics, Graphics.MISC) & GraphicsMisc.GRAPHICS) !== 0;
  return graphics ? { kind: 'graphics', ...vgaPicture(vga) } : textScreen(vga);
}
