import { ExitReason } from '../isa/vmx/exit-reasons';
import { SEG_NAMES } from '../isa/registers/segment';
import { gprName } from '../isa/registers/general';
import { Msr } from '../isa/registers/msr';
import { LiveRegisters, SavedGuestRegisters, type Registers } from '../debugger/registers';
import type { GuestRun, RunEnd } from './guest-run';
import type { Machine } from './machine';

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** The JSON that `run --json` writes. */
export function report(run: GuestRun, end: RunEnd): string {
  const { machine } = run;
  const { processor } = machine.computer;
  const guest = guestRegisters(machine);
  const platform = 'monitor' in machine ? machine.monitor.host.virtual : machine.computer.platform;
  const monitorCycles = 'monitor' in machine ? machine.monitor.cycles : 0;
  const names = Object.fromEntries(
    Object.entries(ExitReason).map(([name, number]) => [number, name]),
  );
  return JSON.stringify(
    {
      ...end,
      instructions: processor.retired,
      cycles: processor.retired + monitorCycles,
      exits: Object.fromEntries(
        [...run.exits].map(([reason, count]) => [names[reason] ?? reason, count]),
      ),
      unclaimedPorts: Object.fromEntries(
        [...platform.ports.unclaimed].map(([port, counted]) => [hex(port), counted]),
      ),
      registers: {
        ...Object.fromEntries(
          Array.from({ length: 16 }, (_, index) => [gprName(index, 64), hex(guest.gpr(index))]),
        ),
        rip: hex(guest.rip),
        rflags: hex(guest.rflags),
        cr0: hex(guest.controlRegister(0)),
        cr2: hex(guest.controlRegister(2)),
        cr3: hex(guest.controlRegister(3)),
        cr4: hex(guest.controlRegister(4)),
        efer: hex(guest.msr(Msr.EFER) ?? 0n),
        ...Object.fromEntries(
          SEG_NAMES.map((name, index) => [name.toLowerCase(), hex(guest.segment(index).selector)]),
        ),
      },
    },
    undefined,
    2,
  );
}

/** The guest's registers, on whichever side of a VM exit the run ended. */
function guestRegisters(machine: Machine): Registers {
  const cpu = machine.computer.processor;
  const vmcs = cpu.vmx.current;
  if (!('monitor' in machine) || cpu.guestMode.active || !vmcs) return new LiveRegisters(cpu);
  return new SavedGuestRegisters(cpu, vmcs, machine.saveArea);
}
