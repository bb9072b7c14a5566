import assert from 'node:assert/strict';
import { isKey, keyBytes, typing } from './keys';
import { RELEASE, translate } from './scancodes';

const hex = (bytes: readonly number[]) => bytes.map((b) => b.toString(16)).join(' ');

describe('keys', () => {
  it('send a code when they go down, and behind F0 when they go up', () => {
    assert.equal(hex(keyBytes('KeyA', true)), '1c');
    assert.equal(hex(keyBytes('KeyA', false)), 'f0 1c');
    assert.equal(hex(keyBytes('ArrowUp', true)), 'e0 75');
    assert.equal(hex(keyBytes('ArrowUp', false)), 'e0 f0 75');
    assert.equal(hex(keyBytes('PrintScreen', true)), 'e0 12 e0 7c');
    assert.equal(hex(keyBytes('Pause', false)), '');
  });

  it('know no others, whatever their names', () => {
    for (const code of ['', 'KeyÄ', 'constructor', '__proto__']) {
      assert.equal(isKey(code), false);
      assert.deepEqual(keyBytes(code, true), []);
    }
  });

  it('lie in set 1 as programs know them', () => {
    const rows = [
      [0x01, 'Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus'],
      [0x0d, 'Equal Backspace Tab KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft'],
      [
        0x1b,
        'BracketRight Enter ControlLeft KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon',
      ],
      [0x28, 'Quote Backquote ShiftLeft Backslash KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period'],
      [0x35, 'Slash ShiftRight NumpadMultiply AltLeft Space CapsLock F1 F2 F3 F4 F5 F6 F7 F8 F9'],
      [
        0x44,
        'F10 NumLock ScrollLock Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6',
      ],
      [0x4e, 'NumpadAdd Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal'],
      [0x56, 'IntlBackslash F11 F12'],
    ] as const;
    for (const [first, names] of rows) {
      names.split(' ').forEach((name, n) => {
        const [code = 0] = keyBytes(name, true);
        assert.equal(translate(code, false), first + n, name);
      });
    }
  });

  it('type a text: with Shift where the character needs it', () => {
    assert.equal(hex(typing('a')), '1c f0 1c');
    assert.equal(hex(typing('A')), '12 1c f0 1c f0 12');
    assert.equal(hex(typing(' \r\n')), '29 f0 29 5a f0 5a');
    assert.deepEqual(typing('ä€'), []);
  });

  it('type all of ASCII that can be seen', () => {
    const all = Array.from({ length: 95 }, (_, n) => String.fromCharCode(0x20 + n));
    const typed = all.map((character) => typing(character).join());
    assert.equal(new Set(typed).size, 95);
    assert.ok(all.every((character) => typing(character).includes(RELEASE)));
  });
});
