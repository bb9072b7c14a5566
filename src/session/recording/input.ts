import type { Machine } from '../machine';

/** What comes to a machine from outside. */
export type Input =
  /** On the first serial port. */
  | { readonly kind: 'serial'; readonly bytes: Uint8Array }
  /** From the keyboard, in scan-code set 2. */
  | { readonly kind: 'keys'; readonly scancodes: readonly number[] }
  /** To be typed by somebody on the keyboard: see `Typist.type`. */
  | { readonly kind: 'text'; readonly text: string }
  /** See `Mouse.move`. */
  | {
      readonly kind: 'mouse';
      readonly dx: number;
      readonly dy: number;
      readonly wheel: number;
      readonly buttons: number;
    };

/** Gives it to the devices, and to whoever waits for them. */
export function applyInput(machine: Machine, input: Input): void {
  const { serial, keyboard, mouse, typist } = machine.platform;
  if (input.kind === 'text') {
    // Nothing has come yet: that is decided by the machine's time.
    typist.type(input.text);
    return;
  }
  if (input.kind === 'serial') serial.receive(input.bytes);
  else if (input.kind === 'keys') keyboard.press(input.scancodes);
  else mouse.move(input.dx, input.dy, input.wheel, input.buttons);
  machine.inputCame();
}
