import * as l10n from '@vscode/l10n';
import { WideCr0 } from '../../../isa/registers/control';
import { WideRflags } from '../../../isa/registers/flags';
import { Msr } from '../../../isa/registers/msr';
import { VirtualInterrupt } from '../../../isa/svm/control-fields';
import type { VmcbFieldId } from '../../../isa/svm/vmcb';
import type { PagingState } from '../../../processor/paging/walk';
import type { Processor } from '../../../processor/processor';
import type { CpuState, SegmentRegister, TableRegister } from '../../../processor/state/cpu-state';
import { HIDDEN_MSRS } from '../../../processor/svm/guest-msrs';
import { cplOf, eferOf, nested } from '../../../processor/svm/guest-state';
import { LEFT_SEGMENTS, putSegment, readSegment } from '../../../processor/svm/segments';
import type { Vmcb } from '../../../processor/svm/vmcb';
import { keepsLeft } from '../../../vmm';
import { LiveRegisters, pagingOf, type KeptMsrs, type Registers } from '../../registers/registers';
import { UnitRegisters } from '../../registers/unit-registers';
import { awayUnits } from '../away-units';
import type { GeneralRegisters } from '../general-registers';
import type { SecondLevel } from '../second-level';

const RAX = 0;
const RSP = 4;
const SS = 2;
const FS = 4;
const GS = 5;
const DPL = 0x60;
const DPL_SHIFT = 5;

const GUEST_CR: Readonly<Record<number, VmcbFieldId>> = { 0: 'CR0', 2: 'CR2', 3: 'CR3', 4: 'CR4' };
const HIDDEN: ReadonlyMap<number, VmcbFieldId> = new Map(
  HIDDEN_MSRS.map(([field, msr]) => [msr, field]),
);
const BASES: Readonly<Record<number, number>> = { [Msr.FS_BASE]: FS, [Msr.GS_BASE]: GS };

const isLeft = (index: number): boolean => LEFT_SEGMENTS.some((left) => left === index);

/**
 * Where the state is that neither VMRUN nor #VMEXIT moves (APM 2 15.5.2): FS, GS, TR, LDTR, KernelGSBase, the MSRs of system
 * calls. #VMEXIT leaves it in the processor; a host that wants the processor for itself puts it into the VMCB by
 * VMSAVE, and takes it out again by VMLOAD before it runs the guest.
 */
export type HiddenPlace = 'processor' | 'vmcb';

/** What there is of a guest that does not run. */
export interface GuestParts {
  readonly cpu: Processor;
  readonly vmcb: Vmcb;
  readonly general: GeneralRegisters;
  readonly hidden: HiddenPlace;
  readonly kept?: KeptMsrs | undefined;
  /** Where that lies which hardware does not switch, if another guest has the processor. */
  readonly away?: CpuState | undefined;
}

/**
 * A guest's registers while it does not run: in the VMCB, as VMRUN would load them; the general ones but RAX and RSP where
 * whoever runs it keeps them.
 */
export class VmcbRegisters implements Registers {
  constructor(private readonly parts: GuestParts) {}

  private get vmcb(): Vmcb {
    return this.parts.vmcb;
  }

  /** What the processor still has. */
  private get left(): LiveRegisters {
    return new LiveRegisters(this.parts.cpu, this.parts.kept);
  }

  private get isSaved(): boolean {
    return this.parts.hidden === 'vmcb';
  }

  gpr(index: number): bigint {
    if (index === RAX) return this.vmcb.read('RAX');
    return index === RSP ? this.vmcb.read('RSP') : this.parts.general.read(index);
  }

  setGpr(index: number, value: bigint): void {
    if (index === RAX) this.vmcb.write('RAX', value);
    else if (index === RSP) this.vmcb.write('RSP', value);
    else this.parts.general.write(index, value);
  }

  get rip(): bigint {
    return this.vmcb.read('RIP');
  }

  set rip(value: bigint) {
    this.vmcb.write('RIP', value);
  }

  get rflags(): bigint {
    return this.vmcb.read('RFLAGS');
  }

  set rflags(value: bigint) {
    this.vmcb.write('RFLAGS', value);
  }

