import type { Persistent } from '../processor/persistent';
import type { Computer } from '../machine/computer';
import type { Processor } from '../processor/processor';
import type { CpuState } from '../processor/state/cpu-state';
import type { SoftwareProcessor } from './emulator/software-processor';
import { HoleFinder } from './deprivilege/holes/hole-finder';
import type { Host } from './host/host';
import type { GuestMemory } from './memory/guest-memory';
import { Monitor, type MonitorState } from './monitor';
import type { Scheduled } from './schedule/scheduler';
import type { Technique } from './technique';
import type { Paging } from './techniques';
import { TranslatedGuest } from './translate/translated-guest';
import type { VcpuArea } from './vcpu';

export interface VirtualMachineState {
  readonly monitor: MonitorState;
  readonly ended: boolean;
}

/**
 * A guest of the built-in monitor's with all that is kept for it, as one of its virtual processors has it: most guests have
 * one, and those that have several share memory and virtual devices.
 */
export class VirtualMachine implements Scheduled, Persistent<VirtualMachineState> {
  /** The monitor, as far as it deals with this guest. */
  readonly monitor: Monitor;
  /** Finds the holes in virtualization that the guest comes to, where the technique has any. */
  readonly holes: HoleFinder | undefined;
  /** Set for good when it has ended, and never has a turn again. */
  ended = false;

  constructor(
    /** Among all that share the host's processor, from 0. */
    readonly number: number,
    readonly host: Host,
    technique: Technique,
    readonly paging: Paging,
    /** Where the monitor's own registers are kept while another guest has the processor; undefined where there is none. */
    private readonly monitorArea?: VcpuArea,
  ) {
    this.monitor = new Monitor(host, technique);
    this.holes = host.deprivileged && new HoleFinder(host.cpu, host.deprivileged);
  }

  save(): VirtualMachineState {
    const { monitor, ended } = this;
    return { monitor: monitor.save(), ended };
  }

  /** After the virtual computer has been. */
  restore({ monitor, ended }: VirtualMachineState): void {
    this.monitor.restore(monitor);
    this.host.executing?.changed();
    this.ended = ended;
  }

  /** Whether it has the processor. */
  get isPresent(): boolean {
    return this.host.isPresent;
  }

  /** The kernel of a host goes on in the process that this guest is. */
  arrive(): void {
    this.host.arrive();
    const { hosting, cpu } = this.host;
    if (!hosting?.kernel.isRoot(cpu.state.cr3)) return;
    cpu.state.cr3 = hosting.process.cr3;
    cpu.flushTlb(false);
    cpu.updateDerivedState();
  }

  leave(): void {
    this.monitorArea?.store(this.host.cpu.state);
  }

  /** The monitor's registers as they were when another guest got the processor; undefined while this one has it. */
  get monitorAway(): CpuState | undefined {
    return this.isPresent ? undefined : this.monitorArea?.state;
  }

  get computer(): Computer {
    return this.host.computer;
  }

  /** Whether it is a virtual processor of the same guest. */
  isSiblingOf({ host }: VirtualMachine): boolean {
    return this.host.virtualComputer === host.virtualComputer;
  }

  /** Whether a guest of the guest's own has the processor, or had it when control came to the monitor. */
  get runsInnerGuest(): boolean {
    return this.host.virtualVmx?.runsL2 === true;
  }

  /** The guest's physical address that one of the inner guest's is; undefined where there is none. */
  outerAddress(address: bigint): bigint | undefined {
    return this.host.virtualVmx?.inL1(address);
  }

  get guestMemory(): GuestMemory {
    return this.host.guestMemory;
  }

  /** Host-physical address of the area with the guest's general registers. */
  get saveArea(): number {
    return this.host.saveArea;
  }

  /** The processor in software, while it is what executes the guest's instructions. */
  get software(): SoftwareProcessor | undefined {
    return this.host.executing;
  }

  /** The guest whose kernel is translated, where the technique does that. */
  get translated(): TranslatedGuest | undefined {
    const { deprivileged } = this.host;
    return deprivileged instanceof TranslatedGuest ? deprivileged : undefined;
  }

  /** All that may execute the guest's instructions: the computer's, and one in software where there is. */
  get processors(): readonly Processor[] {
    const { cpu, software } = this.host;
    return software ? [cpu, software.cpu] : [cpu];
  }
}
