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

const PROGRAM = `
org 0x7c00
bits 16
start:  in al, 0x61
        out 0x80, al
        mov dx, 0x3f8
first:  out dx, ax
        nop
second: in al, dx
        nop
third:  mov dx, 0x3f7
        out dx, ax
        nop
fourth: mov al, 3
        out 0xf4, al
`;
const MEMORY = 1 << 20;
const FORWARD: RunCommand = { kind: 'continue' };
const BACK: RunCommand = { kind: 'reverse-continue' };
const MONITORS: readonly MonitorName[] = [
  'none',
  'vtx',
  'svm',
  'emulate',
  'deprivilege',
  'translate',
  'paravirt',
];

describe('breakpoints on I/O ports', () => {
  for (const monitor of MONITORS) {
    it(`stop behind what accesses one, and leave no trace (${monitor})`, async () => {
      const program = await assembleText(PROGRAM);
      const image = flatImage(program);
      const cpu = monitor === 'svm' ? ('amd' as const) : ('intel' as const);
      const options = { monitor, memory: MEMORY, cpu };
      const isRecorded = monitor !== 'translate';
      const debuggee = new Debuggee(
        {
          ...options,
          image,
          programs: [asLoaded(program)],
          holdInterrupts: true,
          historyMemory: isRecorded ? 16 << 20 : 0,
        },
        { output: () => undefined, log: () => undefined, breathe: () => Promise.resolve() },
      );
      const watch = (access: 'read' | 'write' | 'readWrite'): void => {
        debuggee.breakpoints.watch('test', [{ id: 7, port: 0x3f8, length: 1, guest: 0, access }]);
      };
      const run = async (command: RunCommand): Promise<string> => {
        const result = await debuggee.run.run(command);
        if (result.kind === 'ended') return `ended ${String(result.exitCode)}`;
        const at = linearRip(debuggee.target.guest);
        const before = program.symbols.all.filter(({ value }) => BigInt(value) <= at);
        return `${result.reason.kind} ${before.at(-1)?.name ?? ''}`;
      };
      watch('readWrite');
      const stops = ['first', 'second', 'third'];
      for (const label of stops) assert.equal(await run(FORWARD), `data-breakpoint ${label}`);
      if (isRecorded) {
        watch('read');
        assert.equal(await run(BACK), 'data-breakpoint second');
        watch('write');
        assert.equal(await run(BACK), 'data-breakpoint first');
        assert.equal(await run(BACK), 'beginning start');
        assert.equal(await run(FORWARD), 'data-breakpoint first');
        assert.equal(await run(FORWARD), 'data-breakpoint third');
      }
      debuggee.breakpoints.watch('test', []);
      assert.equal(await run(FORWARD), 'ended 7');
      const alone = new Machine(image, options);
      assert.equal(new MachineRun(alone).turn(60_000).kind, 'end');
      assert.equal(debuggee.machine.stateHash, alone.stateHash);
    });
  }
});