  /** CR8 is V_TPR where virtual interrupts are masked by it, else the processor's (APM 2 15.21.2). */
  controlRegister(number: number): bigint {
    const field = GUEST_CR[number];
    if (field !== undefined) return this.vmcb.read(field);
    const control = this.vmcb.readNumber('VIRTUAL_INTERRUPT');
    if (control & VirtualInterrupt.V_INTR_MASKING) return BigInt(control & 0xf);
    return this.parts.cpu.state.cr8;
  }

  setControlRegister(number: number, value: bigint): void {
    const field = GUEST_CR[number];
    if (field !== undefined) this.vmcb.write(field, value);
  }

  segment(index: number): SegmentRegister {
    if (isLeft(index) && !this.isSaved) return this.left.segment(index);
    const register = readSegment(this.vmcb, index);
    if (index !== SS) return register;
    // The privilege level stands beside the segments.
    const rights = (register.accessRights & ~DPL) | (this.cpl << DPL_SHIFT);
    return { ...register, accessRights: rights };
  }

  private get cpl(): number {
    const protectedMode = (this.controlRegister(0) & WideCr0.PE) !== 0n;
    const virtual8086 = protectedMode && (this.rflags & WideRflags.VM) !== 0n;
    return cplOf({ protectedMode, virtual8086 }, this.vmcb);
  }

  setSegment(index: number, value: SegmentRegister): void {
    if (isLeft(index) && !this.isSaved) {
      this.left.setSegment(index, value);
      return;
    }
    putSegment(this.vmcb, index, value);
    if (index === SS) this.vmcb.put('CPL', (value.accessRights & DPL) >> DPL_SHIFT);
    this.vmcb.written();
  }

  get gdtr(): TableRegister {
    return { base: this.vmcb.read('GDTR_BASE'), limit: this.vmcb.readNumber('GDTR_LIMIT') };
  }

  get idtr(): TableRegister {
    return { base: this.vmcb.read('IDTR_BASE'), limit: this.vmcb.readNumber('IDTR_LIMIT') };
  }

  /** DR0 to DR3 are not switched. */
  debugRegister(number: number): bigint {
    if (number === 6) return this.vmcb.read('DR6');
    if (number === 7) return this.vmcb.read('DR7');
    const { away } = this.parts;
    return away ? (away.dr[number] ?? 0n) : this.left.debugRegister(number);
  }

  msr(number: number): bigint | undefined {
    const kept = this.parts.kept?.read(number);
    if (kept !== undefined) return kept;
    if (number === Msr.EFER) return eferOf(this.vmcb, this.controlRegister(0));
    const base = BASES[number];
    if (base !== undefined) return this.segment(base).base;
    const field = this.fieldOf(number);
    if (field !== undefined) return this.vmcb.read(field);
    const { away } = this.parts;
    return away && keepsLeft(number, away.profile) ? away.msr(number) : this.left.msr(number);
  }

  setMsr(number: number, value: bigint): void {
    const base = BASES[number];
    const field = number === Msr.EFER ? 'EFER' : this.fieldOf(number);
    if (this.parts.kept?.read(number) !== undefined) this.parts.kept.write(number, value);
    else if (base !== undefined) this.setSegment(base, { ...this.segment(base), base: value });
    else if (field !== undefined) this.vmcb.write(field, value);
    else if (!this.parts.away) this.left.setMsr(number, value);
    else throw new RangeError(l10n.t('another virtual machine has the processor'));
  }

  /** The field of an MSR whose value stands in the VMCB at present; under nested paging the guest has its own PAT. */
  private fieldOf(number: number): VmcbFieldId | undefined {
    if (number === Msr.PAT) return nested(this.vmcb) ? 'G_PAT' : undefined;
    return this.isSaved ? HIDDEN.get(number) : undefined;
  }

  get units(): UnitRegisters {
    const { away, cpu } = this.parts;
    return new UnitRegisters(away ? awayUnits(away) : cpu);
  }
}

/** The guest's paging, for walks; where it uses PDPTEs, VMRUN loads them from memory. */
export function guestPaging(
  registers: Registers,
  { physical, state }: Processor,
  second: SecondLevel | undefined,
): PagingState {
  const paging = pagingOf(registers);
  const table = paging.cr3 & 0xffffffe0n;
  const pdptes = [0n, 8n, 16n, 24n].map((offset) => {
    const address = table + offset;
    const host = second ? second.hostAddress(address) : Number(address);
    return host === undefined ? 0n : physical.read64(host);
  });
  const { pkru, physicalAddressWidth } = state;
  return { ...paging, pdptes, pkru, physicalAddressWidth };
}
