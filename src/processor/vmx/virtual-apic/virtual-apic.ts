import { Apic } from '../../../isa/apic';
import { PinBasedControl, PrimaryControl, SecondaryControl } from '../../../isa/vmx/controls';
import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { Field } from '../../../isa/vmx/fields';
import { ApicAccessType } from '../../../isa/vmx/qualification';
import { generalProtection } from '../../faults';
import type { GuestModeHost } from '../../guest-mode/host';
import type { GuardedAccess, GuardedPage } from '../../paging/mmu';
import type { Persistent } from '../../persistent';
import { msrValue } from '../../reasons/registers';
import type { Controls } from '../controls';
import type { ExitInformation } from '../vm-exit';
import type { Vmcs } from '../vmcs';
import { postInterrupts } from './posted-interrupts';
import { VirtualApicPage } from './virtual-apic-page';
import { VirtualInterrupts } from './virtual-interrupts';
import {
  isReadVirtualized,
  isWriteVirtualized,
  selfIpiVector,
  type VirtualizedBy,
} from './virtualized-registers';

/** A VM exit that comes after the instruction that has caused it. */
interface DueExit {
  readonly reason: number;
  readonly qualification: bigint;
}

/** What is kept between two instructions, beside the virtual-APIC page and the VMCS. */
export interface VirtualApicState {
  readonly recognized: boolean;
  readonly written: number | undefined;
  readonly due: DueExit | undefined;
}

/** What of the local APIC is virtualized, by the controls that are in force. */
interface Virtualized extends VirtualizedBy {
  readonly accesses: boolean;
  readonly msrs: boolean;
  readonly posted: boolean;
}

const NOTHING: Virtualized = {
  tprShadow: false,
  registers: false,
  interrupts: false,
  accesses: false,
  msrs: false,
  posted: false,
};

const SECONDARY =
  SecondaryControl.VIRTUALIZE_APIC_ACCESSES |
  SecondaryControl.VIRTUALIZE_X2APIC_MODE |
  SecondaryControl.APIC_REGISTER_VIRTUALIZATION |
  SecondaryControl.VIRTUAL_INTERRUPT_DELIVERY;

function virtualizedBy({ pin, primary, secondary }: Controls): Virtualized {
  if (!(primary & PrimaryControl.USE_TPR_SHADOW) && !(secondary & SECONDARY)) return NOTHING;
  return {
    tprShadow: (primary & PrimaryControl.USE_TPR_SHADOW) !== 0,
    registers: (secondary & SecondaryControl.APIC_REGISTER_VIRTUALIZATION) !== 0,
    interrupts: (secondary & SecondaryControl.VIRTUAL_INTERRUPT_DELIVERY) !== 0,
    accesses: (secondary & SecondaryControl.VIRTUALIZE_APIC_ACCESSES) !== 0,
    msrs: (secondary & SecondaryControl.VIRTUALIZE_X2APIC_MODE) !== 0,
    posted: (pin & PinBasedControl.PROCESS_POSTED_INTERRUPTS) !== 0,
  };
}

/** The registers of x2APIC mode; a register's MSR tells its offset in the page (SDM 3A 11.12.1.2). */
const X2APIC_FIRST = 0x800;
const X2APIC_LAST = 0x8ff;
const msrOf = (offset: number): number => X2APIC_FIRST + (offset >> 4);
const TPR_MSR = msrOf(Apic.TPR);
const EOI_MSR = msrOf(Apic.EOI);
const SELF_IPI_MSR = msrOf(Apic.SELF_IPI);

/** The local APIC that a guest finds without VM exits (SDM 3C chapter 30). */
export class VirtualApic implements GuardedPage, Persistent<VirtualApicState> {
  /** The APIC-access page. */
  frame = 0;
  private by = NOTHING;
  private readonly page: VirtualApicPage;
  private readonly interrupts: VirtualInterrupts;
  /** The offset that has been written in the APIC-access page by the present instruction. */
  private written: number | undefined;
  private due: DueExit | undefined;
  private windowExiting = false;

  constructor(
    private readonly cpu: GuestModeHost,
    private readonly vmcs: Vmcs,
    private readonly exit: (information: ExitInformation) => never,
  ) {
    this.page = new VirtualApicPage(cpu.physical, vmcs);
    this.interrupts = new VirtualInterrupts(vmcs, this.page, () => this.windowExiting);
  }

  save(): VirtualApicState {
    const { written, due } = this;
    return { recognized: this.interrupts.recognized, written, due };
  }

