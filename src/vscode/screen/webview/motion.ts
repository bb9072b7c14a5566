import type { MouseArguments } from '../../../adapter/protocol';

/** What a mouse event tells; DOM events do. */
export interface PointerEvent {
  readonly movementX: number;
  readonly movementY: number;
  /** All buttons that are down: 1 left, 2 right, 4 middle. */
  readonly buttons: number;
}

/** What a wheel event tells. */
export interface WheelMotion {
  readonly deltaY: number;
  /** 0: `deltaY` counts pixels; 1: lines; 2: pages. */
  readonly deltaMode: number;
}

/** How much of each unit is one notch of the wheel. */
const NOTCH = [100, 3, 1];

/**
 * What the mouse has done that the guest has not been told yet. Ways are counted in the guest's pixels; what is less
 * than one stays for the next time.
 */
export class Motion {
  private x = 0;
  private y = 0;
  private wheel = 0;
  private buttons = 0;
  private pressed = false;

  /** @param scale how many units of the event are one pixel of the guest's */
  move({ movementX, movementY, buttons }: PointerEvent, scale: number): void {
    this.x += movementX / scale;
    this.y += movementY / scale;
    this.press(buttons);
  }

  turn({ deltaY, deltaMode }: WheelMotion): void {
    this.wheel += deltaY / (NOTCH[deltaMode] ?? 1);
  }

  /** @returns whether a button went down or up: the guest should be told at once */
  press(buttons: number): boolean {
    const changes = buttons !== this.buttons;
    this.buttons = buttons;
    this.pressed ||= changes;
    return changes;
  }

  /** What to tell the guest; undefined when nothing has happened. */
  take(): MouseArguments | undefined {
    const [dx, dy, wheel] = [this.x, this.y, this.wheel].map(whole) as [number, number, number];
    if (dx === 0 && dy === 0 && wheel === 0 && !this.pressed) return undefined;
    this.x -= dx;
    this.y -= dy;
    this.wheel -= wheel;
    this.pressed = false;
    return { dx, dy, wheel, buttons: this.buttons };
  }

  /** The mouse goes back to the person: the guest must not think that buttons are down. */
  release(): MouseArguments | undefined {
    this.x = 0;
    this.y = 0;
    this.wheel = 0;
    this.press(0);
    return this.take();
  }
}

/** Without its fraction; adding 0 makes 0 of -0. */
const whole = (value: number): number => Math.trunc(value) + 0;
