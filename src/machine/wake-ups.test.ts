import assert from 'node:assert/strict';
import { assembleText, flatImage, Machine, MachineRun, type MonitorName } from '../session';

/** A HLT that nothing can end is found, under every monitor, with what keeps each device away. */

const READY = `
        mov al, 0x11
        out 0x20, al
        mov al, 0x20
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
`;
const TIMER = `
        mov al, 0x34
        out 0x43, al
        mov al, 0
        out 0x40, al
        mov al, 0x10
        out 0x40, al
`;
const mask = (bits: number): string => `mov al, ${String(bits)}\nout 0x21, al\n`;
/** The handler of the timer's interrupt forgets to tell its end. */
const FORGETFUL = `
        mov word [0x20 * 4], tick
        mov word [0x20 * 4 + 2], 0
`;

const TICKING = FORGETFUL.replace('tick', 'done');

async function end(program: string, monitor: MonitorName): Promise<string> {
  const source = `org 0x7c00\nxor ax, ax\nmov ds, ax\nmov ss, ax\nmov sp, 0x7c00\n${program}\nsti\nwait_: hlt\njmp wait_\ntick: iret\ndone: push ax\nmov al, 0x20\nout 0x20, al\npop ax\niret\n`;
  const image = flatImage(await assembleText(source));
  const run = new MachineRun(new Machine(image, { monitor, memory: 2 << 20 }));
  for (let turns = 0; turns < 20; turns++) {
    const stop = run.turn(20, 2_000_000);
    if (stop.kind === 'end' && stop.end.kind === 'asleep') {
      return stop.end.wakeUps.map(({ obstacle }) => obstacle ?? 'free').join(', ');
    }
    if (stop.kind !== 'spent') return stop.kind;
  }
  return 'runs';
}

describe('a HLT with interrupts enabled', () => {
  const unready = 'uninitialized';
  const cases: readonly (readonly [what: string, program: string, found: string])[] = [
    [
      'an interrupt controller that nobody set up',
      TIMER,
      `${unready}, not-armed, ${unready}, ${unready}`,
    ],
    ['everything masked', READY + mask(0xff) + TIMER, `masked, not-armed, masked, masked`],
    [
      'only the timer free, but not running',
      READY + mask(0xfe),
      'not-armed, not-armed, masked, masked',
    ],
    [
      'no end of interrupt',
      FORGETFUL + READY + mask(0xfe) + TIMER,
      'in-service, not-armed, masked, masked',
    ],
    ['the keyboard free: it may come', READY + mask(0xfd), 'waiting'],
    ['a timer whose interrupts end', TICKING + READY + mask(0xfe) + TIMER, 'runs'],
  ];
  for (const [what, program, found] of cases) {
    for (const monitor of ['none', 'vtx'] as const) {
      it(`${what} (${monitor}): ${found}`, async () => {
        assert.equal(await end(program, monitor), found);
      });
    }
  }
});
