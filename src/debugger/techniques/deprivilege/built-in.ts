import * as l10n from '@vscode/l10n';
import { Vector } from '../../../isa/exceptions';
import { Gpr } from '../../../isa/registers/general';
import type { PagingState } from '../../../processor/paging/walk';
import type { Processor } from '../../../processor/processor';
import type { DeprivilegedGuest, TranslatedGuest, VirtualMachine } from '../../../vmm';
import { KeptRegisters } from '../../registers/kept-registers';
import { LiveRegisters, type Registers } from '../../registers/registers';
import type { ExitFacts } from '../../trace/exit-trace';
import { GuestMap } from '../emulate/guest-map';
import { emulationOccasion } from '../emulate/occasion';
import { VcpuRegisters } from '../emulate/vcpu-registers';
import type { Drawn } from '../drawn';
import type { DirectTables, SecondLevel } from '../second-level';
import type { EntryFailure, ExitGroup, ExitVocabulary, Side, Technique } from '../technique';
import { DeprivilegedRegisters } from './deprivileged-registers';
import { hypercallOf } from '../paravirt/hypercall';
import { hypercallReason, reasonOf, trapReason } from './reasons';
import { TRAP_GROUPS } from './trap-groups';
import {
  trapDetail,
  trapGloss,
  trapHandler,
  trapId,
  trapInformation,
  trapName,
  trapTitle,
  trapWords,
} from './trap-words';

/** So many operations of the monitor, and all registers of the guest's are in its memory. */
const SAVED = 2;

/** Trap and emulate by the built-in monitor: the guest has the processor, in a ring outside of its own. */
export class BuiltInDeprivilege implements Technique {
  readonly name: string = 'deprivilege';
  protected readonly saved: number = SAVED;
  readonly leavesBy = 'trap';
  readonly structure = undefined;
  readonly translated: TranslatedGuest | undefined = undefined;
  readonly entryFailures: readonly EntryFailure[] = [];
  readonly secondLevel: SecondLevel;
  private readonly cpu: Processor;

  constructor(
    protected readonly vm: VirtualMachine,
    private readonly running: DeprivilegedGuest,
  ) {
    this.cpu = vm.computer.processor;
    this.secondLevel = new GuestMap(vm.computer.memory, vm.guestMemory.map);
  }

  get directTables(): DirectTables | undefined {
    const direct = this.vm.monitor.host.paravirt?.direct;
    if (!direct?.isUsed) return undefined;
    return { guestPhysical: (host) => direct.guestAddress(Number(host)) };
  }

  /** Whether the guest's registers are with the virtual processor, and the real one has the monitor's. */
  private get taken(): boolean {
    const { vm } = this;
    return (
      !vm.isPresent ||
      vm.software !== undefined ||
      (vm.monitor.activity?.done.length ?? 0) >= this.saved
    );
  }

  /** At the gate everything of the guest's is as it was: whoever stops there looks at the guest. */
  get side(): Side {
    const { vm, running } = this;
    return vm.monitor.active && !running.software.executes ? 'monitor' : 'guest';
  }

  get isAtGate(): boolean {
    const { vm, cpu } = this;
    return vm.isPresent && !vm.monitor.active && !vm.software && cpu.state.cpl === 0;
  }

  get guest(): Registers {
    const { running, cpu, taken, vm } = this;
    if (taken) return new VcpuRegisters(running.software);
    return new DeprivilegedRegisters(cpu, running, () => {
      vm.monitor.host.writeVcpu('in_software', 1n);
    });
  }

  /** The registers of the real processor, whoever has it: while the guest runs they tell its real ring. */
  get host(): Registers {
    const { monitorAway } = this.vm;
    return monitorAway ? new KeptRegisters(monitorAway) : new LiveRegisters(this.cpu);
  }

  get hostStackTop(): bigint | undefined {
    return this.running.tables.stackTop;
  }

  get guestPaging(): PagingState {
    return this.running.virtual;
  }

  get hostPaging(): PagingState {
    return this.vm.monitorAway ?? this.cpu.state;
  }

  /** While the guest has the processor it walks the shadow tables, with the ring in which the guest really is. */
  get shadowPaging(): PagingState | undefined {
    return this.taken || this.directTables ? undefined : this.cpu.state;
  }

  get operation(): string {
    if (this.side !== 'guest') return this.hostOperation;
    if (this.vm.software) return l10n.t('in software');
    const ring = this.running.real.cs & 3;
    if (ring === this.running.virtual.cpl) return l10n.t('run directly');
    return l10n.t('deprivileged to ring {0}', ring);
  }

  get hostOperation(): string {
    return l10n.t('ring 0');
  }

  get drawn(): Drawn {
    const kernelRing = this.running.virtual.longMode ? 3 : 1;
    return {
      gist: l10n.t(
        'Trap and emulate: the guest’s kernel runs on the processor in an outer ring. What its ring forbids traps to the VMM in ring 0.',
      ),
      entering: 'IRETQ',
      stations: [],
      realRing: (believed) => (believed === 3 ? 3 : kernelRing),
    };
  }

  get occasion(): string | undefined {
    return this.vm.software && emulationOccasion(this.vm, this.running.software);
  }

  /** Everything comes to the monitor first. What is the guest's is raised again on the virtual processor. */
  withholds(): boolean {
    return !this.running.software.executes;
  }

  protected readonly trapVocabulary: ExitVocabulary = {
    lastReason: () => this.lastReason,
    facts: () => this.facts(),
    groups: TRAP_GROUPS,
    words: trapWords(trapName, trapDetail),
    impossible: (group: ExitGroup) =>
      TRAP_GROUPS.includes(group)
        ? undefined
        : l10n.t(
            'there are no VM exits under "{0}": the guest comes to the monitor by traps',
            this.name,
          ),
    number: String,
    id: trapId,
    name: trapName,
    gloss: trapGloss,
    detail: trapDetail,
    title: trapTitle,
    information: trapInformation,
    handler: ({ reason }) => trapHandler(reason),
    isTripleFault: () => false,
  };

  readonly exits: ExitVocabulary = this.trapVocabulary;

  protected get lastReason(): number {
    const { call, lastVector } = this;
    return call === undefined ? trapReason(lastVector) : hypercallReason(call);
  }

  /** Of the gate to which the processor has gone last. */
  protected get lastVector(): number {
    return Number((this.cpu.state.rip & 0xfffn) >> 4n);
  }

  private get call(): number | undefined {
    const { running, cpu, lastVector } = this;
    return lastVector === Vector.UD ? hypercallOf(running, cpu.state.gpr(Gpr.RAX)) : undefined;
  }

  private facts(): ExitFacts {
    const { running, cpu, lastReason } = this;
    const { virtual, frame } = running;
    const isCall = reasonOf(lastReason).kind === 'hypercall';
    return {
      reason: lastReason,
      information1: isCall ? cpu.state.gpr(Gpr.RBX) : cpu.state.cr2,
      information2: 0n,
      interruption: Number(frame.errorCode & 0xffffn),
      handler: cpu.state.rip,
      code: { bytes: running.codeBytes(), bits: virtual.codeBits },
    };
  }
}
