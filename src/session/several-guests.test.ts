import assert from 'node:assert/strict';
import type { BootImage } from './boot/boot-image';
import { assembleText, flatImage, Machine, MachineRun } from '.';
import type { End } from './end';
import { WAYS, type Way } from './ways';

/** Prints a letter so often, with much to compute in between, and ends with a value. */
const counting = (letter: string, times: number): string => `
bits 16
org 0x7c00
        mov dx, 0x3f8
        mov cx, ${String(times)}
print:  mov al, '${letter}'
        out dx, al
        mov bx, 12000
work:   dec bx
        jnz work
        loop print
        mov al, ${String(times)}
        out 0xf4, al
`;

/** Waits for the timer so often, by HLT, and prints a letter each time. */
const waiting = (letter: string, times: number): string => `
bits 16
org 0x7c00
        cli
        mov word [8 * 4], tick
        mov word [8 * 4 + 2], 0
        mov al, 0x11
        out 0x20, al
        mov al, 8
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0x36
        out 0x43, al
        mov ax, 0x1000
        out 0x40, al
        mov al, ah
        out 0x40, al
        mov al, 0xfe
        out 0x21, al
        mov cx, ${String(times)}
        sti
again:  hlt
        mov dx, 0x3f8
        mov al, '${letter}'
        out dx, al
        loop again
        cli
        hlt
tick:   push ax
        mov al, 0x20
        out 0x20, al
        pop ax
        iret
`;

const image = async (text: string): Promise<BootImage> => flatImage(await assembleText(text));

interface Told {
  readonly outputs: readonly string[];
  readonly all: string;
  readonly ends: readonly (readonly [guest: number, end: End['kind']])[];
  readonly last: End['kind'];
}

async function runTogether(way: Way, sources: readonly string[], memory = 1 << 20): Promise<Told> {
  const outputs = sources.map(() => '');
  let all = '';
  const output = (n: number) => ({
    serial: (byte: number) => {
      const character = String.fromCharCode(byte);
      outputs[n] += character;
      all += character;
    },
  });
  const [first, ...rest] = await Promise.all(sources.map(image));
  assert.ok(first);
  const { monitor, paging } = way;
  const others = rest.map((each, n) => ({ image: each, memory, output: output(n + 1) }));
  const machine = new Machine(
    first,
    { monitor, memory, others, ...(paging && { paging }) },
    output(0),
  );
  const run = new MachineRun(machine);
  const ends: [number, End['kind']][] = [];
  const { processor } = machine.computer;
  while (processor.work < 60_000_000) {
    const stop = run.turn(1000, 60_000_000);
    if (stop.kind === 'guest-ended') ends.push([stop.guest, stop.end.kind]);
    else if (stop.kind === 'end') return { outputs, all, ends, last: stop.end.kind };
    else assert.equal(stop.kind, 'spent', all);
  }
  throw new Error(`no end: ${all}`);
}

describe('several guests on one computer', () => {
  for (const way of WAYS.filter(({ monitor }) => monitor !== 'none')) {
    describe(way.name, () => {
      it('share the processor in turns, and end one by one', async () => {
        const { outputs, all, ends, last } = await runTogether(way, [
          counting('a', 4),
          counting('b', 6),
          counting('c', 2),
        ]);
        assert.deepEqual(outputs, ['aaaa', 'bbbbbb', 'cc']);
        assert.match(all, /a+b+.*a.*b/);
        assert.deepEqual(
          ends.map(([guest]) => guest),
          [2, 0],
        );
        assert.equal(last, 'exit-device');
      });

      it('leave the processor to others while they wait for an interrupt', async () => {
        const { outputs, ends } = await runTogether(way, [waiting('w', 8), counting('b', 4)]);
        assert.deepEqual(outputs, ['w'.repeat(8), 'bbbb']);
        assert.equal(ends.length, 1);
      });

      it('wait together', async () => {
        const { outputs, all, last } = await runTogether(way, [waiting('v', 4), waiting('w', 7)]);
        assert.deepEqual(outputs, ['v'.repeat(4), 'w'.repeat(7)]);
        assert.match(all, /^(vw|wv){3}/);
        assert.equal(last, 'halted');
      });
    });
  }
});
