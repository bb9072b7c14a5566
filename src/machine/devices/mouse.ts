import type { Stateful } from './device';

/**
 * A PS/2 mouse with a wheel and five buttons, at the second port of the keyboard controller (IBM PS/2 Hardware
 * Interface Technical Reference, "Mouse"; the wheel is Microsoft's IntelliMouse). As everywhere in this computer sending
 * takes no time: what a sample rate and a resolution change is what the mouse tells about them. Movement that a program
 * has not fetched adds up, and no click is lost.
 */

export interface MouseConfig {
  /** There may be something to send. */
  readonly onData?: () => void;
}

/** What a port of the keyboard controller is to the device at its other end. */
export interface PortPartner {
  /** The controller sends a byte. */
  write(byte: number): void;
  /** The next byte for the controller. */
  take(): number | undefined;
}

/** Bits of `buttons`; those of `MouseEvent.buttons` in a browser, too. */
export const MouseButton = { LEFT: 1, RIGHT: 2, MIDDLE: 4, FOURTH: 8, FIFTH: 0x10 } as const;

const ACKNOWLEDGE = 0xfa;
const RESEND = 0xfe;
const ERROR = 0xfc;
const SELF_TEST_PASSED = 0xaa;

const Command = {
  SCALING_1: 0xe6,
  SCALING_2: 0xe7,
  RESOLUTION: 0xe8,
  STATUS: 0xe9,
  STREAM: 0xea,
  READ: 0xeb,
  WRAP_OFF: 0xec,
  WRAP: 0xee,
  REMOTE: 0xf0,
  IDENTIFY: 0xf2,
  RATE: 0xf3,
  ENABLE: 0xf4,
  DISABLE: 0xf5,
  DEFAULTS: 0xf6,
  RESEND: 0xfe,
  RESET: 0xff,
} as const;

/** The first byte of a packet. Below: the three buttons. */
const Packet = { ALWAYS: 8, X_NEGATIVE: 0x10, Y_NEGATIVE: 0x20 } as const;
const THREE_BUTTONS = 7;
/** The first byte of the answer to `STATUS`; below: the buttons, the other way round. */
const Status = { SCALING: 0x10, ENABLED: 0x20, REMOTE: 0x40 } as const;

/** What the mouse calls itself: plain, with a wheel, with five buttons. */
const Kind = { PLAIN: 0, WHEEL: 3, FIVE_BUTTONS: 4 } as const;
/** Sample rates that, set one after the other, make another mouse of it. */
const KNOCKS = [
  { rates: [200, 100, 80], needs: Kind.PLAIN, kind: Kind.WHEEL },
  { rates: [200, 200, 80], needs: Kind.WHEEL, kind: Kind.FIVE_BUTTONS },
] as const;

const RATES = [10, 20, 40, 60, 80, 100, 200];
const RESOLUTIONS = [0, 1, 2, 3];
/** Nine bits with sign; with scaling 2:1 half of it. */
const FARTHEST = 255;
/** Four bits with sign. */
const FARTHEST_WHEEL = 7;
/** What scaling 2:1 makes of small steps; larger ones are doubled. */
const SCALED = [0, 1, 1, 3, 6, 9];
/** Limits of what adds up for a program that never fetches it. */
const MOST_MOVEMENT = 0x7fff;
const MOST_WAITING = 64;

/** A way while the buttons stayed as they are. */
interface Movement {
  x: number;
  y: number;
  wheel: number;
  buttons: number;
}

export interface MouseState {
  rate: number;
  resolution: number;
  scaling: boolean;
  enabled: boolean;
  remote: boolean;
  wrap: boolean;
  kind: number;
  /** The last sample rates that have been set. */
  rates: number[];
  /** The command that waits for its byte. */
  argument: number | undefined;
  /** The byte before was refused. */
  refused: boolean;
  buttons: number;
  /** In the order in which it happened. */
  movements: Movement[];
  /** Bytes for the controller. */
  sending: number[];
  /** The last answer or packet. */
  sent: number[];
}