  restore({ recognized, written, due }: VirtualApicState, controls?: Controls): void {
    if (controls) this.obey(controls);
    this.interrupts.recognized = recognized;
    this.written = written;
    this.due = due;
  }

  /** A VM entry has loaded the guest. */
  begin(controls: Controls): void {
    this.interrupts.recognized = false;
    this.written = this.due = undefined;
    this.obey(controls);
    if (this.by === NOTHING) return;
    if (this.by.interrupts) this.interrupts.reconsider();
    else if (this.by.accesses && this.by.tprShadow) this.compareAtEntry();
  }

  private obey(controls: Controls): void {
    this.by = virtualizedBy(controls);
    if (this.by === NOTHING) return;
    this.frame = Number(this.vmcs.read(Field.APIC_ACCESS_ADDR));
    this.windowExiting = (controls.primary & PrimaryControl.INTERRUPT_WINDOW_EXITING) !== 0;
  }

  /** The TPR threshold after a VM entry; not in the shutdown and wait-for-SIPI states (SDM 3C 27.7.7). */
  private compareAtEntry(): void {
    const { activity } = this.cpu.state;
    if (activity !== 'shutdown' && activity !== 'wait-for-SIPI') this.compareWithThreshold();
  }

  get guardedPage(): GuardedPage | undefined {
    return this.by.accesses ? this : undefined;
  }

  /** Between two instructions: what the last one has led to (SDM 3C 30.4.3.2). */
  settle(): void {
    const { written } = this;
    this.written = undefined;
    if (written !== undefined) this.emulateWrite(written);
    const { due } = this;
    if (!due) return;
    this.due = undefined;
    this.exit(due);
  }

  get hasSomethingToSettle(): boolean {
    return this.written !== undefined || this.due !== undefined;
  }

  /** CR8 under a TPR shadow: bits 7:4 of VTPR (SDM 3C 30.3). */
  taskPriority(): bigint | undefined {
    return this.by.tprShadow ? BigInt((this.page.read(Apic.TPR) >>> 4) & 0xf) : undefined;
  }

  setTaskPriority(value: bigint): boolean {
    if (!this.by.tprShadow) return false;
    this.page.write(Apic.TPR, Number(value) << 4);
    this.virtualizeTpr();
    return true;
  }

  /** RDMSR of a register of x2APIC mode (SDM 3C 30.5). */
  readMsr(index: number): bigint | undefined {
    if (!this.by.msrs || index < X2APIC_FIRST || index > X2APIC_LAST) return undefined;
    if (!this.by.registers && index !== TPR_MSR) return undefined;
    return this.page.read64((index & 0xff) << 4);
  }

  /**
   * WRMSR of one (SDM 3C 30.5).
   *
   * @returns whether it is virtualized
   * @throws Fault #GP(0) for reserved bits
   */
  writeMsr(index: number, value: bigint): boolean {
    if (!this.by.msrs) return false;
    const bits = this.msrBits(index);
    if (bits === undefined) return false;
    if (value & ~bits) throw generalProtection(msrValue(index, value));
    const offset = (index & 0xff) << 4;
    this.page.write(offset, Number(value));
    this.page.write(offset + 4, 0);
    this.actOnMsr(index, Number(value));
    return true;
  }

  /** The bits that one may have whose writes are virtualized. */
  private msrBits(index: number): bigint | undefined {
    if (index === TPR_MSR) return 0xffn;
    if (!this.by.interrupts) return undefined;
    if (index === EOI_MSR) return 0n;
    return index === SELF_IPI_MSR ? 0xffn : undefined;
  }

  private actOnMsr(index: number, value: number): void {
    if (index === TPR_MSR) this.virtualizeTpr();
    else if (index === EOI_MSR) this.virtualizeEoi();
    else if (value >= 16) this.interrupts.request(value);
    else this.pend(ExitReason.APIC_WRITE, Apic.SELF_IPI);
  }

  /** An access to the APIC-access page by a linear address (SDM 3C 30.4). */
  access(offset: number, bytes: number, { write, execute, update }: GuardedAccess): number {
    const reads = !write || update;
    const virtualized =
      !execute &&
      (!reads || isReadVirtualized(offset, bytes, this.by)) &&
      (!write || isWriteVirtualized(offset, bytes, this.by));
    if (!virtualized) {
      const { FETCH, WRITE, READ, EVENT_DELIVERY } = ApicAccessType;
      const type = execute ? FETCH : write ? WRITE : READ;
      this.exitByAccess(offset, this.cpu.eventInDelivery ? EVENT_DELIVERY : type);
    }
    if (write && !update) {
      this.written = offset;
      this.cpu.endStretch();
    }
    return this.page.address + offset;
  }

