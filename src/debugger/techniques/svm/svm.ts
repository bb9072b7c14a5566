import * as l10n from '@vscode/l10n';
import type { PagingState } from '../../../processor/paging/walk';
import type { Processor } from '../../../processor/processor';
import type { CpuState } from '../../../processor/state/cpu-state';
import { nested } from '../../../processor/svm/guest-state';
import { NestedPageTables } from '../../../processor/svm/nested-paging';
import type { Vmcb } from '../../../processor/svm/vmcb';
import type { Site } from '../../../vmm';
import type { VmrunFailure } from '../../../processor/svm/vmrun-failures';
import type { ExitFacts, ExitRecord } from '../../trace/exit-trace';
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
import { asids } from './asids';
import { SVM_GROUPS } from './exit-groups';
import { exitInformation } from './exit-information';
import {
  EXIT_WORDS,
  exitDetail,
  exitGloss,
  exitId,
  exitName,
  exitNumber,
  exitTitle,
  INVALID,
  isTripleFault,
} from './exit-words';
import { guestPaging, VmcbRegisters, type HiddenPlace } from './guest-registers';
import { HostSaveAreaRegisters } from './host-registers';
import { NestedWalk } from './nested-tables';
import { VmcbStructure } from './vmcb-structure';
import { VmcbWriters } from './vmcb-writers';
import { foundText } from './vmrun-rows';

/** What SVM has in common, whether the built-in monitor uses it or a program of the user's own. */
export abstract class Svm implements Technique {
  abstract readonly name: string;

  /** The VMCB into which the host has last put the state that VMRUN does not move, and after how many exits. */
  private saved: { readonly vmcb: number; readonly exits: number } | undefined;

  protected readonly writers: VmcbWriters;

  /** @param monitorSite where the built-in monitor is, while it has the processor */
  constructor(
    protected readonly cpu: Processor,
    monitorSite?: () => Site | undefined,
  ) {
    this.writers = new VmcbWriters(cpu, monitorSite);
    this.observeHidden();
  }

  abstract watchWriters(): void;

  /** Where the guest's general registers are while it does not run. */
  protected abstract get general(): GeneralRegisters;
  /** MSRs of the guest that whoever runs it keeps. */
  protected readonly kept: KeptMsrs | undefined = undefined;
  /** Who has the processor outside guest mode. */
  protected abstract readonly root: Side;

  /** The VMCB that the guest runs by, or has run by. */
  protected get vmcb(): Vmcb | undefined {
    return this.cpu.svm.current;
  }

  protected get inGuest(): boolean {
    return this.cpu.svm.inGuest;
  }

  /** What #VMEXIT leaves in the processor of the guest's, where another guest has the processor: it lies there. */
  protected get away(): CpuState | undefined {
    return undefined;
  }

  private observeHidden(): void {
    const { observer, tally } = this.cpu;
    const { hiddenMoved: others } = observer;
    observer.hiddenMoved = (instruction, vmcb) => {
      others?.(instruction, vmcb);
      const isGuests = vmcb === this.vmcb?.address && !this.inGuest;
      if (isGuests)
        this.saved = instruction === 'VMSAVE' ? { vmcb, exits: tally.exits } : undefined;
    };
  }

  /** #VMEXIT leaves it in the processor, whatever was saved before. */
  protected get hidden(): HiddenPlace {
    const { saved, vmcb, cpu } = this;
    const isSaved = saved?.vmcb === vmcb?.address && saved?.exits === cpu.tally.exits;
    return isSaved ? 'vmcb' : 'processor';
  }

  get side(): Side {
    return this.inGuest ? 'guest' : this.root;
  }

  get guest(): Registers {
    const { cpu, vmcb, general, hidden, kept, away } = this;
    if (this.inGuest || !vmcb) return new LiveRegisters(cpu, kept);
    return new VmcbRegisters({ cpu, vmcb, general, hidden, kept, away });
  }

  get host(): Registers | undefined {
    const { cpu } = this;
    if (!this.inGuest) return new LiveRegisters(cpu);
    return new HostSaveAreaRegisters(cpu, cpu.svm.hostSaveArea);
  }

