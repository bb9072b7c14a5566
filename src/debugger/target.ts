import type { Field } from '../isa/vmx/fields';
import { Msr } from '../isa/registers/msr';
import type { Computer } from '../machine/computer';
import type { Assembly } from '../program';
import type { PagingState } from '../processor/paging/walk';
import { guestPagingState, type Monitor, type VirtualMachine } from '../vmm';
import { EventLog } from './events';
import { ExitTrace } from './exit-trace';
import { DebugMemory, currentEptPointer } from './memory';
import {
  HostAreaRegisters,
  LiveRegisters,
  SavedGuestRegisters,
  modeOf,
  type Registers,
} from './registers';

/** Who has the processor: the guest, the built-in monitor, or a program on the bare computer. */
export type Side = 'guest' | 'monitor' | 'bare';

/** What is being debugged, from whichever side: registers, memory, program, trace. */
export class Target {
  readonly computer: Computer;
  readonly monitor: Monitor | undefined;
  readonly trace = new ExitTrace();
  /** Interrupts and exceptions that the guest received. */
  readonly events: EventLog;
  /** The guest's memory (of the program itself, on a bare computer). */
  readonly memory: DebugMemory;
  /** The monitor's memory: its virtual addresses are those of the host. */
  readonly hostMemory: DebugMemory;
  private readonly saveArea: number | undefined;

  constructor(
    machine: VirtualMachine | { readonly computer: Computer },
    readonly program: Assembly,
  ) {
    this.computer = machine.computer;
    this.monitor = 'monitor' in machine ? machine.monitor : undefined;
    this.saveArea = 'saveArea' in machine ? machine.saveArea : undefined;
    const cpu = this.computer.processor;
    this.events = new EventLog(cpu);
    this.memory = new DebugMemory(
      cpu,
      () => this.guestPaging(),
      () => (this.monitor ? currentEptPointer(cpu) : undefined),
    );
    this.hostMemory = new DebugMemory(
      cpu,
      () => (this.side === 'guest' && this.host ? pagingOf(this.host) : cpu.state),
      () => undefined,
    );
  }

  get side(): Side {
    if (!this.monitor) return 'bare';
    return this.computer.processor.guestMode.active ? 'guest' : 'monitor';
  }

  /** The guest's registers, or the program's on a bare computer. */
  get guest(): Registers {
    const cpu = this.computer.processor;
    const vmcs = cpu.vmx.current;
    if (this.side !== 'monitor' || !vmcs) return new LiveRegisters(cpu);
    return new SavedGuestRegisters(cpu, vmcs, this.registersSaved ? this.saveArea : undefined);
  }

  /** The monitor's registers: live, or as the next VM exit will load them. */
  get host(): Registers | undefined {
    const cpu = this.computer.processor;
    if (this.side === 'monitor') return new LiveRegisters(cpu);
    const vmcs = this.side === 'guest' ? cpu.vmx.current : undefined;
    return vmcs && new HostAreaRegisters(cpu, vmcs);
  }

  /** The linear address of the guest's next instruction. */
  get linearRip(): bigint {
    return linearRip(this.guest);
  }

  /** Whether the monitor has stored the guest's general registers (its first operation does). */
  private get registersSaved(): boolean {
    return (this.monitor?.activity?.done.length ?? 1) > 0;
  }

  private guestPaging(): PagingState {
    const vmcs = this.computer.processor.vmx.current;
    if (this.side === 'monitor' && vmcs)
      return guestPagingState((field: Field) => vmcs.read(field));
    return this.computer.processor.state;
  }
}

/** CS base + RIP, as fetches compute it. */
export function linearRip(registers: Registers): bigint {
  const { bits } = modeOf(registers);
  if (bits === 64) return registers.rip;
  return (registers.segment(1).base + registers.rip) & 0xffffffffn;
}

function pagingOf(registers: Registers): PagingState {
  const cr0 = registers.controlRegister(0);
  const efer = registers.msr(Msr.EFER) ?? 0n;
  return {
    cr0,
    cr3: registers.controlRegister(3),
    cr4: registers.controlRegister(4),
    efer,
    paging: (cr0 & (1n << 31n)) !== 0n,
    longMode: (efer & (1n << 10n)) !== 0n,
    systemFlags: registers.rflags,
    pdptes: [],
  };
}
