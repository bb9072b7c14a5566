import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble } from '../../../program';
import { asLoaded, flatImage, Machine, MachineRun } from '../../../session';
import { callStack } from '../../places/stack';
import { Target } from '../../target';

const PROGRAM = join(__dirname, '../../../../samples/hypervisor-vtx/hypervisor.asm');

/** The sample under the monitor, with a debugger that sees all of it. */
async function started() {
  const read = (path: string): Promise<Uint8Array> => Promise.resolve(readFileSync(path));
  const program = await assemble(PROGRAM, { read });
  const options = { monitor: 'vtx', nested: true, memory: 4 << 20 } as const;
  const machine = new Machine(flatImage(program), options);
  const target = new Target(machine, [asLoaded(program)]);
  return { machine, target, run: new MachineRun(machine) };
}

const framesOf = (target: Target): string[] =>
  callStack(target).map((frame) =>
    frame.kind === 'code'
      ? `${frame.name} ${frame.location?.file.split('/').at(-1) ?? '?'}`
      : frame.name,
  );

describe('a guest of the guest, in the debugger', () => {
  it('has its own lines, operation and VM exits, and so has the hypervisor that is a guest', async () => {
    const { machine, target, run } = await started();
    const seen = new Map<string, string>();
    for (let n = 0; n < 4_000_000 && machine.requestedEnd === undefined; n++) {
      if (run.inMonitor) {
        run.operate();
        continue;
      }
      const { technique } = target;
      if (!seen.has(technique.operation)) {
        const [top = ''] = framesOf(target);
        seen.set(technique.operation, top.split(' ').at(-1) ?? '');
      }
      if (seen.size === 3 && target.trace.last?.ofL2) break;
      run.execute(50);
    }
    assert.deepEqual(
      [...seen],
      [
        ['VMX non-root', 'boot.asm'],
        ['VMX non-root, L1: a hypervisor itself', 'enable.asm'],
        ['VMX non-root, L2: the guest of the guest', 'guest.asm'],
      ],
    );
    const { exits } = target.technique;
    const title = target.trace.last && exits.title(target.trace.last);
    assert.match(title ?? '', /^VM exit \d+ of L2: /);
  });
});