  /** A host goes on behind VMRUN with the stack that it had: its callers are there. */
  get hostStackTop(): bigint | undefined {
    return undefined;
  }

  get guestPaging(): PagingState {
    const { vmcb, cpu } = this;
    if (this.inGuest || !vmcb) return cpu.state;
    return guestPaging(this.guest, cpu, this.secondLevel);
  }

  get hostPaging(): PagingState {
    const { host } = this;
    return this.inGuest && host ? pagingOf(host) : this.cpu.state;
  }

  /** While the host runs: as a VMRUN would have it now, in the host's paging mode (APM 2 15.25.3). */
  get secondLevel(): SecondLevel | undefined {
    const { vmcb, cpu } = this;
    if (!vmcb || !nested(vmcb)) return undefined;
    const running = this.inGuest ? cpu.svm.currentGuest?.nestedTables : undefined;
    if (running) return new NestedWalk(running);
    const { physicalAddressWidth } = cpu.state;
    const { cr4, efer } = this.hostPaging;
    const mode = { cr3: vmcb.read('N_CR3'), cr4, efer, physicalAddressWidth };
    return new NestedWalk(new NestedPageTables(cpu.physical, mode, never));
  }

  get structure(): ControlStructure | undefined {
    const { cpu, vmcb, inGuest, writers } = this;
    if (!vmcb) return undefined;
    const placeName = (address: bigint): string => this.placeName(address);
    const hasRun = vmcb.address === cpu.svm.current?.address;
    return new VmcbStructure(cpu, vmcb, { inGuest, hasRun, writers, placeName });
  }

  /** What the program that runs the guest has at a linear address, in a few words. */
  protected placeName(address: bigint): string {
    return `0x${address.toString(16)}`;
  }

  get switchedNote(): string {
    return l10n.t(
      'A #VMEXIT does not switch the general-purpose registers but RAX and RSP, which are in the VMCB with RIP and RFLAGS: the host saves and loads the others itself.',
    );
  }

  get noStructure(): string {
    return l10n.t('There is no VMCB yet: VMRUN names it in rAX.');
  }

  get tlbTags(): TlbTags | undefined {
    return this.vmcb && asids(this.cpu, this.vmcb);
  }

  get operation(): string {
    return this.inGuest ? l10n.t('guest mode') : this.hostOperation;
  }

  get hostOperation(): string {
    return l10n.t('host mode');
  }

  get drawn(): Drawn {
    return {
      gist: l10n.t(
        'SVM: the guest runs on the processor itself, in guest mode. What the VMCB asks for is a #VMEXIT to the VMM, behind its VMRUN.',
      ),
      entering: 'VMRUN',
      stations: [],
    };
  }

  get entryFailures(): readonly EntryFailure[] {
    return this.cpu.svm.entryFailures.map(failureOf);
  }

  readonly exits: ExitVocabulary = {
    lastReason: () => codeOf(this.cpu.svm.current),
    facts: () => this.facts(),
    groups: SVM_GROUPS,
    words: EXIT_WORDS,
    impossible: (group) => this.impossible(group),
    number: exitNumber,
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

  /** The exit that is happening is that of the VMCB by which the processor runs. */
  protected facts(): ExitFacts {
    const { current: vmcb, hostSaveArea } = this.cpu.svm;
    const reason = codeOf(vmcb);
    return {
      reason,
      entryFailed: reason === INVALID,
      information1: vmcb?.read('EXITINFO1') ?? 0n,
      information2: vmcb?.read('EXITINFO2') ?? 0n,
      interruption: vmcb?.readNumber('EXITINTINFO') ?? 0,
      handler: hostSaveArea.read('RIP'),
    };
  }
}

const codeOf = (vmcb: Vmcb | undefined): number =>
  Number(BigInt.asIntN(64, vmcb?.read('EXITCODE') ?? 0n));

/** Of a walk that only looks. */
function never(): never {
  throw new RangeError('unreachable');
}

const failureOf = (failure: VmrunFailure): EntryFailure => ({
  found: foundText(failure),
  allowed: failure.allowed(),
});
