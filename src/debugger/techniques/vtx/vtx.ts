import * as l10n from '@vscode/l10n';
import { ENTRY_FAILURE } from '../../../isa/vmx/exit-reasons';
import { Field } from '../../../isa/vmx/fields';
import type { PagingState } from '../../../processor/paging/walk';
import type { Processor } from '../../../processor/processor';
import type { Vmcs } from '../../../processor/vmx/vmcs';
import type { CpuState } from '../../../processor/state/cpu-state';
import type { Site } from '../../../vmm';
import type { ExitFacts, ExitRecord } from '../../trace/exit-trace';
import { FieldWriters } from './field-writers';
import { LiveRegisters, pagingOf, type KeptMsrs, type Registers } from '../../registers/registers';
import type { GeneralRegisters } from '../general-registers';
import type { Drawn } from '../drawn';
import type { SecondLevel } from '../second-level';
import type {
  ControlStructure,
  EntryFailure,
  ExitGroup,
  ExitVocabulary,
  Side,
  Technique,
  TlbTags,
} from '../technique';
import { eptOf } from './ept';
import { EXIT_GROUPS } from './exit-groups';
import {
  exitDetail,
  exitGloss,
  exitId,
  exitInformation,
  exitName,
  exitTitle,
  EXIT_WORDS,
  isTripleFault,
} from './exit-words';
import { guestPaging } from './guest-area';
import { GuestAreaRegisters } from './guest-registers';
import { HostAreaRegisters } from './host-registers';
import { VmcsStructure } from './vmcs-structure';
import { vpids } from './vpids';

/** What VT-x has in common, whether the built-in monitor uses it or a program of the user's own. */
export abstract class Vtx implements Technique {
  abstract readonly name: string;

  protected readonly writers: FieldWriters;

  /** @param monitorSite where the built-in monitor is, while it has the processor */
  constructor(
    protected readonly cpu: Processor,
    monitorSite?: () => Site | undefined,
  ) {
    this.writers = new FieldWriters(cpu, monitorSite);
  }

  /** Where the guest's general registers are while it does not run. */
  protected abstract get general(): GeneralRegisters;
  /** MSRs of the guest that whoever runs it keeps. */
  protected readonly kept: KeptMsrs | undefined = undefined;
  /** Who has the processor in root operation. */
  protected abstract readonly root: Side;

  /** The VMCS that is current, once there is one. */
  protected get vmcs(): Vmcs | undefined {
    return this.cpu.vmx.current;
  }

  protected get inGuest(): boolean {
    return this.cpu.guestMode.active;
  }

  /** What VM exits leave in the processor of the guest's, where another guest has the processor: it lies there. */
  protected get away(): CpuState | undefined {
    return undefined;
  }

  get side(): Side {
    return this.inGuest ? 'guest' : this.root;
  }

  get guest(): Registers {
    const { cpu, vmcs, kept } = this;
    if (this.inGuest || !vmcs) return new LiveRegisters(cpu, kept);
    return new GuestAreaRegisters(cpu, vmcs, this.general, kept, this.away);
  }

  get host(): Registers | undefined {
    const { cpu, vmcs } = this;
    if (!this.inGuest) return new LiveRegisters(cpu);
    return vmcs && new HostAreaRegisters(cpu, vmcs);
  }

  get hostStackTop(): bigint | undefined {
    return this.inGuest ? undefined : this.vmcs?.read(Field.HOST_RSP);
  }

  get guestPaging(): PagingState {
    const { vmcs } = this;
    if (this.inGuest || !vmcs) return this.cpu.state;
    return guestPaging(this.cpu, vmcs);
  }

  get hostPaging(): PagingState {
    const { host } = this;
    return this.inGuest && host ? pagingOf(host) : this.cpu.state;
  }

  get secondLevel(): SecondLevel | undefined {
    return this.vmcs && eptOf(this.vmcs, this.cpu.physical);
  }

  get structure(): ControlStructure | undefined {
    const { cpu, vmcs, writers } = this;
    if (!vmcs) return undefined;
    const inGuest = this.side === 'guest'; // or what software executes of it
    const placeName = (address: bigint): string => this.placeName(address);
    const inProgram = this.root === 'hypervisor';
    return new VmcsStructure(cpu, vmcs, { writers, inGuest, inProgram, placeName });
  }

  /** What the program that runs the guest has at a linear address, in a few words. */
  protected placeName(address: bigint): string {
    return `0x${address.toString(16)}`;
  }

  get tlbTags(): TlbTags | undefined {
    return this.cpu.vmx.inOperation ? vpids(this.cpu, this.vmcs) : undefined;
  }

  get operation(): string {
    return this.inGuest ? l10n.t('VMX non-root') : this.hostOperation;
  }

  get hostOperation(): string {
    return l10n.t('VMX root');
  }

  get drawn(): Drawn {
    return {
      gist: l10n.t(
        'VT-x: the guest runs on the processor itself, in non-root mode. What the VMCS asks for is a VM exit to the VMM, in root mode.',
      ),
      entering: l10n.t('VM entry'),
      stations: [],
    };
  }

  get entryFailures(): readonly EntryFailure[] {
    return this.cpu.vmx.entryFailures;
  }

  readonly exits: ExitVocabulary = {
    lastReason: () => (this.vmcs?.readNumber(Field.VM_EXIT_REASON) ?? 0) & 0xffff,
    facts: () => this.facts(),
    groups: EXIT_GROUPS,
    words: EXIT_WORDS,
    impossible: (group) => this.impossible(group),
    number: String,
    id: exitId,
    name: exitName,
    gloss: exitGloss,
    detail: exitDetail,
    title: exitTitle,
    information: exitInformation,
    handler: (exit) => this.handler(exit),
    isTripleFault,
  };

  protected abstract impossible(group: ExitGroup): string | undefined;
  protected abstract handler(exit: ExitRecord): string | undefined;

  protected facts(): ExitFacts {
    const { vmcs } = this;
    const whole = vmcs?.readNumber(Field.VM_EXIT_REASON) ?? 0;
    return {
      reason: whole & 0xffff,
      entryFailed: (whole & ENTRY_FAILURE) !== 0,
      information1: vmcs?.read(Field.EXIT_QUALIFICATION) ?? 0n,
      information2: vmcs?.read(Field.GUEST_PHYSICAL_ADDRESS) ?? 0n,
      interruption: vmcs?.readNumber(Field.VM_EXIT_INTR_INFO) ?? 0,
      handler: vmcs?.read(Field.HOST_RIP) ?? 0n,
    };
  }
}
