import { typing } from '../../machine/devices/keys';

/** Between two characters, in milliseconds: programs for people can follow. */
const PAUSE = 30;

export interface PastingConfig {
  /** Whether the guest can take the next character now. */
  readonly ready: () => boolean;
  readonly press: (scancodes: readonly number[]) => void;
}

/**
 * Types a text for a person who has pasted it: as a person would, by the clock on the wall, and no
 * character before the guest has taken the one before.
 */
export class Pasting {
  private left: (readonly number[])[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly config: PastingConfig) {}

  paste(text: string): void {
    const characters = [...text.replace(/\r\n?/g, '\n')];
    this.left = [...this.left, ...characters.map(typing).filter((bytes) => bytes.length > 0)];
    this.next();
  }

  /** Nothing more is typed. */
  stop(): void {
    this.left = [];
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private next(): void {
    if (this.timer !== undefined || this.left.length === 0) return;
    if (this.config.ready()) this.config.press(this.left.shift() ?? []);
    if (this.left.length === 0) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.next();
    }, PAUSE);
  }
}