const defaults = () => ({
  rate: 100,
  resolution: 2,
  scaling: false,
  enabled: false,
  remote: false,
  movements: [] as Movement[],
});

const initial = (): MouseState => ({
  ...defaults(),
  wrap: false,
  kind: Kind.PLAIN,
  rates: [],
  argument: undefined,
  refused: false,
  buttons: 0,
  sending: [],
  sent: [],
});

export class Mouse implements PortPartner, Stateful<MouseState> {
  readonly name = 'mouse';
  private s = initial();

  constructor(private readonly config: MouseConfig = {}) {}

  /**
   * The mouse is moved, its wheel turned, its buttons pressed or let go.
   *
   * @param dx to the right
   * @param dy down
   * @param wheel notches towards the user: a page scrolls down
   * @param buttons all that are down now: `MouseButton`
   */
  move(dx: number, dy: number, wheel = 0, buttons = this.s.buttons): void {
    const { s } = this;
    const last = s.movements.at(-1);
    const clicked = buttons !== s.buttons;
    s.buttons = buttons & 0x1f;
    if (!s.enabled && !s.remote) return;
    // Mice count upwards.
    const movement = { x: Math.trunc(dx), y: -Math.trunc(dy), wheel, buttons: s.buttons };
    if (last && (!clicked || s.movements.length >= MOST_WAITING)) addTo(last, movement);
    else s.movements.push(limited(movement));
    this.config.onData?.();
  }

  /** Whether it tells of movements by itself. */
  get reports(): boolean {
    return this.s.enabled && !this.s.remote && !this.s.wrap;
  }

  get rate(): number {
    return this.s.rate;
  }

  take(): number | undefined {
    const { s } = this;
    if (s.sending.length === 0 && this.reports && s.movements.length > 0) this.send(this.packet());
    return s.sending.shift();
  }

  /** A byte from the controller: whatever was on its way is given up. */
  write(byte: number): void {
    const { s } = this;
    s.sending = [];
    if (s.wrap && byte !== Command.RESET && byte !== Command.WRAP_OFF) this.send([byte]);
    else if (s.argument !== undefined) this.takeArgument(s.argument, byte);
    else this.command(byte);
    this.config.onData?.();
  }

  private takeArgument(command: number, byte: number): void {
    const { s } = this;
    const allowed = command === Command.RATE ? RATES : RESOLUTIONS;
    if (!allowed.includes(byte)) {
      this.refuse();
      return;
    }
    s.argument = undefined;
    s.refused = false;
    if (command === Command.RATE) this.setRate(byte);
    else s.resolution = byte;
    this.send([ACKNOWLEDGE]);
  }

  /** A byte that it does not know: once more, please. After another one it gives up. */
  private refuse(): void {
    const { s } = this;
    this.send([s.refused ? ERROR : RESEND]);
    if (s.refused) s.argument = undefined;
    s.refused = !s.refused;
  }

  private setRate(rate: number): void {
    const { s } = this;
    s.rate = rate;
    s.rates = [...s.rates, rate].slice(-3);
    const knock = KNOCKS.find(
      ({ rates, needs }) => needs === s.kind && rates.every((each, n) => each === s.rates[n]),
    );
    if (knock) s.kind = knock.kind;
  }

  private command(byte: number): void {
    const { s } = this;
    if (byte === Command.RESEND) {
      s.sending = [...s.sent];
      return;
    }
    const answer = this.obey(byte);
    if (!answer) {
      this.refuse();
      return;
    }
    s.refused = false;
    this.send([ACKNOWLEDGE, ...answer]);
  }

