import assert from 'node:assert/strict';
import { wayOf, type Happening, type WayTerms } from './way';

const TERMS: WayTerms = {
  hostIsProgram: false,
  entering: 'entry',
  here: 'guest/0',
  guest: 'guest/0',
  hasBegun: true,
  occasion: '',
};

const mode = (at: number, room: string, how = ''): Happening => ({
  kind: 'mode',
  at,
  room,
  by: () => how,
});
const event = (at: number, name: string): Happening => ({ kind: 'event', at, by: () => name });
const exit = (at: number, reason: number, ofInner = false): Happening => ({
  kind: 'exit',
  at,
  reason,
  ofInner,
  by: (times) => `exit ${String(reason)} x${String(times)}`,
});

/** 'guest/0 -entry-> host/0' */
const told = (happenings: Happening[], terms: Partial<WayTerms> = {}): string =>
  wayOf(happenings, { ...TERMS, ...terms })
    .map((stay, n) => (n === 0 ? stay.room : `-${stay.by()}-> ${stay.room}`))
    .join(' ');

describe('the way that execution went', () => {
  it('is where it has always been, when nothing has happened', () => {
    assert.equal(told([]), 'guest/0');
    assert.equal(told([], { here: 'guest/3', guest: 'guest/3' }), 'guest/3');
  });

  it('leads to the host, and back by an entry that nobody tells of', () => {
    const happened = [mode(0, 'guest/0'), exit(5, 10)];
    assert.equal(told(happened, { here: 'host/0' }), 'guest/0 -exit 10 x1-> host/0');
    assert.equal(told(happened), 'guest/0 -exit 10 x1-> host/0 -entry-> guest/0');
  });

  it('goes from ring to ring, by the event whose delivery has set the mode', () => {
    const happened = [
      mode(0, 'guest/3'),
      mode(7, 'guest/0', 'call'),
      event(7, 'INT 0x80'),
      mode(9, 'guest/3', 'return'),
      event(12, 'timer'),
    ];
    assert.equal(
      told(happened, { here: 'guest/3', guest: 'guest/3' }),
      'guest/3 -INT 0x80-> guest/0 -return-> guest/3 -timer-> guest/3',
    );
  });

  it('tells exits of one reason together, but that which is handled by itself', () => {
    const happened = [mode(0, 'guest/0'), exit(1, 30), exit(2, 30), exit(3, 30)];
    assert.equal(told(happened), 'guest/0 -exit 30 x3-> host/0 -entry-> guest/0');
    assert.equal(
      told(happened, { here: 'host/0' }),
      'guest/0 -exit 30 x2-> host/0 -entry-> guest/0 -exit 30 x1-> host/0',
    );
  });

  it('does not tell exits together between which something was', () => {
    assert.equal(
      told([mode(0, 'guest/0'), exit(1, 30), event(2, 'IRQ'), exit(3, 30)]),
      'guest/0 -exit 30 x1-> host/0 -entry-> guest/0 -IRQ-> guest/0 -exit 30 x1-> host/0 -entry-> guest/0',
    );
  });

  it('follows a hypervisor that is a program through its own modes', () => {
    const happened = [
      mode(0, 'host/0'),
      mode(4, 'host/0', '64-bit mode'),
      mode(9, 'guest/0', 'call'),
      exit(12, 48),
      mode(12, 'host/0', 'call'),
      event(13, 'NMI'),
    ];
    assert.equal(
      told(happened, { hostIsProgram: true, here: 'host/0' }),
      'host/0 -64-bit mode-> host/0 -entry-> guest/0 -exit 48 x1-> host/0 -NMI-> host/0',
    );
  });

  it('knows the rings of a guest’s guest by its exits', () => {
    assert.equal(
      told([mode(0, 'guest/0'), exit(1, 20), exit(2, 10, true)], { here: 'host/0' }),
      'guest/0 -exit 20 x1-> host/0 -entry-> inner/0 -exit 10 x1-> host/0',
    );
  });

  it('ends where execution is, told of as exactly as it is known', () => {
    assert.equal(told([mode(0, 'station/cache')]), 'guest/0');
    assert.equal(
      told([], { here: 'host/0', occasion: 'emulation' }),
      'guest/0 -emulation-> host/0',
    );
    const preparing = { here: 'host/0', hasBegun: false, occasion: 'preparing' };
    assert.equal(told([], preparing), 'host/0');
  });
});
