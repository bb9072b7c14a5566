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
import { compile, guestContext } from '../expressions';
import { linearRip } from '../registers/registers';
import type { RunCommand } from './run-settings';
import type { ValueBreakpoint } from './value-breakpoints';

const PROGRAM = `
org 0x7c00
bits 16
start:  xor bx, bx
        mov cx, 3
again:  dec cx
        jnz again
first:  mov bx, 5
        mov bx, 5
        stc
        mov eax, 0x1234
        mov ecx, 0xc0000081
        xor edx, edx
star:   wrmsr
        cpuid
second: add bx, 2
        mov al, 3
        out 0xf4, al
`;
const MEMORY = 1 << 20;
const FORWARD: RunCommand = { kind: 'continue' };
const BACK: RunCommand = { kind: 'reverse-continue' };
/** CPUID, which writes BX, is done by the monitor in most of them, and by software everything is. */
const STOPS: Partial<Record<MonitorName, readonly string[]>> = {
  none: ['first', 'second', 'second'],
  vtx: ['first', 'star in the monitor', 'second'],
  svm: ['first', 'star in the monitor', 'second'],
  emulate: ['first in the monitor', 'second in the monitor', 'second in the monitor'],
  translate: ['first in the monitor', 'second in the monitor', 'second in the monitor'],
};

async function sessionUnder(monitor: MonitorName) {
  const program = await assembleText(PROGRAM);
  const image = flatImage(program);
  const cpu = monitor === 'svm' ? ('amd' as const) : ('intel' as const);
  const options = { monitor, memory: MEMORY, cpu };
  const debuggee = new Debuggee(
    {
      ...options,
      image,
      programs: [asLoaded(program)],
      holdInterrupts: true,
      historyMemory: monitor === 'translate' ? 0 : 16 << 20,
    },
    { output: () => undefined, log: () => undefined, breathe: () => Promise.resolve() },
  );
  const watchpoint = (text: string, id = 7): ValueBreakpoint => {
    const expression = compile(text);
    return { id, value: () => expression(guestContext(debuggee.target)).value };
  };
  /** What stops a run, and behind which label. */
  const run = async (command: RunCommand): Promise<string> => {
    const result = await debuggee.run.run(command);
    if (result.kind === 'ended') return `ended ${String(result.exitCode)}`;
    const { reason } = result;
    const at = linearRip(debuggee.target.guest);
    const name = program.symbols.all.filter(({ value }) => BigInt(value) <= at).at(-1)?.name ?? '';
    const inside = debuggee.target.side === 'monitor' ? ' in the monitor' : '';
    return `${reason.kind} ${name}${inside}`;
  };
  const alone = (): string => {
    const machine = new Machine(image, options);
    assert.equal(new MachineRun(machine).turn(60_000).kind, 'end');
    return machine.stateHash;
  };
  return { debuggee, watchpoint, run, alone };
}

describe('breakpoints on values', () => {
  for (const [monitor, stops] of Object.entries(STOPS)) {
    it(`stop behind each step that changes one, and leave no trace (${monitor})`, async () => {
      const { debuggee, watchpoint, run, alone } = await sessionUnder(monitor as MonitorName);
      debuggee.breakpoints.watch('test', [watchpoint('guest.bx')]);
      for (const stop of stops) assert.equal(await run(FORWARD), `data-breakpoint ${stop}`);
      assert.equal(await run(FORWARD), 'ended 7');
      assert.equal(debuggee.machine.stateHash, alone());
    });
  }

  it('are found on the way back, and stand before the step', async () => {
    for (const monitor of ['none', 'vtx', 'svm'] as const) {
      const { debuggee, watchpoint, run } = await sessionUnder(monitor);
      debuggee.breakpoints.replace('end', [
        { id: 9, places: [{ kind: 'address', space: 'gva', address: 0x7c2fn }] },
      ]);
      debuggee.breakpoints.watch('test', [watchpoint('guest.cf')]);
      assert.equal(await run(FORWARD), 'data-breakpoint first', monitor);
      const before = debuggee.target.guest.rip;
      assert.equal(await run(BACK), 'data-breakpoint first', monitor);
      assert.ok(debuggee.target.guest.rip < before);
      assert.equal(await run(BACK), 'beginning start');
    }
  });

  it('tell who changes something next, and who did last', async () => {
    const { debuggee, watchpoint, run } = await sessionUnder('vtx');
    const at = watchpoint('msr(STAR)', 0);
    assert.match(await run({ kind: 'next-store', at }), /^next-writer star/);
    assert.equal(debuggee.breakpoints.values.any, false);
    const { instructions } = debuggee.run.recorder ?? {};
    assert.match(await run({ kind: 'next-store', at: watchpoint('guest.cx', 0) }), /^next-writer /);
    assert.match(await run({ kind: 'last-store', at }), /^writer star/);
    assert.ok(Number(debuggee.run.recorder?.instructions) <= Number(instructions));
    assert.match(await run({ kind: 'last-store', at: watchpoint('cr3', 0) }), /^no-writer star/);
  });

  it('stop between the operations of a handler, where one of them changes a field', async () => {
    const { debuggee, watchpoint, run } = await sessionUnder('vtx');
    debuggee.breakpoints.watch('test', [watchpoint('vmcs.guest_rip')]);
    const stops = [];
    for (let n = 0; n < 4; n++) {
      const stop = await run(FORWARD);
      const { activity } = debuggee.target.monitor ?? {};
      assert.ok(activity, 'a handler is under way');
      stops.push(`${stop}: ${activity.last?.name ?? 'nothing done'}`);
    }
    // WRMSR exits, and CPUID does with the same RIP as the monitor had written; then OUT does.
    assert.deepEqual(stops, [
      'data-breakpoint star in the monitor: nothing done',
      'data-breakpoint star in the monitor: VMWRITE',
      'data-breakpoint second in the monitor: VMWRITE',
      'data-breakpoint second in the monitor: nothing done',
    ]);
  });
});
