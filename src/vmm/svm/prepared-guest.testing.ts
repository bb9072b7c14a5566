import assert from 'node:assert/strict';
import { assembleText, flatImage, Machine, MachineRun, type MachineOptions } from '../../session';
import type { Vmcb } from '../../processor/svm/vmcb';

/** A guest in real mode under the built-in monitor, at its first #VMEXIT: that of CPUID. */
export interface ExitedGuest {
  readonly machine: Machine;
  readonly run: MachineRun;
  readonly vmcb: Vmcb;
}

export async function exitedGuest(options: Partial<MachineOptions> = {}): Promise<ExitedGuest> {
  const program = await assembleText('org 0x7c00\nbits 16\nmov ax, 1\ncpuid\nhlt');
  const machine = new Machine(flatImage(program), { monitor: 'svm', memory: 4 << 20, ...options });
  const run = new MachineRun(machine);
  while (run.inMonitor) run.operate();
  for (let n = 0; !run.inMonitor; n++) {
    assert.ok(n < 1000);
    run.execute(1);
  }
  const vmcb = machine.vm?.host.vmcb;
  assert.ok(vmcb);
  return { machine, run, vmcb };
}
