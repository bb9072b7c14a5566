import type { Clock, TimedDevice } from './clock';
import type { Stateful } from './device';
import { isKey, keyBytes, typing } from './keys';

export interface TypistConfig {
  readonly clock: Clock;
  /** How many instructions pass during one second. */
  readonly instructionsPerSecond: number;
  /** Bytes of scan-code set 2, as a keyboard sends them. */
  readonly press: (bytes: readonly number[]) => void;
}

/** What is still to be typed: the bytes of one key after the other. */
export type TypistState = readonly (readonly number[])[];

const KEYS_PER_SECOND = 20;

/**
 * Somebody who types a prepared text, a key at a time, as fast as programs for people can follow. At
 * which moments is decided by the machine's own time.
 */
export class Typist implements TimedDevice, Stateful<TypistState> {
  readonly name = 'typist';
  private keys: TypistState = [];

  constructor(private readonly config: TypistConfig) {
    config.clock.attach(this);
  }

  /** Whether there is anything left to type. */
  get isTyping(): boolean {
    return this.keys.length > 0;
  }

  /** @param text characters of a US keyboard; `{ArrowUp}` and the like are keys without a character */
  type(text: string): void {
    this.keys = [...this.keys, ...keysIn(text)];
    this.goOn();
  }

  timeReached(): void {
    const [next, ...rest] = this.keys;
    this.keys = rest;
    if (next) this.config.press(next);
    this.goOn();
  }

  private goOn(): void {
    const { clock, instructionsPerSecond } = this.config;
    const pause = Math.round(instructionsPerSecond / KEYS_PER_SECOND);
    clock.schedule(this, this.isTyping ? clock.now + pause : undefined);
  }

  save(): TypistState {
    return structuredClone(this.keys);
  }

  restore(state: TypistState): void {
    this.keys = structuredClone(state);
  }

  reset(): void {
    this.keys = [];
    this.goOn();
  }
}

function keysIn(text: string): number[][] {
  return text
    .split(/(\{\w+\})/)
    .flatMap((part) => {
      const name = part.slice(1, -1);
      if (part.startsWith('{') && isKey(name))
        return [[...keyBytes(name, true), ...keyBytes(name, false)]];
      return [...part.replace(/\r\n?/g, '\n')].map((character) => typing(character));
    })
    .filter((bytes) => bytes.length > 0);
}
