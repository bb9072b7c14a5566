import type { MouseArguments } from '../../../adapter/protocol';
import { Motion } from './motion';

/** Whom the pointer tells. */
export interface PointerEvents {
  moved(change: MouseArguments): void;
  /** The browser has taken the pointer away by its own key, Escape, which the guest has not seen. */
  escaped(): void;
}

/**
 * The guest's mouse. While it is captured the pointer is hidden and has no place, as a mouse has none; where the
 * browser does not allow that, its ways over the canvas count.
 */
export class GuestPointer {
  private readonly motion = new Motion();
  private scheduled = false;
  private leaving = false;
  /** It is the guest's. */
  captured = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly events: PointerEvents,
  ) {
    const { motion } = this;
    canvas.addEventListener('mousemove', (event) => {
      if (!this.captured) return;
      motion.move(event, canvas.clientWidth / canvas.width || 1);
      this.tellSoon();
    });
    for (const name of ['mousedown', 'mouseup'] as const) {
      canvas.addEventListener(name, (event) => {
        if (this.captured && motion.press(event.buttons)) this.tell();
      });
    }
    canvas.addEventListener('wheel', (event) => {
      if (!this.captured) return;
      event.preventDefault();
      motion.turn(event);
      this.tellSoon();
    });
    canvas.addEventListener('contextmenu', (event) => {
      if (this.captured) event.preventDefault();
    });
    document.addEventListener('pointerlockchange', () => {
      this.lockChanged();
    });
  }

  /** The mouse is the guest's from now on. Called while a person clicks: browsers want that. */
  capture(): void {
    this.captured = true;
    if (document.pointerLockElement === this.canvas) return;
    // Where it is not allowed, nothing is lost. Older browsers give no promise.
    void Promise.resolve(this.canvas.requestPointerLock()).catch(() => undefined);
  }

  release(): void {
    if (!this.captured) return;
    this.captured = false;
    const change = this.motion.release();
    if (change) this.events.moved(change);
    if (document.pointerLockElement !== this.canvas) return;
    this.leaving = true;
    document.exitPointerLock();
  }

  private lockChanged(): void {
    if (document.pointerLockElement === this.canvas) return;
    if (!this.leaving && this.captured && document.hasFocus()) this.events.escaped();
    this.leaving = false;
  }

  /** Browsers tell of many small ways: one message a frame will do. */
  private tellSoon(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.tell();
    });
  }

  private tell(): void {
    const change = this.motion.take();
    if (change) this.events.moved(change);
  }
}
