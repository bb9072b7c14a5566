import type { KeyChange } from '../../../adapter/protocol';
import { isKey } from '../../../machine/devices/keys';

/** What a key event tells; DOM events do. */
export interface KeyEvent {
  readonly code: string;
}

const RELEASING = /^(Control|Alt)(Left|Right)$/;

/**
 * The keys that are down while the keyboard belongs to the guest. Ctrl and Alt together, and no other key
 * before they go up, give it back: so combinations with both still reach the guest.
 */
export class HeldKeys {
  private readonly down = new Set<string>();
  private releases = false;

  /** A key goes down, or repeats itself. */
  press({ code }: KeyEvent): KeyChange[] {
    const repeats = this.down.has(code);
    if (isKey(code)) this.down.add(code);
    if (!repeats)
      this.releases = RELEASING.test(code) && this.holds('Control') && this.holds('Alt');
    return isKey(code) ? [{ code, down: true }] : [];
  }

  /** A key goes up: what to send, and whether that gives the keyboard back. */
  release({ code }: KeyEvent): { keys: KeyChange[]; free: boolean } {
    const free = this.releases && RELEASING.test(code);
    const keys: KeyChange[] = this.down.delete(code) ? [{ code, down: false }] : [];
    return { keys: free ? [...keys, ...this.releaseAll()] : keys, free };
  }

  /** The guest must not think that keys are down whose release it will not see. */
  releaseAll(): KeyChange[] {
    const keys = [...this.down].map((code) => ({ code, down: false }));
    this.down.clear();
    this.releases = false;
    return keys;
  }

  private holds(name: string): boolean {
    return this.down.has(`${name}Left`) || this.down.has(`${name}Right`);
  }
}
