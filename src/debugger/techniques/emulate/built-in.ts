import * as l10n from '@vscode/l10n';
import type { PagingState } from '../../../processor/paging/walk';
import type { SoftwareProcessor, VirtualMachine } from '../../../vmm';
import { KeptRegisters } from '../../registers/kept-registers';
import { LiveRegisters, type Registers } from '../../registers/registers';
import type { Drawn } from '../drawn';
import type { SecondLevel } from '../second-level';
import type { EntryFailure, ExitVocabulary, Side, Technique } from '../technique';
import { GuestMap } from './guest-map';
import { emulationOccasion } from './occasion';
import { VcpuRegisters } from './vcpu-registers';

/** Emulation by the built-in monitor: the guest's processor is software. */
export class BuiltInEmulation implements Technique {
  readonly name = 'emulate';
  readonly hostStackTop = undefined;
  readonly structure = undefined;
  readonly entryFailures: readonly EntryFailure[] = [];
  readonly secondLevel: SecondLevel;
  readonly guest: Registers;

  constructor(
    private readonly vm: VirtualMachine,
    private readonly software: SoftwareProcessor,
  ) {
    this.guest = new VcpuRegisters(software);
    this.secondLevel = new GuestMap(vm.computer.memory, vm.guestMemory.map);
  }

  /** While an instruction is executed whoever looks sees the guest. */
  get side(): Side {
    return this.vm.monitor.active && !this.software.executes ? 'monitor' : 'guest';
  }

  get host(): Registers {
    const { monitorAway, computer } = this.vm;
    return monitorAway ? new KeptRegisters(monitorAway) : new LiveRegisters(computer.processor);
  }

  get guestPaging(): PagingState {
    return this.software.state;
  }

  get hostPaging(): PagingState {
    return this.vm.monitorAway ?? this.vm.computer.processor.state;
  }

  get operation(): string {
    return this.side === 'guest' ? l10n.t('in software') : this.hostOperation;
  }

  get hostOperation(): string {
    return l10n.t('64-bit mode');
  }

  get occasion(): string | undefined {
    return emulationOccasion(this.vm, this.software);
  }

  get drawn(): Drawn {
    const loop = {
      id: 'emulator',
      stands: 'host',
      name: l10n.t('Emulator'),
      facts: [l10n.t('fetch → decode → execute'), this.occasion ?? ''],
    } as const;
    return {
      gist: l10n.t(
        'Emulation: the guest’s processor is software. Its registers are numbers in memory of the VMM, which does one instruction after the other for it.',
      ),
      entering: l10n.t('the next instruction'),
      stations: [loop],
    };
  }

  /** The guest never runs, so that it never leaves. */
  readonly exits: ExitVocabulary = {
    lastReason: () => 0,
    facts: () => ({
      reason: 0,
      information1: 0n,
      information2: 0n,
      interruption: 0,
      handler: 0n,
    }),
    groups: [],
    words: [],
    impossible: () =>
      l10n.t('nothing exits under "emulate": the monitor does every instruction itself'),
    number: String,
    id: String,
    name: String,
    gloss: () => '',
    detail: () => '',
    title: () => '',
    information: () => [],
    handler: () => undefined,
    isTripleFault: () => false,
  };
}
