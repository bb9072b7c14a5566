import type { Vga } from '../../machine/devices/vga/vga';
import { screenOf, type Screen } from '../../machine/screen/screen';
import { textOf } from '../../machine/screen/text';

/**
 * The text that stands on a screen in `now` and did not in `before`: what has been printed in between, as
 * on a teletype, whether or not the screen has scrolled. Both are lines without blanks at their ends, and
 * without empty ones below.
 *
 * @returns undefined where the screen has been drawn anew instead
 */
export function printedSince(
  before: readonly string[],
  now: readonly string[],
): string | undefined {
  const last = before.length - 1;
  if (last < 0) return now.join('\n').trimStart();
  for (let scrolled = 0; scrolled <= last; scrolled++) {
    const kept = before.slice(scrolled);
    const stays = kept.every((line, row) =>
      row === kept.length - 1 ? now[row]?.startsWith(line) : now[row] === line,
    );
    if (!stays) continue;
    const [end = '', ...below] = now.slice(kept.length - 1);
    return [end.slice((kept.at(-1) ?? '').length), ...below].join('\n');
  }
  return undefined;
}

/** Lines of a text screen, without those at the end in which there is nothing. */
function linesOf(screen: Screen): string[] {
  const lines = screen.kind === 'text' ? textOf(screen) : [];
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
}

/**
 * Prints what a guest writes to its screen in text mode, for who looks at the debug console. Guests that draw, with
 * characters or with pixels, have the Guest Screen; those that print at a serial port are heard there.
 */
export class TextMirror {
  private lines: readonly string[] = [];
  private open = false;
  private silent = true;

  private vga: Vga | undefined;

  constructor(private readonly print: (text: string) => void) {}

  /** A guest is there, and what firmware has left on its screen is old; or none any more. */
  watch(vga: Vga | undefined): void {
    this.vga = vga;
    this.lines = vga ? linesOf(screenOf(vga)) : [];
    this.open = false;
    this.silent = false;
  }

  /** The guest is heard elsewhere. */
  silence(): void {
    this.silent = true;
  }

  look(): void {
    if (this.silent || !this.vga) return;
    const screen = screenOf(this.vga);
    if (screen.kind !== 'text') {
      this.silent = true;
      return;
    }
    const now = linesOf(screen);
    const text = printedSince(this.lines, now);
    this.lines = now;
    if (text === undefined || text === '') return;
    this.print(text);
    this.open = !text.endsWith('\n');
  }

  /** The guest has ended. */
  end(): void {
    this.look();
    if (this.open && !this.silent) this.print('\n');
    this.open = false;
  }
}
