import assert from 'node:assert/strict';
import {
  asLoaded,
  assembleText,
  flatImage,
  Machine,
  MachineRun,
  type MonitorName,
} from '../../session';
import { Debuggee } from '../debuggee';
import { linearRip } from '../registers/registers';
import type { RunCommand } from './run-settings';

/** Stores of each width, at the edges of what is watched, by an address of another segment, and of the same value. */
const PROGRAM = `
org 0x7c00
bits 16
start:  xor ax, ax
        mov ds, ax
        mov byte [0x603], 1     ; below
        mov byte [0x608], 1     ; above
first:  mov dword [0x601], 0x11223344
        cpuid
second: mov byte [0x607], 9
        mov bx, 0x60
        mov ds, bx
third:  mov word [5], 0
        nop
fourth: mov word [5], 0
        mov cx, 3
        push ds
        pop es
        mov di, 2
fifth:  rep stosb
        mov al, 3
        out 0xf4, al
`;
const MONITORS: readonly MonitorName[] = [
  'none',
  'vtx',
  'svm',
  'emulate',
  'deprivilege',
  'paravirt',
];

/** Reads, and stores in which nothing is read. */
const READER = `
org 0x7c00
bits 16
start:  xor ax, ax
        mov ds, ax
        mov byte [0x604], 1
first:  mov eax, [0x602]
        mov byte [0x605], 1
        mov al, [0x608]
        mov al, [0x603]
second: inc byte [0x607]
third:  cmp byte [0x605], 7
        mov al, 3
        out 0xf4, al
`;

async function sessionUnder(monitor: MonitorName, text = PROGRAM) {
  const program = await assembleText(text);
  const image = flatImage(program);
  const cpu = monitor === 'svm' ? ('amd' as const) : ('intel' as const);
  const machine = { image, monitor, memory: 1 << 20, cpu };
  const programs = [asLoaded(program)] as const;
  const debuggee = new Debuggee(
    { ...machine, programs, holdInterrupts: true, historyMemory: 16 << 20 },
    { output: () => undefined, log: () => undefined, breathe: () => Promise.resolve() },
  );
  debuggee.breakpoints.data.replace('test', [{ id: 7, address: 0x604n, length: 4 }]);
  /** What stops a run, and at which instruction: `first+6` is behind one of 6 bytes. */
  const run = async (command: RunCommand): Promise<string> => {
    const result = await debuggee.run.run(command);
    if (result.kind === 'ended') return `ended ${String(result.exitCode)}`;
    const { reason } = result;
    const at = linearRip(debuggee.target.code.registers);
    const name = program.symbols.all.filter(({ value }) => BigInt(value) <= at).at(-1)?.name ?? '';
    const ids = reason.kind === 'data-breakpoint' ? ` ${reason.ids.join()}` : '';
    return `${reason.kind}${ids} ${name}`;
  };
  return { debuggee, image, run };
}

const FORWARD: RunCommand = { kind: 'continue' };
const BACK: RunCommand = { kind: 'reverse-continue' };

describe('data breakpoints', () => {
  for (const monitor of [...MONITORS, 'translate' as const]) {
    it(`stop behind whatever reads there, if that is asked for (${monitor})`, async () => {
      const { debuggee, run } = await sessionUnder(monitor, READER);
      const at = { address: 0x604n, length: 4 };
      debuggee.breakpoints.watch('test', [{ id: 7, ...at, access: 'read' }]);
      for (const label of ['first', 'third', 'third']) {
        assert.equal(await run(FORWARD), `data-breakpoint 7 ${label}`);
      }
      if (monitor === 'translate') return;
      for (const label of ['third', 'second', 'first']) {
        assert.equal(await run(BACK), `data-breakpoint 7 ${label}`);
      }
      debuggee.breakpoints.watch('test', [{ id: 7, ...at, access: 'readWrite' }]);
      // Two stores besides, and the one that INC makes is of the same instruction.
      for (const label of ['first', 'first', 'third', 'third']) {
        assert.equal(await run(FORWARD), `data-breakpoint 7 ${label}`);
      }
      debuggee.breakpoints.watch('test', [{ id: 7, ...at }]);
      assert.equal(await run(FORWARD), 'ended 7');
    });
  }

  for (const monitor of MONITORS) {
    it(`stop behind whatever stores there, and before it on the way back (${monitor})`, async () => {
      const { debuggee, image, run } = await sessionUnder(monitor);
      const stops = ['first', 'second', 'third', 'fourth', 'fifth'];
      for (const label of stops) assert.equal(await run(FORWARD), `data-breakpoint 7 ${label}`);
      // The third round of REP STOSB is the only one that comes there.
      for (const label of [...stops].reverse()) {
        assert.equal(await run(BACK), `data-breakpoint 7 ${label}`);
      }
      assert.equal(await run(BACK), 'beginning start');
      assert.equal(await run(FORWARD), 'data-breakpoint 7 first');
      debuggee.breakpoints.data.replace('test', []);
      assert.equal(await run(FORWARD), 'ended 7');
      const { memory, cpu } = { memory: 1 << 20, cpu: debuggee.target.cpu.state.profile };
      const alone = new Machine(image, {
        monitor,
        memory,
        cpu: cpu.isAmd ? 'amd' : 'intel',
      });
      assert.equal(new MachineRun(alone).turn(60_000).kind, 'end');
      assert.equal(debuggee.machine.stateHash, alone.stateHash);
    });
  }
});
