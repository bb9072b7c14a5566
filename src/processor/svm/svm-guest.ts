import { Vector } from '../../isa/exceptions';
import { PageFaultError } from '../../isa/paging';
import { Rflags } from '../../isa/registers/flags';
import { SvmExit } from '../../isa/svm/exit-codes';
import { noteDebugConditions } from '../events/delivery';
import type { InterruptEvent } from '../events/event';
import type { ExternalSignal } from '../events/external-signals';
import type { EventIntercepts, GuestMode } from '../guest-mode/guest-mode';
import type { Persistent } from '../persistent';
import { GuestInstructions } from './guest-instructions';
import { nested } from './guest-state';
import { NestedPageTables, type NestedPagingMode } from './nested-paging';
import type { PauseFilterState } from './pause-filter';
import type { VirtualInterruptsState } from './virtual-interrupts';

/** What is in force between a VMRUN and the next #VMEXIT, beside the VMCB. */
export interface SvmGuestState {
  readonly hostInterrupts: boolean;
  readonly mode: NestedPagingMode;
  readonly pauseFilter: PauseFilterState;
  readonly virtual: VirtualInterruptsState;
  readonly trap: { readonly code: number; readonly info1: bigint } | undefined;
}

const NO_MODE: NestedPagingMode = { cr3: 0n, cr4: 0n, efer: 0n, physicalAddressWidth: 0 };

