import { Vector } from '../../../isa/exceptions';
import { WideEfer } from '../../../isa/registers/control';
import { vmcbFieldAt } from '../../../isa/svm/vmcb';
import { Msr } from '../../../isa/registers/msr';
import { generalProtection } from '../../../processor/faults';
import type { PagingState } from '../../../processor/paging/walk';
import { msrValue } from '../../../processor/reasons/registers';
import type { CpuState } from '../../../processor/state/cpu-state';
import type { Vmcb } from '../../../processor/svm/vmcb';
import type { Intercept, VirtualMachine } from '../../../vmm';
import { svmHandlerName } from '../../../vmm';
import { KeptRegisters } from '../../registers/kept-registers';
import type { KeptMsrs, Registers } from '../../registers/registers';
import type { ExitRecord } from '../../trace/exit-trace';
import { inProcessor, inSaveArea, type GeneralRegisters } from '../general-registers';
import type { ExitGroup, Side } from '../technique';
import { askedOf, neverExits } from '../never-exits';
import type { HiddenPlace } from './guest-registers';
import { Svm } from './svm';

/** SVM as the built-in monitor uses it. */
export class BuiltInSvm extends Svm {
  readonly name = 'svm';
  protected readonly root: Side = 'monitor';

  constructor(
    protected readonly vm: VirtualMachine,
    private readonly intercepts: readonly Intercept[] | undefined,
  ) {
    super(vm.computer.processor, () => vm.monitor.activity?.next.site);
  }

  /** The VMCB has been filled before anybody could look; the monitor still knows by which operations. */
  watchWriters(): void {
    const { vmcb, writers } = this;
    if (!vmcb) return;
    writers.know(vmcb.address);
    for (const { fields, site } of this.vm.monitor.performedOperations) {
      for (const offset of fields) {
        const row = vmcbFieldAt(offset);
        if (!row) continue;
        writers.note(vmcb.address + offset, row.width / 8, { kind: 'monitor', site });
      }
    }
  }

  /** It has a VMCB of its own, whichever was the last to run. */
  protected override get vmcb(): Vmcb | undefined {
    return this.vm.host.vmcb;
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

  /** Named by the last #VMEXIT. */
  get occasion(): string | undefined {
    return undefined;
  }

  /** The monitor's first operation saves them. */
  protected get general(): GeneralRegisters {
    const saved = !this.vm.isPresent || (this.vm.monitor.activity?.done.length ?? 0) > 0;
    return saved ? inSaveArea(this.cpu, this.vm.saveArea) : inProcessor(this.cpu);
  }

  /** Between its VMSAVE and its VMLOAD; and what another guest's turn has left. */
  protected override get hidden(): HiddenPlace {
    if (!this.vm.isPresent) return 'vmcb';
    const done = this.vm.monitor.activity?.done ?? [];
    const last = done.findLast(({ name }) => name === 'VMSAVE' || name === 'VMLOAD');
    return last?.name === 'VMSAVE' ? 'vmcb' : 'processor';
  }

  /** The guest's local APIC is the monitor's; and it has been told of no SVM, so that it reads EFER without SVME. */
  protected override readonly kept: KeptMsrs = {
    read: (number) => {
      if (number === Msr.APIC_BASE) return this.vm.monitor.host.virtualApicBase;
      return number === Msr.EFER ? this.efer & ~WideEfer.SVME : undefined;
    },
    write: (number, value) => {
      if (number === Msr.EFER) this.efer = value | WideEfer.SVME;
      else this.placeApic(value);
    },
  };

  private get efer(): bigint {
    return this.inGuest ? this.cpu.state.efer : (this.vmcb?.read('EFER') ?? 0n);
  }

  private set efer(value: bigint) {
    if (this.inGuest) this.cpu.state.efer = value;
    else this.vmcb?.write('EFER', value);
  }

  private placeApic(value: bigint): void {
    if (!this.vm.host.placeVirtualApic(value)) {
      throw generalProtection(msrValue(Msr.APIC_BASE, value));
    }
    this.cpu.flushWorld(1);
  }

  /** What Intel calls VMCALL is undefined here: the monitor looks at such an instruction first. */
  withholds(vector: number): boolean {
    return vector === Number(Vector.UD) && this.inGuest;
  }

  protected impossible(group: ExitGroup): string | undefined {
    return neverExits(group, askedOf(this.vm, this.intercepts), this.vm.paging);
  }

  protected handler({ reason }: ExitRecord): string | undefined {
    return svmHandlerName(reason);
  }
}
