/**
 * The keys of a keyboard with US legends: what each sends in scan-code set 2. They are named as in DOM
 * events (`KeyboardEvent.code`, W3C UI Events): by their places, whatever the layout makes of them.
 */

import { RELEASE } from './scancodes';

const EXTENDED = 0xe0;

/** Keys that send one byte, row by row. */
const PLAIN: Readonly<Record<string, number>> = {
  ...row('Escape F1 F2 F3 F4 F5 F6', '76 05 06 04 0c 03 0b'),
  ...row('F7 F8 F9 F10 F11 F12', '83 0a 01 09 78 07'),
  ...row('Backquote Digit1 Digit2 Digit3 Digit4 Digit5 Digit6', '0e 16 1e 26 25 2e 36'),
  ...row('Digit7 Digit8 Digit9 Digit0 Minus Equal Backspace', '3d 3e 46 45 4e 55 66'),
  ...row('Tab KeyQ KeyW KeyE KeyR KeyT KeyY KeyU', '0d 15 1d 24 2d 2c 35 3c'),
  ...row('KeyI KeyO KeyP BracketLeft BracketRight Backslash', '43 44 4d 54 5b 5d'),
  ...row('CapsLock KeyA KeyS KeyD KeyF KeyG KeyH KeyJ', '58 1c 1b 23 2b 34 33 3b'),
  ...row('KeyK KeyL Semicolon Quote Enter', '42 4b 4c 52 5a'),
  ...row('ShiftLeft KeyZ KeyX KeyC KeyV KeyB KeyN KeyM', '12 1a 22 21 2a 32 31 3a'),
  ...row('Comma Period Slash ShiftRight IntlBackslash', '41 49 4a 59 61'),
  ...row('ControlLeft AltLeft Space ScrollLock NumLock', '14 11 29 7e 77'),
  ...row('NumpadMultiply NumpadSubtract NumpadAdd NumpadDecimal', '7c 7b 79 71'),
  ...row('Numpad0 Numpad1 Numpad2 Numpad3 Numpad4', '70 69 72 7a 6b'),
  ...row('Numpad5 Numpad6 Numpad7 Numpad8 Numpad9', '73 74 6c 75 7d'),
};

/** Keys that came later: the prefix, and a byte. */
const PREFIXED: Readonly<Record<string, number>> = {
  ...row('ControlRight AltRight MetaLeft MetaRight ContextMenu', '14 11 1f 27 2f'),
  ...row('Insert Delete Home End PageUp PageDown', '70 71 6c 69 7d 7a'),
  ...row('ArrowUp ArrowDown ArrowLeft ArrowRight', '75 72 6b 74'),
  ...row('NumpadDivide NumpadEnter', '4a 5a'),
};

/** Keys that send more than a code: [pressed, released]. */
const SPECIAL: Readonly<Record<string, readonly [string, string]>> = {
  PrintScreen: ['e0 12 e0 7c', 'e0 f0 7c e0 f0 12'],
  Pause: ['e1 14 77 e1 f0 14 f0 77', ''],
};

function row(keys: string, codes: string): Record<string, number> {
  const bytes = hex(codes);
  return Object.fromEntries(keys.split(' ').map((key, n) => [key, bytes[n] ?? 0]));
}

function hex(text: string): number[] {
  return text === '' ? [] : text.split(' ').map((byte) => parseInt(byte, 16));
}

/** Whether a keyboard has the key. */
export const isKey = (code: string): boolean =>
  [PLAIN, PREFIXED, SPECIAL].some((table) => Object.hasOwn(table, code));

/** What the keyboard sends when a key goes down or up; nothing for a key that it does not have. */
export function keyBytes(code: string, down: boolean): readonly number[] {
  if (!isKey(code)) return [];
  const special = SPECIAL[code];
  if (special) return hex(special[down ? 0 : 1]);
  const plain = PLAIN[code];
  const make = plain ?? PREFIXED[code] ?? 0;
  const prefix = plain === undefined ? [EXTENDED] : [];
  return [...prefix, ...(down ? [] : [RELEASE]), make];
}

/** Keys that go down one after the other, and up again. */
export function chord(...codes: readonly string[]): { code: string; down: boolean }[] {
  return [
    ...codes.map((code) => ({ code, down: true })),
    ...codes.toReversed().map((code) => ({ code, down: false })),
  ];
}

const press = (code: string): number[] => [...keyBytes(code, true), ...keyBytes(code, false)];

/** Keys whose characters stand on them: below, and with Shift. */
const LEGENDS: Readonly<Record<string, string>> = {
  Backquote: '`~',
  Digit1: '1!',
  Digit2: '2@',
  Digit3: '3#',
  Digit4: '4$',
  Digit5: '5%',
  Digit6: '6^',
  Digit7: '7&',
  Digit8: '8*',
  Digit9: '9(',
  Digit0: '0)',
  Minus: '-_',
  Equal: '=+',
  BracketLeft: '[{',
  BracketRight: ']}',
  Backslash: '\\|',
  Semicolon: ';:',
  Quote: '\'"',
  Comma: ',<',
  Period: '.>',
  Slash: '/?',
  Space: '  ',
  ...Object.fromEntries([...'abcdefghijklmnopqrstuvwxyz'].map(letterKey)),
};

function letterKey(letter: string): [string, string] {
  const upper = letter.toUpperCase();
  return [`Key${upper}`, letter + upper];
}

const CONTROLS: Readonly<Record<string, string>> = {
  '\n': 'Enter',
  '\t': 'Tab',
  '\b': 'Backspace',
  '\x1b': 'Escape',
};

/** The bytes of each character that can be typed. */
const TYPED = new Map<string, readonly number[]>([
  ...Object.entries(CONTROLS).map(([character, code]) => [character, press(code)] as const),
  ...Object.entries(LEGENDS).flatMap(([code, [plain = '', shifted = '']]) => [
    [
      shifted,
      [...keyBytes('ShiftLeft', true), ...press(code), ...keyBytes('ShiftLeft', false)],
    ] as const,
    [plain, press(code)] as const,
  ]),
]);

/** What the keyboard sends while somebody types a text; characters that no key has are left out. */
export function typing(text: string): number[] {
  return [...text.replace(/\r\n?/g, '\n')].flatMap((character) => TYPED.get(character) ?? []);
}
