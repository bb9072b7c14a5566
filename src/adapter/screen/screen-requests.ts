import { keyBytes } from '../../machine/devices/keys';
import type { SessionContext } from '../context';
import { handler, type Handlers } from '../handlers';
import {
  CustomRequest,
  type AttendedArguments,
  type KeysArguments,
  type MouseArguments,
  type MouseResponse,
  type ScreenArguments,
  type ScreenResponse,
} from '../protocol';

/** The guest's monitor, keyboard and mouse. */
export function screenRequests(context: SessionContext): Handlers {
  return {
    [CustomRequest.SCREEN]: handler(({ revision }: ScreenArguments): ScreenResponse => {
      const { vga, mouse } = context.debuggee.machine.platform;
      return { ...context.screen.answer(vga, revision), mouse: mouse.reports };
    }),

    [CustomRequest.KEYS]: handler(({ keys = [], text = '' }: KeysArguments) => {
      context.debuggee.type(keys.flatMap(({ code, down }) => keyBytes(code, down)));
      context.pasting.paste(text);
    }),

    [CustomRequest.MOUSE]: handler(
      ({ dx, dy, wheel = 0, buttons }: MouseArguments): MouseResponse => {
        context.debuggee.moveMouse(dx, dy, wheel, buttons);
        return { listens: context.debuggee.machine.platform.mouse.reports };
      },
    ),

    [CustomRequest.ATTENDED]: handler(({ attended }: AttendedArguments) => {
      context.attended = attended;
    }),
  };
}
