import { Cr0 } from '../../isa/registers/control';
import { PrimaryControl, SecondaryControl } from '../../isa/vmx/controls';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { CrAccessType } from '../../isa/vmx/qualification';
import { generalProtection } from '../faults';
import { fixedInVmx } from '../reasons/registers';
import type { RegisterIntercepts } from '../guest-mode/guest-mode';
import type { GuardedPage } from '../paging/mmu';
import { NonRootExits, VM_EXIT } from './non-root-exits';
import { VirtualApic } from './virtual-apic/virtual-apic';

/** Control registers and the TSC in VMX non-root operation (SDM 3C 26.1.3, 26.3). */
export abstract class NonRootRegisters extends NonRootExits implements RegisterIntercepts {
  /** The local APIC, as far as it is virtualized. */
  protected readonly apic = new VirtualApic(this.cpu, this.vmcs, (information) =>
    this.exit(information),
  );

  get guardedPage(): GuardedPage | undefined {
    return this.apic.guardedPage;
  }

  taskPriority(): bigint | undefined {
    return this.apic.taskPriority();
  }

  setTaskPriority(value: bigint): boolean {
    return this.apic.setTaskPriority(value);
  }

  virtualMsr(index: number): bigint | undefined {
    return this.apic.readMsr(index);
  }

  setVirtualMsr(index: number, value: bigint): boolean {
    return this.apic.writeMsr(index, value);
  }

  private exitCr(number: number, access: number, gpr: number, more = 0n): never {
    const qualification = BigInt(number | (access << 4) | (gpr << 8)) | more;
    this.leaveInstruction(ExitReason.CR_ACCESS, qualification);
    throw VM_EXIT;
  }

  writeControlRegister(number: number, value: bigint, gpr: number): bigint {
    switch (number) {
      case 0:
      case 4: {
        const { mask, shadow } = this.shadowOf(number);
        if ((value ^ shadow) & mask) this.exitCr(number, CrAccessType.MOV_TO, gpr);
        const actual = number === 0 ? this.cpu.state.cr0 : this.cpu.state.cr4;
        return (value & ~mask) | (actual & mask);
      }
      case 3:
        if (this.primary(PrimaryControl.CR3_LOAD_EXITING) && !this.isCr3Target(value)) {
          this.exitCr(3, CrAccessType.MOV_TO, gpr);
        }
        return value;
      case 8:
        if (this.primary(PrimaryControl.CR8_LOAD_EXITING)) this.exitCr(8, CrAccessType.MOV_TO, gpr);
        return value;
      default:
        return value;
    }
  }

  private isCr3Target(value: bigint): boolean {
    const count = this.vmcs.readNumber(Field.CR3_TARGET_COUNT);
    const targets = [
      Field.CR3_TARGET_VALUE0,
      Field.CR3_TARGET_VALUE1,
      Field.CR3_TARGET_VALUE2,
      Field.CR3_TARGET_VALUE3,
    ];
    return targets.slice(0, count).some((field) => this.vmcs.read(field) === value);
  }

  private shadowOf(number: number): { mask: bigint; shadow: bigint } {
    return number === 0
      ? {
          mask: this.vmcs.read(Field.CR0_GUEST_HOST_MASK),
          shadow: this.vmcs.read(Field.CR0_READ_SHADOW),
        }
      : {
          mask: this.vmcs.read(Field.CR4_GUEST_HOST_MASK),
          shadow: this.vmcs.read(Field.CR4_READ_SHADOW),
        };
  }

  readControlRegister(number: number, value: bigint, gpr: number): bigint {
    if (number === 3 && this.primary(PrimaryControl.CR3_STORE_EXITING)) {
      this.exitCr(3, CrAccessType.MOV_FROM, gpr);
    }
    if (number === 8 && this.primary(PrimaryControl.CR8_STORE_EXITING)) {
      this.exitCr(8, CrAccessType.MOV_FROM, gpr);
    }
    if (number !== 0 && number !== 4) return value;
    const { mask, shadow } = this.shadowOf(number);
    return (value & ~mask) | (shadow & mask);
  }

  /** Bits that must stay as VMX wants them (SDM 3C 24.8); PE and PG are free for an unrestricted guest. */
  checkControlRegister(number: number, value: bigint): void {
    if (number !== 0 && number !== 4) return;
    const { capabilities } = this.cpu.vmx;
    let fixed0 = number === 0 ? capabilities.cr0Fixed0 : capabilities.cr4Fixed0;
    const fixed1 = number === 0 ? capabilities.cr0Fixed1 : capabilities.cr4Fixed1;
    if (number === 0 && this.secondary(SecondaryControl.UNRESTRICTED_GUEST)) {
      fixed0 &= ~BigInt(Cr0.PE | Cr0.PG);
    }
    const [missing, forbidden] = [~value & fixed0, value & ~fixed1];
    if (missing || forbidden) {
      throw generalProtection(fixedInVmx(number === 0 ? 'CR0' : 'CR4', missing, forbidden));
    }
  }

  written(): void {
    // What VMX has to say of a write comes before it.
  }

  clts(): 'write' | 'ignore' {
    const { mask, shadow } = this.shadowOf(0);
    const ts = BigInt(Cr0.TS);
    if (!(mask & ts)) return 'write';
    if (shadow & ts) this.exitCr(0, CrAccessType.CLTS, 0);
    return 'ignore';
  }

  lmsw(operand: () => number, linear: bigint | undefined): number {
    const source = operand();
    const { mask, shadow } = this.shadowOf(0);
    const masked = Number(mask & 0xfn);
    const old = Number(shadow & 0xfn);
    const exits = (masked & (source ^ old) & 0xe) !== 0 || (masked & source & ~old & 1) !== 0;
    if (exits) {
      const memory = linear === undefined ? 0n : 0x40n;
      const qualification =
        memory | BigInt(CrAccessType.LMSW << 4) | (BigInt(source & 0xffff) << 16n);
      this.leaveInstruction(ExitReason.CR_ACCESS, qualification, 0, linear);
      throw VM_EXIT;
    }
    const actual = Number(this.cpu.state.cr0 & 0xfn);
    return (source & ~masked) | (actual & masked);
  }

  timeStamp(tsc: bigint): bigint {
    if (!this.primary(PrimaryControl.USE_TSC_OFFSETTING)) return tsc;
    return BigInt.asUintN(64, this.scaled(tsc) + this.vmcs.read(Field.TSC_OFFSET));
  }

  /** The TSC multiplier has 48 bits behind the point (SDM 3C 25.6.5, 26.3). */
  private scaled(tsc: bigint): bigint {
    if (!this.secondary(SecondaryControl.USE_TSC_SCALING)) return tsc;
    return (tsc * this.vmcs.read(Field.TSC_MULTIPLIER)) >> 48n;
  }
}
