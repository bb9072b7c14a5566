import { VIRTUAL_PRIORITY_SHIFT, VirtualInterrupt } from '../../isa/svm/control-fields';
import type { Persistent } from '../persistent';
import type { Vmcb } from './vmcb';

/** V_TPR, V_IRQ and V_GIF stand in the lower half, what says how they are used in the upper. */
export interface VirtualInterruptsState {
  readonly control: number;
}

const { V_TPR, V_IRQ, VGIF, V_INTR_PRIO, V_IGN_TPR, V_INTR_MASKING, AMD_VIRTUAL_GIF } =
  VirtualInterrupt;
const { V_NMI, V_NMI_MASK, V_NMI_ENABLE } = VirtualInterrupt;

/** The virtual interrupts of a guest: the field at 060h, as VMRUN has loaded it and the guest has changed it (APM 2 15.21). */
export class VirtualInterrupts implements Persistent<VirtualInterruptsState> {
  private control = 0;

  begin(vmcb: Vmcb): void {
    this.control = vmcb.readNumber('VIRTUAL_INTERRUPT');
  }

  /** What of it has changed, for the VMCB; the rest is as the VMCB has it. */
  end(vmcb: Vmcb): void {
    const changes = V_TPR | V_IRQ | VGIF | (this.hasNmis ? V_NMI | V_NMI_MASK : 0);
    const others = vmcb.readNumber('VIRTUAL_INTERRUPT') & ~changes;
    vmcb.put('VIRTUAL_INTERRUPT', (others | (this.control & changes)) >>> 0);
  }

  /** The guest's RFLAGS.IF masks virtual interrupts only, and CR8 is V_TPR (APM 2 15.21.1). */
  get masking(): boolean {
    return (this.control & V_INTR_MASKING) !== 0;
  }

  /** STGI and CLGI change V_GIF (APM 2 15.33.2). */
  get hasGlobalFlag(): boolean {
    return (this.control & AMD_VIRTUAL_GIF) !== 0;
  }

  set globalFlag(on: boolean) {
    this.control = on ? this.control | VGIF : this.control & ~VGIF;
  }

  get taskPriority(): bigint {
    return BigInt(this.control & V_TPR & 0xf);
  }

  set taskPriority(value: bigint) {
    this.control = (this.control & ~V_TPR) | Number(value);
  }

  /** Whether the guest has NMIs of its own (APM 2 15.21.10). */
  get hasNmis(): boolean {
    return (this.control & V_NMI_ENABLE) !== 0;
  }

  set nmisBlocked(blocked: boolean) {
    this.control = blocked ? this.control | V_NMI_MASK : this.control & ~V_NMI_MASK;
  }

  /** Whether a virtual NMI is pending that neither one before it nor V_GIF holds back. */
  get nmiPending(): boolean {
    if (!this.hasNmis || this.globalFlagHolds) return false;
    return (this.control & (V_NMI | V_NMI_MASK)) === V_NMI;
  }

  /** It is being delivered, and blocks others until IRET. */
  takeNmi(): void {
    this.control = (this.control & ~V_NMI) | V_NMI_MASK;
  }

  private get globalFlagHolds(): boolean {
    return this.hasGlobalFlag && (this.control & VGIF) === 0;
  }

  /** Whether a virtual interrupt is pending that neither V_TPR nor V_GIF holds back (APM 2 15.21.4). */
  get pending(): boolean {
    const { control } = this;
    if ((control & V_IRQ) === 0) return false;
    if (this.globalFlagHolds) return false;
    const priority = (control & V_INTR_PRIO) >> VIRTUAL_PRIORITY_SHIFT;
    return (control & V_IGN_TPR) !== 0 || priority > Number(this.taskPriority);
  }

  /** It is being delivered. */
  take(): void {
    this.control &= ~V_IRQ;
  }

  save(): VirtualInterruptsState {
    return { control: this.control };
  }

  restore({ control }: VirtualInterruptsState): void {
    this.control = control;
  }
}
