import { screenOf, type Screen } from '../../machine/screen/screen';
import type { Vga } from '../../machine/devices/vga/vga';
import { CustomEvent, type ScreenEventBody, type ScreenResponse } from '../protocol';
import { bodyOf, sameScreen } from './screen-body';

/** How often it is looked whether the guest uses its screen, in milliseconds: until it does. */
const LOOK_INTERVAL = 100;

/** What a client knows of the guest's screen, and whether the guest uses it at all. */
export class ScreenWatch {
  private vga: Vga | undefined;
  private revision = 0;
  private last: Screen | undefined;
  /** The screen before the guest's first instruction. */
  private untouched: Screen | undefined;
  private used = false;
  private looked = 0;

  constructor(private readonly send: (event: string, body: ScreenEventBody) => void) {}

  /** A guest is there, as firmware leaves it; or none any more. */
  watch(vga: Vga | undefined): void {
    this.vga = vga;
    this.last = undefined;
    this.used = false;
    this.untouched = vga && screenOf(vga);
  }

  /** The screen for a client that has the one of a revision. */
  answer(vga: Vga, known: number | undefined): Omit<ScreenResponse, 'mouse'> {
    const screen = screenOf(vga);
    const before = this.last;
    const unchanged = before !== undefined && sameScreen(screen, before);
    const last = this.revision;
    if (!unchanged) this.revision++;
    this.last = screen;
    if (known !== last || !before) return { revision: this.revision, screen: bodyOf(screen) };
    if (unchanged) return { revision: this.revision };
    return { revision: this.revision, screen: bodyOf(screen, before) };
  }

  /** Tells the client once that the guest uses its screen. Not more often than makes a difference. */
  lookNowAndThen(): void {
    const now = performance.now();
    if (this.used || now - this.looked < LOOK_INTERVAL) return;
    this.looked = now;
    this.look();
  }

  look(): void {
    if (this.used || !this.vga || !this.untouched) return;
    this.used = shows(screenOf(this.vga), this.untouched);
    if (this.used) this.send(CustomEvent.SCREEN, {});
  }

  /** The guest has ended: whoever looks at its screen cannot ask any more. */
  ended(): void {
    this.look();
    if (this.used && this.vga) {
      this.send(CustomEvent.SCREEN, { screen: bodyOf(screenOf(this.vga)) });
    }
  }
}

/** Codes that look like a blank. */
const BLANKS: ReadonlySet<number> = new Set([0, 0x20, 0xff]);

/** Whether there is a picture, or text that was not there before. */
function shows(screen: Screen, before: Screen): boolean {
  if (screen.kind === 'graphics') return true;
  const old = before.kind === 'text' ? before.cells : new Uint8Array();
  for (let at = 0; at < screen.cells.length; at += 2) {
    const code = screen.cells[at] ?? 0;
    if (code !== old[at] && !BLANKS.has(code)) return true;
  }
  return false;
}
