import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asLoaded, assembleText, flatImage } from '../../../session';
import { TESTED_WAYS, type TestedWay } from '../../../session/ways.testing';
import { Debuggee } from '../../debuggee';
import type { Goal } from '../../run/past/goal';
import { exitAt, rowsOf } from './rows';

/** Whoever goes back and forth finds the chronicle as it was written the first time. */

const RECORDED = TESTED_WAYS.filter(({ monitor }) => monitor !== 'translate');
const MEMORY = 1 << 20;
/** Exits, prints, is interrupted by itself and by the timer, and faults, again and again. */
const PROGRAM = `
        org 0x7c00
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7000
        mov word [0], divide
        mov word [2], ax
        mov word [8 * 4], tick
        mov word [8 * 4 + 2], ax
        mov word [0x41 * 4], divide.done
        mov word [0x41 * 4 + 2], ax
        mov al, 0x34
        out 0x43, al
        mov al, 200
        out 0x40, al
        mov al, 0
        out 0x40, al
        mov al, 0x11
        out 0x20, al
        mov al, 8
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        sti
        mov si, 40
again:  mov dx, 0x3f8
        lea ax, [si + 30]
        out dx, al
        xor eax, eax
        cpuid
        int 0x41
        xor bl, bl
        div bl
        mov cx, 30
wait_:  loop wait_
        dec si
        jnz again
        jmp 0x7df0
divide: push bp
        mov bp, sp
        add word [bp + 2], 2
        pop bp
.done:  iret
tick:   push ax
        mov al, 0x20
        out 0x20, al
        pop ax
        iret
        times 0x1f0 - ($ - $$) db 0
        mov al, 3
        out 0xf4, al`;

async function start({ monitor, paging = 'ept', hosting, cpus = 1 }: TestedWay): Promise<Debuggee> {
  const program = await assembleText(PROGRAM);
  const options = { monitor, paging, hosting, cpus, memory: MEMORY, image: flatImage(program) };
  const programs = [asLoaded(program)] as const;
  const debuggee = new Debuggee(
    { ...options, programs, holdInterrupts: false, historyMemory: 16 << 20 },
    { output: () => undefined, log: () => undefined, breathe: () => Promise.resolve() },
  );
  return debuggee;
}

const written = ({ chronicle }: Debuggee): unknown[] =>
  chronicle.course.parts
    .flatMap((part) => [...rowsOf(part, 0, Infinity)])
    .map((row) => ({
      ...row,
      series: chronicle.series.all[row.series],
    }));

/** To a moment that is known. */
function goalIn({ run, chronicle, targets }: Debuggee, choice: number): Goal {
  const last = run.recorder?.lastInstructions ?? 0;
  const number = choice % (targets[0].trace.total + 20);
  const instructions = exitAt(chronicle, 0, number);
  const goals: readonly Goal[] = [
    { kind: 'start' },
    { kind: 'present' },
    { kind: 'instruction', count: choice % (last + 1) },
    ...(instructions === undefined
      ? []
      : [{ kind: 'exit', number, guest: 0, instructions } as const]),
  ];
  return goals[choice % goals.length] ?? { kind: 'start' };
}

/** What came again by now is what had been written of it. */
function checkProgress({ chronicle }: Debuggee): void {
  const { rows, totals, instructions } = chronicle.save();
  const come = chronicle.course.parts
    .flatMap((part) => [...rowsOf(part, 0, Infinity)])
    .slice(0, rows);
  const counted = totals.map((_, index) => come.filter(({ series }) => series === index).length);
  assert.deepEqual([...totals], counted);
  assert.equal(instructions, come.at(-1)?.at ?? 0);
}

describe('what the chronicle has', function () {
  this.timeout(60_000);

  for (const way of RECORDED) {
    it(`stays as it is when somebody goes back, under ${way.name}`, async () => {
      const debuggee = await start(way);
      // Where it stops there is a present to come back to.
      const places = [{ kind: 'address', space: 'gva', address: 0x7df0n } as const];
      debuggee.breakpoints.replace('end', [
        { id: 1, places, condition: undefined, logMessage: undefined },
      ]);
      await debuggee.run.run({ kind: 'continue' }, true);
      const once = written(debuggee);
      assert.ok(once.length > 100, String(once.length));
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(9999), { maxLength: 6 }), async (choices) => {
          for (const choice of choices) {
            await debuggee.run.run({ kind: 'go-to', goal: goalIn(debuggee, choice) }, false);
            assert.deepEqual(written(debuggee), once);
            checkProgress(debuggee);
          }
        }),
        { numRuns: 6 },
      );
      await debuggee.run.run({ kind: 'go-to', goal: { kind: 'present' } }, false);
      assert.equal(debuggee.run.recorder?.isPast, false);
      checkProgress(debuggee);
      assert.equal(debuggee.chronicle.save().rows, once.length);
      await debuggee.run.run({ kind: 'continue' }, false);
      assert.ok(written(debuggee).length >= once.length);
    });
  }
});