/** SVM's guest mode, with one VMCB: what of the guest's doings causes #VMEXITs (APM 2 15.9 to 15.14). */
export class SvmGuest
  extends GuestInstructions
  implements GuestMode, EventIntercepts, Persistent<SvmGuestState>
{
  readonly active = true;
  readonly discardsBreakpoints = false;
  readonly hasVirtualNmis = false;
  readonly stepsIterations = false;
  /** RFLAGS.IF of the host, which masks physical interrupts under V_INTR_MASKING (APM 2 15.21.1). */
  private hostInterrupts = false;
  /** How the host has left its own paging, by which nested tables are read. */
  private mode = NO_MODE;
  private tables: NestedPageTables | undefined;

  /** VMRUN: the controls are in force, while the processor still has the host's state. */
  begin(): void {
    const { cpu, vmcb } = this;
    const { cr4, efer, physicalAddressWidth } = cpu.state;
    this.hostInterrupts = cpu.state.hasFlag(Rflags.IF);
    this.mode = { cr3: vmcb.read('N_CR3'), cr4, efer, physicalAddressWidth };
    this.tables = undefined;
    this.trap = undefined;
    this.virtual.begin(vmcb);
    this.pauseFilter.begin(vmcb.readNumber('PAUSE_FILTER_COUNT'));
  }

  /** #VMEXIT is about to happen: what of the VMCB's control area the guest has changed. */
  end(): void {
    this.virtual.end(this.vmcb);
  }

  /** How the guest's accesses to memory go from now on. @returns where second-level translation begins */
  translate(): bigint {
    const { cpu } = this;
    cpu.mmu.secondLevel = this.nestedTables;
    return nested(this.vmcb) ? this.mode.cr3 : 0n;
  }

  /** The nested page tables; undefined where the guest has none. */
  get nestedTables(): NestedPageTables | undefined {
    if (!nested(this.vmcb)) return undefined;
    return (this.tables ??= new NestedPageTables(
      this.cpu.physical,
      this.mode,
      (info1, info2, fetch) => {
        const tellsInstruction = !fetch && this.cpu.eventInDelivery === undefined;
        return this.exit({ code: SvmExit.NPF, info1, info2, tellsInstruction });
      },
    ));
  }

  /** STGI and CLGI: whether they change the guest's own flag. */
  setGlobalInterruptFlag(on: boolean): boolean {
    if (!this.virtual.hasGlobalFlag) return false;
    this.virtual.globalFlag = on;
    return true;
  }

  trapFlag(): void {
    const { trap } = this;
    if (!trap) return;
    this.trap = undefined;
    this.exit(trap);
  }

  deadline(): undefined {
    return undefined;
  }

  instructionLimit(): number {
    return Number.MAX_SAFE_INTEGER;
  }

  /** Virtual NMIs and interrupts that are pending; physical ones come before them (APM 2 15.21.4, 15.21.10). */
  boundary(): boolean {
    const { cpu, virtual } = this;
    cpu.signals.takeNmi();
    if (!virtual.nmiPending && !virtual.pending) return false;
    if (this.holdsSignals || cpu.holdInterrupts || cpu.state.interruptShadow !== 'none')
      return false;
    const enabled = cpu.state.hasFlag(Rflags.IF);
    if (cpu.bus.interruptRequested() && this.recognizesInterrupts(enabled)) return false;
    if (virtual.nmiPending) this.deliverNmi();
    else if (enabled) this.deliverInterrupt();
    return false;
  }

  /** A virtual NMI: it blocks others of its kind alone. */
  private deliverNmi(): void {
    const { cpu, virtual } = this;
    virtual.takeNmi();
    const { nmiBlocked, rip } = cpu.state;
    try {
      cpu.deliver({ kind: 'NMI', vector: Vector.NMI, returnRip: rip });
    } finally {
      cpu.state.nmiBlocked = nmiBlocked;
    }
  }

  /** VMRUN injects an NMI. */
  nmiInjected(): void {
    if (this.virtual.hasNmis) this.virtual.nmisBlocked = true;
  }

  private deliverInterrupt(): void {
    const { cpu, vmcb, virtual } = this;
    if (vmcb.intercepts(SvmExit.VINTR)) this.exit({ code: SvmExit.VINTR });
    virtual.take();
    const vector = vmcb.readNumber('V_INTR_VECTOR') & 0xff;
    cpu.deliver({ kind: 'external-interrupt', vector, returnRip: cpu.state.rip });
  }

  get holdsSignals(): boolean {
    return !this.cpu.svm.globalInterruptFlag;
  }

  /** Where it is intercepted it stays pending for the host (APM 2 15.13.2). */
  nmi(): boolean {
    return this.leaveFor('NMI');
  }

  smi(): void {
    this.leaveFor('SMI');
  }

  private leaveFor(signal: ExternalSignal): boolean {
    if (!this.vmcb.intercepts(SvmExit[signal])) return false;
    this.cpu.signals.raise(signal);
    this.exit({ code: SvmExit[signal] });
  }

  /** IRET ends the blocking of virtual NMIs where the guest has those (APM 2 15.21.10). */
  unblocksNmis(): boolean {
    if (!this.virtual.hasNmis) return true;
    this.virtual.nmisBlocked = false;
    return false;
  }

  recognizesInterrupts(enabled: boolean): boolean {
    const unmasked = this.virtual.masking ? this.hostInterrupts : enabled;
    return this.cpu.svm.globalInterruptFlag && unmasked;
  }

  externalInterrupt(): boolean {
    if (!this.vmcb.intercepts(SvmExit.INTR)) return false;
    this.exit({ code: SvmExit.INTR });
  }

  /** INIT redirected to #SX is none of this processor's features (APM 2 15.21.8, VM_CR.R_INIT). */
  initSignal(): boolean {
    if (!this.vmcb.intercepts(SvmExit.INIT)) return false;
    this.exit({ code: SvmExit.INIT });
  }

  /** A guest never waits for one: its VMCB has no activity state. */
  startUpIpi(): boolean {
    return false;
  }

  /** The #DB of INT1 has an intercept of its own alone. */
  takesException({ vector, kind }: InterruptEvent): boolean {
    if (vector > 31 || kind === 'privileged-software-exception') return false;
    return this.vmcb.intercepts(SvmExit.EXCEPTION + vector);
  }

  /** DR6, and the others that #DB changes, are as its handler would see them; CR2 is not (APM 2 15.12). */
  exception(event: InterruptEvent, during: InterruptEvent | undefined): boolean {
    const { vector, errorCode, address, debug } = event;
    if (!this.takesException(event)) return false;
    if (debug !== undefined) noteDebugConditions(this.cpu.state, debug);
    const page = vector === Vector.PF;
    const ofData = page && ((errorCode ?? 0) & PageFaultError.ID) === 0;
    this.exit({
      code: SvmExit.EXCEPTION + vector,
      info1: BigInt(errorCode ?? 0),
      info2: page ? (address ?? 0n) : 0n,
      vectoring: during,
      nextRip: this.behindException(event),
      tellsInstruction: ofData && !during && !this.cpu.eventInDelivery,
    });
  }

  /** INT3, INTO and BOUND tell where the next instruction is (APM 2 15.7.1). */
  private behindException({ kind, vector, returnRip }: InterruptEvent): bigint | undefined {
    if (kind !== 'hardware-exception') return returnRip;
    return vector === Vector.BR ? this.cpu.nextRip : undefined;
  }

  tripleFault(): boolean {
    if (!this.vmcb.intercepts(SvmExit.SHUTDOWN)) return false;
    this.exit({ code: SvmExit.SHUTDOWN });
  }

  save(): SvmGuestState {
    const { hostInterrupts, mode, trap } = this;
    const [pauseFilter, virtual] = [this.pauseFilter.save(), this.virtual.save()];
    return { hostInterrupts, mode, trap, pauseFilter, virtual };
  }

  restore(state: SvmGuestState): void {
    this.hostInterrupts = state.hostInterrupts;
    this.mode = state.mode;
    this.tables = undefined;
    this.trap = state.trap;
    this.pauseFilter.restore(state.pauseFilter);
    this.virtual.restore(state.virtual);
  }
}