  /** A guest-physical access: it always exits (SDM 3C 30.4.6.1). */
  accessByWalk(offset: number): void {
    const { PHYSICAL, PHYSICAL_EVENT_DELIVERY } = ApicAccessType;
    this.exitByAccess(offset, this.cpu.eventInDelivery ? PHYSICAL_EVENT_DELIVERY : PHYSICAL);
  }

  private exitByAccess(offset: number, type: number): never {
    const { cpu } = this;
    const inInstruction = type === ApicAccessType.READ || type === ApicAccessType.WRITE;
    this.exit({
      reason: ExitReason.APIC_ACCESS,
      qualification: BigInt(offset | (type << ApicAccessType.SHIFT)),
      ...(inInstruction && { instructionLength: cpu.decodedLength() }),
    });
  }

  /** APIC-write emulation, after the instruction that wrote (SDM 3C 30.4.3.2). */
  private emulateWrite(offset: number): void {
    const { page, interrupts } = this;
    switch (offset & 0xff0) {
      case Apic.TPR:
        page.write(Apic.TPR, page.read(Apic.TPR) & 0xff);
        this.virtualizeTpr();
        return;
      case Apic.ICR_HIGH:
        page.write(Apic.ICR_HIGH, page.read(Apic.ICR_HIGH) & 0xff00_0000);
        return;
      case Apic.EOI:
        if (!this.by.interrupts) break;
        page.write(Apic.EOI, 0);
        this.virtualizeEoi();
        return;
      case Apic.ICR_LOW: {
        const vector = this.by.interrupts ? selfIpiVector(page.read(Apic.ICR_LOW)) : undefined;
        if (vector === undefined) break;
        interrupts.request(vector);
        return;
      }
    }
    this.pend(ExitReason.APIC_WRITE, offset);
  }

  /** TPR virtualization (SDM 3C 30.1.2). */
  private virtualizeTpr(): void {
    if (this.by.interrupts) this.interrupts.reconsider();
    else this.compareWithThreshold();
  }

  private compareWithThreshold(): void {
    const threshold = this.vmcs.readNumber(Field.TPR_THRESHOLD) & 0xf;
    const priority = (this.page.read(Apic.TPR) >>> 4) & 0xf;
    if (priority < threshold) this.pend(ExitReason.TPR_BELOW_THRESHOLD, 0);
  }

  /** EOI virtualization (SDM 3C 30.1.4). */
  private virtualizeEoi(): void {
    const vector = this.interrupts.endOfInterrupt();
    if (this.exitsAtEnd(vector)) this.pend(ExitReason.VIRTUALIZED_EOI, vector);
    else this.interrupts.evaluate();
  }

  /** The EOI-exit bitmap: four fields of 64 bits (SDM 3C 25.6.8). */
  private exitsAtEnd(vector: number): boolean {
    const bitmap = this.vmcs.read(Field.EOI_EXIT_BITMAP0 + 2 * (vector >>> 6));
    return ((bitmap >> BigInt(vector & 63)) & 1n) !== 0n;
  }

  private pend(reason: number, qualification: number): void {
    this.due = { reason, qualification: BigInt(qualification) };
  }

  /** Whether a virtual interrupt goes to the guest as soon as the guest takes interrupts. */
  get interruptRecognized(): boolean {
    return this.interrupts.recognized;
  }

  /** Virtual-interrupt delivery (SDM 3C 30.2.2). */
  deliverInterrupt(): void {
    const vector = this.interrupts.take();
    this.cpu.deliver({ kind: 'external-interrupt', vector, returnRip: this.cpu.state.rip });
  }

  /**
   * An external interrupt while posted interrupts are processed: it is acknowledged (SDM 3C 30.6).
   *
   * @returns its vector when it is to exit; undefined when it was the notification, which is over then
   */
  takeNotification(): number | undefined {
    const { cpu, vmcs } = this;
    const vector = cpu.bus.acknowledgeInterrupt();
    if (vector !== (vmcs.readNumber(Field.POSTED_INTR_NV) & 0xff)) return vector;
    cpu.bus.apic?.write(EOI_MSR, 0n);
    const descriptor = Number(vmcs.read(Field.POSTED_INTR_DESC_ADDR));
    this.interrupts.raise(postInterrupts(cpu.physical, descriptor, this.page));
    return undefined;
  }

  get processesPosted(): boolean {
    return this.by.posted;
  }
}
