import { Apic } from '../../../isa/apic';
import { Field } from '../../../isa/vmx/fields';
import type { Vmcs } from '../vmcs';
import type { VirtualApicPage } from './virtual-apic-page';

/** The priority class of a vector or of a priority register: bits 7:4. */
const classOf = (value: number): number => (value >>> 4) & 0xf;

/**
 * Virtual interrupts: what is requested and in service in the virtual-APIC page, with RVI and SVI, which
 * stand in the guest interrupt status of the VMCS (SDM 3C 30.1.3, 30.1.4, 30.2).
 */
export class VirtualInterrupts {
  /** A pending virtual interrupt has been recognized (SDM 3C 30.2.1). */
  recognized = false;

  constructor(
    private readonly vmcs: Vmcs,
    private readonly page: VirtualApicPage,
    /** Whether "interrupt-window exiting" keeps virtual interrupts from being recognized. */
    private readonly isWindowExiting: () => boolean,
  ) {}

  /** Requesting virtual interrupt: the highest vector of VIRR. */
  private get rvi(): number {
    return this.vmcs.readNumber(Field.GUEST_INTR_STATUS) & 0xff;
  }

  private set rvi(vector: number) {
    this.vmcs.write(Field.GUEST_INTR_STATUS, (this.svi << 8) | vector);
  }

  /** Servicing virtual interrupt: the highest vector of VISR. */
  private get svi(): number {
    return this.vmcs.readNumber(Field.GUEST_INTR_STATUS) >>> 8;
  }

  private set svi(vector: number) {
    this.vmcs.write(Field.GUEST_INTR_STATUS, (vector << 8) | this.rvi);
  }

  /** Evaluation of pending virtual interrupts (SDM 3C 30.2.1). */
  evaluate(): void {
    const above = classOf(this.rvi) > classOf(this.page.read(Apic.PPR));
    this.recognized = above && !this.isWindowExiting();
  }

  /** PPR virtualization (SDM 3C 30.1.3). */
  virtualizePpr(): void {
    const task = this.page.read(Apic.TPR) & 0xff;
    const { svi } = this;
    this.page.write(Apic.PPR, classOf(task) >= classOf(svi) ? task : svi & 0xf0);
  }

  /** Another task priority, or a VM entry: both may let interrupts through. */
  reconsider(): void {
    this.virtualizePpr();
    this.evaluate();
  }

  /**
   * EOI virtualization (SDM 3C 30.1.4). Pending virtual interrupts are evaluated by whoever calls, unless
   * a VM exit follows.
   *
   * @returns the vector whose service has ended
   */
  endOfInterrupt(): number {
    const vector = this.svi;
    this.page.removeVector(Apic.ISR, vector);
    this.svi = this.page.highestVector(Apic.ISR);
    this.virtualizePpr();
    return vector;
  }

  /** Self-IPI virtualization (SDM 3C 30.1.5). */
  request(vector: number): void {
    this.page.addVector(Apic.IRR, vector);
    this.raise(vector);
  }

  /** Vectors have come into VIRR, of which this is the highest. */
  raise(vector: number): void {
    this.rvi = Math.max(this.rvi, vector);
    this.evaluate();
  }

  /**
   * The part of virtual-interrupt delivery that happens before the guest's IDT is asked (SDM 3C 30.2.2).
   *
   * @returns the vector that goes there
   */
  take(): number {
    const vector = this.rvi;
    const { page } = this;
    page.addVector(Apic.ISR, vector);
    this.svi = vector;
    page.write(Apic.PPR, vector & 0xf0);
    page.removeVector(Apic.IRR, vector);
    this.rvi = page.highestVector(Apic.IRR);
    this.recognized = false;
    return vector;
  }
}
