import * as l10n from '@vscode/l10n';
import { WideCr0, WideCr4 } from '../../../isa/registers/control';
import { Msr } from '../../../isa/registers/msr';
import { generalProtection } from '../../../processor/faults';
import { msrValue } from '../../../processor/reasons/registers';
import type { CpuState } from '../../../processor/state/cpu-state';
import { Vmcs } from '../../../processor/vmx/vmcs';
import type { Intercept, VirtualMachine } from '../../../vmm';
import { exitHandlerName } from '../../../vmm';
import type { ExitFacts, ExitRecord } from '../../trace/exit-trace';
import type { PagingState } from '../../../processor/paging/walk';
import { KeptRegisters } from '../../registers/kept-registers';
import type { KeptMsrs, Registers } from '../../registers/registers';
import { inProcessor, inSaveArea, type GeneralRegisters } from '../general-registers';
import type { Drawn } from '../drawn';
import type { ExitGroup, Side } from '../technique';
import { askedOf, neverExits } from '../never-exits';
import { Vtx } from './vtx';

/** VT-x as the built-in monitor uses it. */
export class BuiltInVtx extends Vtx {
  readonly name = 'vtx';
  readonly heldBits = { 0: WideCr0.NE, 4: WideCr4.VMXE };
  protected readonly root: Side = 'monitor';

  constructor(
    protected readonly vm: VirtualMachine,
    private readonly intercepts: readonly Intercept[] | undefined,
  ) {
    super(vm.computer.processor, () => vm.monitor.activity?.next.site);
    this.notePreparation();
  }

  /** The VMCS has been filled before anybody could look; the monitor still knows by which operations. */
  private notePreparation(): void {
    const { vmcs, writers } = this;
    if (!vmcs) return;
    for (const { name, fields, site } of this.vm.monitor.performedOperations) {
      if (name !== 'VMWRITE') continue;
      for (const field of fields) {
        writers.note(vmcs.address, field, vmcs.read(field), { kind: 'monitor', site });
      }
    }
  }

  /** It has a VMCS of its own, whichever is current. */
  protected override get vmcs(): Vmcs | undefined {
    const { computer, host, isPresent } = this.vm;
    if (isPresent || host.vmcs === undefined) return super.vmcs;
    return new Vmcs(computer.memory, host.vmcs);
  }

  protected override get inGuest(): boolean {
    return super.inGuest && this.vm.isPresent;
  }

  protected override get away(): CpuState | undefined {
    return this.vm.isPresent ? undefined : this.vm.host.left?.state;
  }

  override get host(): Registers | undefined {
    const { monitorAway } = this.vm;
    return monitorAway ? new KeptRegisters(monitorAway) : super.host;
  }

  override get hostPaging(): PagingState {
    const { monitorAway } = this.vm;
    return monitorAway ?? super.hostPaging;
  }

  /** Named by the last VM exit. */
  get occasion(): string | undefined {
    return undefined;
  }

  /** The monitor's first operation saves them. */
  protected get general(): GeneralRegisters {
    const saved = !this.vm.isPresent || (this.vm.monitor.activity?.done.length ?? 0) > 0;
    return saved ? inSaveArea(this.cpu, this.vm.saveArea) : inProcessor(this.cpu);
  }

  /** The guest's local APIC is the monitor's. */
  protected override readonly kept: KeptMsrs = {
    read: (number) => (number === Msr.APIC_BASE ? this.vm.monitor.host.virtualApicBase : undefined),
    write: (number, value) => {
      const { host } = this.vm.monitor;
      if (!host.placeVirtualApic(value)) throw generalProtection(msrValue(number, value));
      host.cpu.flushWorld(1);
    },
  };

  /** Of a guest that has guests itself, it is told which of the two has the processor. */
  override get operation(): string {
    const { inGuest } = this;
    const { virtualVmx } = this.vm.host;
    if (!inGuest || !virtualVmx?.inOperation) return super.operation;
    return virtualVmx.runsL2
      ? l10n.t('VMX non-root, L2: the guest of the guest')
      : l10n.t('VMX non-root, L1: a hypervisor itself');
  }

  override get drawn(): Drawn {
    const { virtualVmx } = this.vm.host;
    const nests = virtualVmx?.inOperation === true;
    return { ...super.drawn, ...(nests && { runsInner: virtualVmx.runsL2 }) };
  }

  /** What L1 asks for of L2 may be anything. */
  protected impossible(group: ExitGroup): string | undefined {
    if (this.vm.host.virtualVmx) return undefined;
    return neverExits(group, askedOf(this.vm, this.intercepts), this.vm.paging);
  }

  protected override facts(): ExitFacts {
    return { ...super.facts(), ofL2: this.vm.host.virtualVmx?.runsL2 === true };
  }

  /** For L2's one function decides whom they are for. */
  protected handler({ reason, ofL2 }: ExitRecord): string | undefined {
    return ofL2 ? 'l2ExitHandler' : exitHandlerName(reason);
  }
}
