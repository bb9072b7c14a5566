import * as l10n from '@vscode/l10n';
import { WideEfer } from '../../../isa/registers/control';
import type { Processor } from '../../../processor/processor';
import type { PagingState } from '../../../processor/paging/walk';
import { Vmcb } from '../../../processor/svm/vmcb';
import { LiveRegisters, type Registers } from '../../registers/registers';
import type { ExitFacts, ExitRecord } from '../../trace/exit-trace';
import { asAtExit, inProcessor, type GeneralRegisters } from '../general-registers';
import { bareDrawn, type Drawn } from '../drawn';
import type { SecondLevel } from '../second-level';
import type { ControlStructure, ProgramPlaces, Side } from '../technique';
import { Svm } from './svm';

const GENERAL_REGISTERS = 16;
const VMRUN = [0x0f, 0x01, 0xd8];
const PAGE_OFFSET = 0xfffn;

/**
 * The bare computer with an AMD processor: nothing is virtualized until the program itself executes VMRUN; from then on it
 * is a hypervisor, and what it runs a guest.
 */
export class OwnSvm extends Svm {
  readonly name = 'none';
  /** The guest's general registers at the last #VMEXIT, and by which VMCB it had run. */
  private atExit: { readonly vmcb: number; readonly values: BigUint64Array } | undefined;

  constructor(
    cpu: Processor,
    private readonly places: ProgramPlaces,
  ) {
    super(cpu);
  }

  private isWatching = false;

  watchWriters(): void {
    this.isWatching = true;
    this.writers.search();
  }

  protected override placeName(address: bigint): string {
    return this.places.line(address) ?? this.places.symbol(address) ?? super.placeName(address);
  }

  /** A #VMEXIT is happening: the processor still has the guest's registers. */
  protected override facts(): ExitFacts {
    const { svm, state } = this.cpu;
    const values = this.atExit?.values ?? new BigUint64Array(GENERAL_REGISTERS);
    values.set(state.gprs);
    this.atExit = { vmcb: svm.current?.address ?? 0, values };
    if (this.isWatching && svm.current) this.writers.know(svm.current.address);
    return super.facts();
  }

  /** Before VMRUN it is the VMCB that the instruction names, whichever was the last. */
  protected override get vmcb(): Vmcb | undefined {
    return this.named ?? super.vmcb;
  }

  private get named(): Vmcb | undefined {
    const { cpu } = this;
    if (this.inGuest || (cpu.state.efer & WideEfer.SVME) === 0n) return undefined;
    const bytes = cpu.instructionBytes();
    if (VMRUN.some((byte, n) => bytes[n] !== byte)) return undefined;
    const rax = cpu.state.gpr(0);
    const address = cpu.state.codeBits === 64 ? rax : rax & 0xffffffffn;
    const isPage = (address & PAGE_OFFSET) === 0n && address < BigInt(cpu.physical.ram);
    return isPage ? new Vmcb(cpu.physical, Number(address)) : undefined;
  }

  protected get root(): Side {
    return this.virtualizes ? 'hypervisor' : 'bare';
  }

  /** SVM is enabled and there is a VMCB: there are two worlds. */
  private get virtualizes(): boolean {
    if (this.inGuest) return true;
    return (this.cpu.state.efer & WideEfer.SVME) !== 0n && this.vmcb !== undefined;
  }

  /** A guest that has not run yet is to have what the processor has. */
  protected get general(): GeneralRegisters {
    const { atExit, vmcb } = this;
    return atExit && atExit.vmcb === vmcb?.address
      ? asAtExit(atExit.values)
      : inProcessor(this.cpu);
  }

  override get guest(): Registers {
    return this.virtualizes ? super.guest : new LiveRegisters(this.cpu);
  }

  override get host(): Registers | undefined {
    return this.virtualizes ? super.host : undefined;
  }

  override get guestPaging(): PagingState {
    return this.virtualizes ? super.guestPaging : this.cpu.state;
  }

  override get secondLevel(): SecondLevel | undefined {
    return this.virtualizes ? super.secondLevel : undefined;
  }

  override get structure(): ControlStructure | undefined {
    return this.virtualizes ? super.structure : undefined;
  }

  override get drawn(): Drawn {
    return this.virtualizes ? super.drawn : bareDrawn();
  }

  get prepared(): string {
    return l10n.t('The program has enabled SVM and has a VMCB; no #VMEXIT yet.');
  }

  /** The program may ask for any of them. */
  protected impossible(): undefined {
    return undefined;
  }

  /** What stands behind VMRUN. */
  protected handler({ handler }: ExitRecord): string | undefined {
    return this.places.symbol(handler);
  }
}
