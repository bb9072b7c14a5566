import assert from 'node:assert/strict';
import { Field } from '../../isa/vmx/fields';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { LONG } from '../../machine/long-mode.testing';
import { assembleText, flatImage, Machine, MachineRun } from '../../session';
import { Target } from '../target';
import { Views } from '../views/views';

/** The page of 0x40000 lies where the guest has no memory; so may the page table for 0x200000. */
const guest = (body: string): string =>
  LONG(`mov dword [0x13000 + 0x40 * 8], 0x8000007\n invlpg [0x40000]\n ${body}\n jmp $`);

/** Runs to the EPT violation that the instruction causes, and stops before the monitor does anything. */
async function atViolation(body: string): Promise<Target> {
  const program = await assembleText(guest(body));
  const machine = new Machine(flatImage(program), { monitor: 'vtx', memory: 4 << 20 });
  const target = new Target(machine, [program]);
  const run = new MachineRun(machine);
  for (;;) {
    const stop = run.inMonitor ? run.operate() : run.execute(1_000_000);
    if (stop?.kind !== 'exit') continue;
    if (target.technique.exits.lastReason() === ExitReason.EPT_VIOLATION) return target;
  }
}

describe('an EPT violation that a walk foretells', function () {
  this.timeout(60_000);

  for (const body of [
    'mov al, [0x40000]',
    'mov [0x40000], al',
    'add byte [0x40000], 1',
    'mov dword [0x12008], 0x8000007\n mov al, [0x200000]',
  ]) {
    it(`has the exit qualification of the one that happens: ${body.replace('\n', ',')}`, async () => {
      const target = await atViolation(body);
      const found = new Views(target, BigInt).pageWalk('guest', 'operand 1');
      assert.ok('picture' in found);
      const real = target.cpu.vmx.current?.read(Field.EXIT_QUALIFICATION) ?? 0n;
      assert.equal(found.picture.stop?.outcome, `exit qualification 0x${real.toString(16)}`);
    });
  }
});