  /** @returns what follows the acknowledgement; undefined for a command that there is not */
  private obey(byte: number): number[] | undefined {
    const { s } = this;
    switch (byte) {
      case Command.SCALING_1:
      case Command.SCALING_2:
        s.scaling = byte === Command.SCALING_2;
        return [];
      case Command.RESOLUTION:
      case Command.RATE:
        s.argument = byte;
        return [];
      case Command.STATUS:
        return [this.status(), s.resolution, s.rate];
      case Command.READ:
        return this.packet();
      case Command.STREAM:
      case Command.REMOTE:
        s.remote = byte === Command.REMOTE;
        s.movements = [];
        return [];
      case Command.WRAP:
      case Command.WRAP_OFF:
        s.wrap = byte === Command.WRAP;
        s.movements = [];
        return [];
      case Command.IDENTIFY:
        return [s.kind];
      case Command.ENABLE:
      case Command.DISABLE:
        s.enabled = byte === Command.ENABLE;
        s.movements = [];
        return [];
      case Command.DEFAULTS:
        Object.assign(s, defaults());
        return [];
      case Command.RESET:
        this.s = { ...initial(), buttons: s.buttons };
        return [SELF_TEST_PASSED, this.s.kind];
      default:
        return undefined;
    }
  }

  private send(bytes: number[]): void {
    this.s.sending = bytes;
    this.s.sent = [...bytes];
  }

  private status(): number {
    const { scaling, enabled, remote, buttons } = this.s;
    return (
      (buttons & MouseButton.LEFT ? 4 : 0) |
      (buttons & MouseButton.MIDDLE ? 2 : 0) |
      (buttons & MouseButton.RIGHT ? 1 : 0) |
      (scaling ? Status.SCALING : 0) |
      (enabled ? Status.ENABLED : 0) |
      (remote ? Status.REMOTE : 0)
    );
  }

  /** The next packet. What is farther than a packet can tell is left for the next one. */
  private packet(): number[] {
    const { s } = this;
    const first = s.movements[0] ?? { x: 0, y: 0, wheel: 0, buttons: s.buttons };
    const farthest = this.doubles ? FARTHEST >> 1 : FARTHEST;
    const x = within(first.x, farthest);
    const y = within(first.y, farthest);
    const wheel = s.kind === Kind.PLAIN ? first.wheel : within(first.wheel, FARTHEST_WHEEL);
    addTo(first, { x: -x, y: -y, wheel: -wheel, buttons: first.buttons });
    if (first.x === 0 && first.y === 0 && first.wheel === 0) s.movements.shift();
    return this.packetOf({ x: this.scaled(x), y: this.scaled(y), wheel, buttons: first.buttons });
  }

  private packetOf({ x, y, wheel, buttons }: Movement): number[] {
    const signs = (x < 0 ? Packet.X_NEGATIVE : 0) | (y < 0 ? Packet.Y_NEGATIVE : 0);
    const head = Packet.ALWAYS | signs | (buttons & THREE_BUTTONS);
    const packet = [head, x & 0xff, y & 0xff];
    if (this.s.kind === Kind.WHEEL) packet.push(wheel & 0xff);
    if (this.s.kind === Kind.FIVE_BUTTONS) packet.push((wheel & 0xf) | ((buttons & 0x18) << 1));
    return packet;
  }

  /** Scaling is for the stream alone. */
  private get doubles(): boolean {
    return this.s.scaling && !this.s.remote;
  }

  private scaled(step: number): number {
    if (!this.doubles) return step;
    const size = Math.abs(step);
    return Math.sign(step) * (SCALED[size] ?? 2 * size);
  }

  save(): MouseState {
    return structuredClone(this.s);
  }

  restore(state: MouseState): void {
    this.s = structuredClone(state);
  }

  reset(): void {
    this.s = initial();
  }
}

const within = (value: number, limit: number): number =>
  Math.max(-limit, Math.min(limit, value)) || 0; // no -0

const limited = (movement: Movement): Movement => ({
  x: within(movement.x, MOST_MOVEMENT),
  y: within(movement.y, MOST_MOVEMENT),
  wheel: within(Math.trunc(movement.wheel), MOST_MOVEMENT),
  buttons: movement.buttons,
});

function addTo(sum: Movement, more: Movement): void {
  const { x, y, wheel } = sum;
  Object.assign(
    sum,
    limited({ x: x + more.x, y: y + more.y, wheel: wheel + more.wheel, buttons: more.buttons }),
  );
}
