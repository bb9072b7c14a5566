import { WideCr0 } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import { SvmExit } from '../../isa/svm/exit-codes';
import { MOV_CR } from '../../isa/svm/exit-information';
import type { RegisterIntercepts } from '../guest-mode/guest-mode';
import { GuestExits } from './guest-exits';
import { VirtualInterrupts } from './virtual-interrupts';

/** What the selective intercept of CR0 lets pass (APM 2 15.9). */
const LESS_OF_CR0 = WideCr0.TS | WideCr0.MP;
const RATIO_FRACTION = 32n;

const registerInformation = (gpr: number): bigint => (gpr < 0 ? 0n : MOV_CR | BigInt(gpr));

/** Control registers, CR8 and the TSC in SVM's guest mode (APM 2 15.9, 15.21, 15.30.5). */
export abstract class GuestRegisters extends GuestExits implements RegisterIntercepts {
  protected readonly virtual = new VirtualInterrupts();
  /** The code of an exit that is due behind the present instruction, and its EXITINFO1. */
  protected trap: { readonly code: number; readonly info1: bigint } | undefined;

  writeControlRegister(_number: number, value: bigint): bigint {
    return value; // exceptions other than those of memory come first: see checkControlRegister
  }

  checkControlRegister(number: number, value: bigint, gpr?: number): void {
    if (gpr === undefined) return;
    const information = registerInformation(gpr);
    this.exitIf(SvmExit.CR_WRITE + number, information);
    if (number === 0) this.checkSelectively(value, information);
  }

  /** Only writes that change other bits than TS and MP. */
  private checkSelectively(value: bigint, information: bigint): void {
    if (((this.cpu.state.cr0 ^ value) & ~LESS_OF_CR0) === 0n) return;
    this.exitIf(SvmExit.CR0_SEL_WRITE, information);
  }

  readControlRegister(number: number, value: bigint, gpr: number): bigint {
    this.exitIf(SvmExit.CR_READ + number, registerInformation(gpr));
    return value;
  }

  /** The traps behind writes of EFER and control registers tell the new value. */
  written(register: number | 'EFER'): void {
    const { state } = this.cpu;
    const code = register === 'EFER' ? SvmExit.EFER_WRITE_TRAP : SvmExit.CR_WRITE_TRAP + register;
    if (!this.vmcb.intercepts(code)) return;
    const values: Readonly<Record<number, bigint>> = {
      0: state.cr0,
      2: state.cr2,
      3: state.cr3,
      4: state.cr4,
      8: this.taskPriority() ?? state.cr8,
    };
    const info1 = register === 'EFER' ? state.efer : (values[register] ?? 0n);
    this.trap = { code, info1 };
  }

  /** It changes TS alone: the selective intercept does not concern it. */
  clts(): 'write' {
    this.exitIf(SvmExit.CR_WRITE);
    return 'write';
  }

  /** To it the selective intercept is as the other one; both come before the operand is read. */
  lmsw(source: () => number): number {
    this.exitIf(SvmExit.CR_WRITE);
    this.exitIf(SvmExit.CR0_SEL_WRITE);
    return source();
  }

  /** With V_INTR_MASKING the guest's CR8 is V_TPR (APM 2 15.21.2). */
  taskPriority(): bigint | undefined {
    return this.virtual.masking ? this.virtual.taskPriority : undefined;
  }

  /** Without it a write goes to both. */
  setTaskPriority(value: bigint): boolean {
    this.virtual.taskPriority = value;
    return this.virtual.masking;
  }

  virtualMsr(): undefined {
    return undefined;
  }

  setVirtualMsr(): boolean {
    return false;
  }

  timeStamp(tsc: bigint): bigint {
    const ratio = this.cpu.state.msr(Msr.TSC_RATIO);
    const scaled = (tsc * ratio) >> RATIO_FRACTION;
    return BigInt.asUintN(64, scaled + this.vmcb.read('TSC_OFFSET'));
  }
}
