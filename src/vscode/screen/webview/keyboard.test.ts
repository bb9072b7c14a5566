import assert from 'node:assert/strict';
import { HeldKeys } from './keyboard';

function play(...events: string[]) {
  const held = new HeldKeys();
  const sent: string[] = [];
  let free = false;
  for (const event of events) {
    const code = event.slice(1);
    if (event.startsWith('+')) {
      sent.push(...held.press({ code }).map((key) => `+${key.code}`));
    } else {
      const released = held.release({ code });
      free ||= released.free;
      sent.push(...released.keys.map((key) => `-${key.code}`));
    }
  }
  return { sent, free };
}

describe('keys that are held', () => {
  it('go to the guest as they go down, repeat and go up', () => {
    const events = ['+KeyA', '+KeyA', '-KeyA', '+Escape', '-Escape'];
    assert.deepEqual(play(...events), { sent: events, free: false });
  });

  it('Ctrl and Alt alone give the keyboard back, and are up then', () => {
    const { sent, free } = play('+ControlLeft', '+AltLeft', '-AltLeft');
    assert.equal(free, true);
    assert.deepEqual(sent, ['+ControlLeft', '+AltLeft', '-AltLeft', '-ControlLeft']);
  });

  it('Ctrl+Alt+F1 is for the guest, and so is each of them alone', () => {
    assert.equal(
      play('+ControlLeft', '+AltLeft', '+F1', '-F1', '-AltLeft', '-ControlLeft').free,
      false,
    );
    assert.equal(play('+AltRight', '-AltRight', '+ControlLeft', '-ControlLeft').free, false);
  });

  it('those that no PC has are not sent', () => {
    assert.deepEqual(play('+BrowserBack', '-BrowserBack').sent, []);
  });
});
