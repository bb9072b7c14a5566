import * as l10n from '@vscode/l10n';
import type { Processor } from '../../../processor/processor';
import type { ExitFacts, ExitRecord } from '../../trace/exit-trace';
import { LiveRegisters, type Registers } from '../../registers/registers';
import type { PagingState } from '../../../processor/paging/walk';
import { asAtExit, inProcessor, type GeneralRegisters } from '../general-registers';
import { bareDrawn, type Drawn } from '../drawn';
import type { SecondLevel } from '../second-level';
import type { ProgramPlaces, Side } from '../technique';
import { Vtx } from './vtx';

const GENERAL_REGISTERS = 16;

/**
 * The bare computer: nothing is virtualized until the program itself makes a VMCS current; from then on
 * it is a hypervisor, and what it runs a guest.
 */
export class OwnVtx extends Vtx {
  readonly name = 'none';
  /** The guest's general registers at the last VM exit. */
  private atExit: BigUint64Array | undefined;

  constructor(
    cpu: Processor,
    private readonly places: ProgramPlaces,
  ) {
    super(cpu);
  }

  /** A VM exit is happening: the processor still has the guest's registers. */
  protected override facts(): ExitFacts {
    this.atExit ??= new BigUint64Array(GENERAL_REGISTERS);
    this.atExit.set(this.cpu.state.gprs);
    return super.facts();
  }

  protected get root(): Side {
    return this.virtualizes ? 'hypervisor' : 'bare';
  }

  /** In VMX operation with a current VMCS: there are two worlds. */
  private get virtualizes(): boolean {
    return this.cpu.vmx.inOperation && this.vmcs !== undefined;
  }

  protected get general(): GeneralRegisters {
    return this.atExit ? asAtExit(this.atExit) : inProcessor(this.cpu);
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

  override get drawn(): Drawn {
    return this.virtualizes ? super.drawn : bareDrawn();
  }

  get prepared(): string {
    return l10n.t('The program is in VMX operation and has a current VMCS; no VM exit yet.');
  }

  protected override placeName(address: bigint): string {
    return this.places.line(address) ?? this.places.symbol(address) ?? super.placeName(address);
  }

  /** The program may ask for any of them. */
  protected impossible(): undefined {
    return undefined;
  }

  protected handler({ handler }: ExitRecord): string | undefined {
    return this.places.symbol(handler);
  }
}
