import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleText, flatImage, Machine, MachineRun } from '../../../session';
import type { Debuggee } from '../../debuggee';
import { Target } from '../../target';
import type { Row } from '../../views/row';
import { Views } from '../../views/views';
import { ownSvm, untilSide, untilVmrun } from './own-hypervisor.testing';

const never = (): bigint => 0n;

/** What stands below the checks that the next VMRUN would fail: who wrote which field. */
function writers(target: Target): Map<string, Row> {
  const views = new Views(target, never);
  const rows = (node: string): Row[] => views.rows({ view: 'vmcs', focus: 'host', node }).rows;
  const found = new Map<string, Row>();
  for (const { id } of rows('next')) {
    for (const row of rows(id)) {
      if (row.id.endsWith('.writer')) found.set(row.id.replace(/^.*\/|\.writer$/g, ''), row);
    }
  }
  return found;
}

const told = (target: Target, field: string): string | undefined =>
  writers(target).get(field)?.description;

function write(target: Target, name: string, value: (before: bigint) => bigint): void {
  const field = target.technique.structure?.field(name);
  assert.ok(field);
  field.write(value(field.read()));
}

/** The line of the test program that holds a text. */
const lineOf = (text: string, part: string): number =>
  text.split('\n').findIndex((line) => line.includes(part)) + 1;

const SOURCE = readFileSync(join(__dirname, '../../../session/testdata/svm.asm'), 'utf8');
const ASID = 'mov     dword [rbx + 0x58], 1';
const ZERO = 'mov     dword [rbx + 0x58], 0';

describe('who wrote a field of the VMCB', () => {
  it('under the built-in monitor: an operation, or somebody at the debugger', async () => {
    const program = await assembleText('org 0x7c00\nbits 16\ncpuid\ncpuid\nhlt');
    const machine = new Machine(flatImage(program), { monitor: 'svm', memory: 4 << 20 });
    const target = new Target(machine, [program]);
    const run = new MachineRun(machine);
    const toExit = (): void => {
      while (run.inMonitor) run.operate();
      while (!run.inMonitor) run.execute(1);
    };
    toExit();
    run.operate();
    run.operate();
    const { activity } = machine.vm?.monitor ?? {};
    assert.ok(activity);
    const touched = target.technique.structure?.touched([...activity.done, activity.next]);
    assert.deepEqual(
      touched?.map(({ id }) => id),
      ['EXITCODE'],
    );
    assert.equal(writers(target).size, 0, 'nothing fails');
    write(target, 'GUEST_ASID', () => 0n);
    assert.equal(told(target, 'GUEST_ASID'), 'by you');
    // Not by a store: what stood there was the monitor's.
    machine.vm?.host.vmcb?.write('EFER', 0n);
    assert.match(
      told(target, 'EFER') ?? '',
      /^vmcb-setup\.ts:\d+ \(writeOwnControls\) \(something else has been there since\)$/,
    );
    assert.equal(writers(target).get('EFER')?.site?.file, 'vmm/svm/vmcb-setup.ts');
  });

  it('under a hypervisor of one’s own: the line of the store, before the first VMRUN as well', async () => {
    const debuggee = await ownSvm((text) => text.replace(ASID, ZERO));
    const { target } = debuggee;
    untilVmrun(debuggee);
    assert.match(told(target, 'GUEST_ASID') ?? '', lineOfStore(ZERO));
    write(target, 'GUEST_ASID', () => 1n);
    assert.equal(writers(target).size, 0);
    write(target, 'GUEST_ASID', () => 0n);
    assert.equal(told(target, 'GUEST_ASID'), 'by you');
  });

  it('… and what a #VMEXIT has saved since', async () => {
    const debuggee = await ownSvm();
    const { target } = debuggee;
    untilSide(debuggee, 'guest');
    assert.equal(writers(target).size, 0, 'the guest’s state is not in the VMCB');
    untilSide(debuggee, 'hypervisor');
    const { current } = debuggee.machine.computer.processor.svm;
    current?.write('EFER', 0n); // not by a store
    assert.match(told(target, 'EFER') ?? '', /^\S+:\d+ \(something else has been there since\)$/);
  });

  it('looking changes nothing, before the first VMRUN and after it', async () => {
    const watched = await ownSvm();
    const alone = new Machine(flatImage(await assembleText(SOURCE)), {
      monitor: 'none',
      cpu: 'amd',
      memory: 4 << 20,
    });
    toEnd(watched.machine);
    toEnd(alone);
    assert.equal(watched.machine.stateHash, alone.stateHash);
    const { technique } = watched.target;
    assert.ok(technique.structure);
  });
});

const lineOfStore = (part: string): RegExp =>
  new RegExp(`^\\S+:${String(lineOf(SOURCE.replace(ASID, ZERO), part))}$`);

function toEnd(machine: Debuggee['machine']): void {
  const run = new MachineRun(machine);
  assert.equal(run.turn(10_000, 1_000_000).kind, 'end');
}
