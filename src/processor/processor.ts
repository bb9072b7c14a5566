import { Rflags } from '../isa/registers/flags';
import type { Bus } from './bus';
import type { CodeCache } from './execution/code-cache';
import { CodeSegmentView } from './execution/code-segment-view';
import { repeatLimit, updateDerivedState } from './state/derived-state';
import type { EngineKind } from './execution/engine';
import { EngineServices } from './execution/engine-services';
import { EventDelivery } from './events/delivery';
import { SINGLE_STEP, takePendingDebug } from './events/debug';
import { endResume } from './events/flags';
import { stepCondition } from './events/branch-step';
import { checkExecution } from './events/hardware-breakpoints';
import { EventHold } from './events/hold';
import { StartUp } from './events/start-up';
import { ExternalSignals, type ProcessorSignal } from './events/external-signals';
import type { InterruptEvent } from './events/event';
import { Fault, Held } from './faults';
import { AddressSpaces } from './guest-mode/address-spaces';
import type { GuestMode } from './guest-mode/guest-mode';
import type { GuestModeHost } from './guest-mode/host';
import { ROOT_OPERATION } from './guest-mode/root-operation';
import type { InstructionDetail } from './execution/instruction-context';
import { InstructionFetch } from './execution/instruction-fetch';
import { CodeCache as CodeCacheArea, FIRST_PLACE, PAGE_SIZE, State } from './state/layout';
import { MemoryCaches, type ProcessorCaches } from './execution/memory-caches';
import { OperandAccess } from './execution/operand-access';
import { Mmu } from './paging/mmu';
import type { SoftwareTlb, World } from './paging/tlb';
import type { Persistent } from './persistent';
import type { PhysicalMemory } from './physical-memory';
import { DEFAULT_PROFILE } from './profile/default';
import type { Profile } from './profile/profile';
import { Progress } from './execution/progress';
import { newTally } from './execution/slow-instructions';
import { resetState } from './state/reset';
import { restoreRegisters, saveRegisters } from './state/saved-registers';
import type { ProcessorSnapshot } from './state/snapshot';
import { endWait, storeEndsWait } from './system/monitor-wait';
import { CpuState, registerWindow, type RegisterWindow } from './state/cpu-state';
import { stopAfter, type ProcessorObserver, type ProcessorStop } from './stop';
import type { SvmUnit } from './svm/unit';
import type { VmxUnit } from './vmx/unit';
import type { VirtualizationUnits } from './guest-mode/units';

/** WebAssembly has no on-stack replacement: the loop must be left now and then to become fast. */
const LONGEST_RUN = 200_000;

/** What processors that work on one memory have in common. */
export interface SharedParts {
  readonly caches: ProcessorCaches;
  /** Of processors that take turns: they have one time. */
  readonly progress?: Progress;
}

/**
 * One simulated x86-64 processor: the registers, the engine that executes decoded instructions, and
 * what goes on between two of them (events, stops).
 */
export class Processor
  extends OperandAccess
  implements GuestModeHost, Persistent<ProcessorSnapshot>
{
  readonly state: CpuState;
  readonly mmu: Mmu;
  readonly vmx: VmxUnit;
  readonly svm: SvmUnit;
  guestMode: GuestMode = ROOT_OPERATION;
  observer: ProcessorObserver = {};

  /** Where engines find registers: those of the processor that executes. */
  private readonly window: RegisterWindow;
  /** Where its own lie while another one executes. */
  private readonly aside = registerWindow(new DataView(new ArrayBuffer(PAGE_SIZE)));
  private readonly view: DataView;
  private readonly tlb: SoftwareTlb;
  readonly spaces: AddressSpaces;
  readonly caches: ProcessorCaches;
  private readonly code: CodeCache;
  readonly fetch: InstructionFetch;
  private readonly services: EngineServices;
  /** What it has done, and what software has done in its stead (`credit`). */
  readonly progress: Progress;
  readonly tally = newTally();
  private stop: ProcessorStop | undefined;
  private readonly delivery = new EventDelivery(this);
  private readonly hold = new EventHold(this);
  private readonly startUp = new StartUp(this, () => {
    this.leaveGuestMode();
  });
  readonly signals = new ExternalSignals(this);
  private eventDelivered = false;

  /** @param shared a processor that has a place of its own beside another's begins aside */
  constructor(
    readonly physical: PhysicalMemory,
    readonly bus: Bus,
    units: VirtualizationUnits,
    engine: EngineKind = 'interpreter',
    profile: Profile = DEFAULT_PROFILE,
    shared: SharedParts = { caches: new MemoryCaches(physical) },
  ) {
    super();
    this.view = physical.view;
    const { caches } = shared;
    this.caches = caches;
    this.window = registerWindow(this.view);
    this.state = new CpuState(caches.place === FIRST_PLACE ? this.window : this.aside, profile);
    this.vmx = units.vmx(this);
    this.svm = units.svm(this);
    this.tlb = caches.tlb;
    this.code = caches.code;
    this.spaces = new AddressSpaces(this.state, (world) => {
      this.flushWorld(world);
    });
    this.mmu = new Mmu(this.state, physical, this.tlb, this.code, this.view, this.tally);
    this.fetch = new InstructionFetch(
      { state: this.state, physical, mmu: this.mmu, caches },
      (gate) => (this.stop = { kind: 'gate', gate }),
      () => {
        caches.details.forget(CodeCacheArea.SCRATCH_RECORD);
      },
    );
    this.services = new EngineServices(this, engine, (stop) => (this.stop = stop));
    this.progress = shared.progress ?? new Progress(this.services.engine);
    this.reset();
  }

  /** A debugger's breakpoint may stand at a linear address: at one with its offset in the page. */
  breaksAt(linear: bigint): boolean {
    return this.code.breaksAt(Number(linear & 0xfffn));
  }

  /** Sets the host-physical address of the gate page: a fetch from it comes back to TypeScript. */
  set gateFrame(frame: number) {
    this.fetch.gateFrame = frame;
  }

  /** Instructions retired since reset. */
  get retired(): number {
    return this.progress.retired;
  }

  /** Those that are done: at a VM exit, without the one that has caused it. */
  get completed(): number {
    return this.progress.completed;
  }

  /** The machine's time: instructions retired, and the time that HLT let pass. */
  get time(): number {
    return this.progress.time;
  }

  /** What budgets and limits count in; see `Progress`. */
  get work(): number {
    return this.progress.work;
  }

  /** HLT lets time pass, in units of one instruction. */
  rest(time: number, ends = true): void {
    this.progress.rest(time, ends);
  }

  /** The event whose delivery is under way (IDT-vectoring information, SDM 3C 28.2.4). */
  get eventInDelivery(): InterruptEvent | undefined {
    return this.delivery.inProgress;
  }

  /** Between two instructions. Memory is not the processor's: it is saved, and restored first, by itself. */
  save(): ProcessorSnapshot {
    return {
      registers: saveRegisters(this.state),
      vmx: this.vmx.save(),
      svm: this.svm.save(),
      spaces: this.spaces.save(),
      signals: this.signals.save(),
      tlb: this.tlb.save(),
      addressLine20: this.mmu.addressLine20,
      startUp: this.startUp.save(),
      progress: this.progress.save(),
    };
  }

  restore(snapshot: ProcessorSnapshot): void {
    restoreRegisters(this.state, snapshot.registers);
    this.vmx.restore(snapshot.vmx);
    this.svm.restore(snapshot.svm);
    this.spaces.restore(snapshot.spaces);
    this.signals.restore(snapshot.signals);
    this.tlb.restore(snapshot.tlb);
    this.mmu.addressLine20 = snapshot.addressLine20;
    this.startUp.restore(snapshot.startUp);
    this.progress.restore(snapshot.progress);
    this.code.flush();
    this.updateDerivedState();
  }

  reset(): void {
    resetState(this.state);
    this.startUp.reset();
    this.leaveGuestMode();
    this.code.flush();
  }

  /** As after RESET or INIT; the registers are already. */
  private leaveGuestMode(): void {
    this.guestMode = ROOT_OPERATION;
    this.mmu.secondLevel = this.mmu.guarded = undefined;
    this.vmx.reset();
    this.svm.reset();
    this.signals.reset();
    this.tlb.flushAll();
    this.updateDerivedState();
  }

  /** Another processor executes from now on. */
  stepAside(): void {
    this.state.moveTo(this.aside);
  }

  /** It executes from now on; the one that did has stepped aside. */
  takeTurn(): void {
    this.state.moveTo(this.window);
    this.progress.serve(this.services.engine);
  }

  /** What its local APIC hands on, of another processor or its own; see `StartUp` and `ExternalSignals`. */
  receive(signal: ProcessorSignal): void {
    if (signal.kind === 'INIT' || signal.kind === 'start-up') this.startUp.receive(signal);
    else this.signals.raise(signal.kind);
  }

  /** Whether it has something to do: it runs, or something that ends its rest has come. */
  get isAwake(): boolean {
    if (this.state.activity === 'active' || this.startUp.isDue) return true;
    if (storeEndsWait(this) || this.signals.isDue) return true;
    return this.acceptsInterrupts && this.bus.interruptRequested();
  }

  /** Breakpoints may stand at linear or physical addresses with these offsets in their page. */
  setBreakpointOffsets(offsets: ReadonlySet<number>): void {
    this.code.setBreakpointOffsets(offsets);
  }

  /** Whether the next instruction is watched: its operands can be asked for then, as while it is executed. */
  get isAtWatched(): boolean {
    const record = this.fetch.watchedHere();
    if (record !== 0) this.services.record = record;
    return record !== 0;
  }

  /**
   * Runs until something stops it.
   *
   * @param budget units of work to do at most
   * @param past whether a breakpoint at the present instruction is passed over
   */
  run(budget: number, past = false): ProcessorStop {
    const end = this.work + budget;
    let passing = past;
    this.stop = undefined;
    this.eventDelivered = false;
    this.stopRequested = false;
    for (;;) {
      if (this.stopRequested) return { kind: 'requested' };
      const stop = this.boundary(end);
      if (stop) return stop;
      if (this.eventDelivered && this.stopsAtDelivery) return { kind: 'delivered' };
      try {
        this.execute(end, passing);
      } catch (thrown) {
        this.leaveInstruction(thrown);
      }
      passing = false;
      if (this.stop) return this.stop;
    }
  }

  /** Comes back after the present instruction: a device has something to tell. */
  requestStop(): void {
    this.progress.endAfterThis();
    this.stopRequested = true;
  }

  private stopRequested = false;

  /** Guest mode is asked again after the present instruction. */
  endStretch(): void {
    this.progress.endAfterThis();
  }

  /** What happens between two instructions: VM exits that are due, interrupts, the end of the budget. */
  private boundary(end: number): ProcessorStop | undefined {
    try {
      if (this.startUp.isDue && this.startUp.boundary()) return undefined;
      this.signals.takeSmi();
      this.guestMode.trapFlag();
      this.deliverPendingDebug();
      if (this.guestMode.boundary()) return undefined;
      this.signals.takeNmi();
      this.signals.takeInterrupt();
    } catch (thrown) {
      this.leaveInstruction(thrown);
      if (this.stop) return this.stop;
    }
    if (storeEndsWait(this)) endWait(this.state);
    if (this.state.activity !== 'active') return { kind: 'halt' };
    if (this.eventDelivered && this.stopsAtDelivery) return undefined;
    return this.work >= end ? { kind: 'budget' } : undefined;
  }

  /** External interrupts wait, while a debugger steps. */
  holdInterrupts = false;
  /** Whether `run` comes back when an event has been delivered, for a debugger. */
  stopsAtDelivery = false;
  /** The exceptions of the last triple fault, first to last. */
  get faultChain(): readonly Fault[] {
    return this.delivery.faultChain;
  }

  /** Whether a requested interrupt would be taken before the next instruction. */
  get acceptsInterrupts(): boolean {
    return !this.holdInterrupts && this.state.interruptShadow === 'none' && this.interruptsEnabled;
  }

  /** Whether a HLT can end: in guest mode an interrupt may also end that. */
  get interruptsEnabled(): boolean {
    return this.guestMode.recognizesInterrupts(this.state.hasFlag(Rflags.IF));
  }

  /** Breakpoints of a debugger mean nothing here: whoever runs it has looked. */
  ignoresBreakpoints = false;

  private execute(end: number, passing: boolean): void {
    const { state, services, guestMode } = this;
    const hidden = passing || this.ignoresBreakpoints;
    const steps = stepCondition(state, () => this.instructionBytes());
    const { interruptShadow: shadow, hasBreakpoints: watched } = state;
    if (watched && !passing && !this.guestMode.discardsBreakpoints) checkExecution(state);
    const resumes = state.hasFlag(Rflags.RF);
    state.loadsRf = false;
    const single = hidden || shadow !== 'none' || steps !== undefined || watched || resumes;
    const left = Math.min(end - this.work, LONGEST_RUN, guestMode.instructionLimit());
    state.setWord(State.REPEAT_LIMIT, repeatLimit(watched || guestMode.stepsIterations));
    this.eventDelivered = false;
    this.progress.begin(single ? 1 : left);
    const record = this.fetch.current(hidden);
    if (record === 0) {
      this.progress.settle();
      return;
    }
    (hidden ? services.hidden : services.engine).run(record);
    this.progress.settle();
    if (this.guestMode !== guestMode) return; // what is in force now has come with the transition
    if (shadow !== 'none' && state.interruptShadow === shadow) state.interruptShadow = 'none';
    if (resumes && !this.stop && !this.progress.left && !this.eventDelivered) endResume(state);
    const traps = steps?.() && !this.progress.left && !this.eventDelivered && !this.stop;
    // A trap after MOV SS is lost (SDM 3A 6.8.3).
    if (traps && state.interruptShadow !== 'mov-ss') state.pendingDebug |= SINGLE_STEP;
  }

  /** #DB after an instruction that began with TF set (SDM 3B 18.3.1.4), or that a VM entry brings along. */
  private deliverPendingDebug(): void {
    const event = takePendingDebug(this.state, this.guestMode.discardsBreakpoints);
    if (event) this.deliver(event);
  }

  /** An instruction did not complete: it is not counted, and what it raised is dealt with. */
  private leaveInstruction(thrown: unknown): void {
    this.progress.settleWithoutLast();
    if (!(thrown instanceof Fault)) {
      this.leaveDelivery(thrown);
      return;
    }
    this.state.pendingDebug = 0; // of an access before the one that faults
    const event = this.delivery.eventOf(thrown);
    if (!thrown.late && this.holds(event)) return;
    thrown.onRaise?.();
    try {
      this.deliver(event);
    } catch (again) {
      this.leaveDelivery(again);
    }
    this.state.interruptShadow = 'none';
  }

  private leaveDelivery(thrown: unknown): void {
    this.stop = stopAfter(thrown) ?? this.stop;
  }

  /** Delivers an event; see `EventDelivery`. */
  deliver(event: InterruptEvent, injected = false): void {
    this.eventDelivered = true;
    this.progress.countEvent();
    this.delivery.deliver(event, injected);
    this.state.nextRip = this.state.rip;
  }

  /** Delivers what an instruction asks for (INT n); it may be held before, with nothing done. */
  deliverSoftware(event: InterruptEvent): void {
    if (this.holds(event)) throw new Held(event);
    this.deliver(event);
    // It has faulted: it is not done.
    if (!this.delivery.arrived) this.progress.left = true;
  }

  /** Whether the processor comes back before an event of the present instruction; see `EventHold`. */
  holds(event: InterruptEvent): boolean {
    if (!this.hold.asks(event)) return false;
    this.stop = { kind: 'raised' };
    return true;
  }

  /** Delivers an event that the entry injects; exceptions are not intercepted (SDM 3C 27.6.1). */
  inject(event: InterruptEvent): void {
    try {
      this.deliver(event, true);
    } catch (thrown) {
      this.leaveDelivery(thrown);
    }
  }

  /** Guest mode has been left: that is work, too, which an instruction may cause without end (REP OUTS). */
  enterRoot(tagged: boolean): void {
    this.progress.countEvent();
    this.spaces.enterRoot(tagged);
  }

  /** A transition has happened: no delivery is under way any more. */
  endDelivery(): void {
    this.delivery.inProgress = undefined;
  }

  updateDerivedState(): void {
    updateDerivedState(this.state, this.guestMode.active, this.caches.place);
    // Maps lead to what one code segment shows of a frame, decoded for its bitness; each world has its own.
    const world = this.guestMode.active ? 1 : 0;
    if (this.mapped[world].update(this.state)) this.tlb.forgetMaps(world);
    this.observer.modeSet?.();
  }

  private readonly mapped = [new CodeSegmentView(), new CodeSegmentView()] as const;

  /** The A20M# pin: while line 20 is held at 0, odd megabytes are those below them (SDM 3A 9.1, 3B 21.1.1). */
  setAddressLine20(on: boolean): void {
    this.mmu.addressLine20 = on;
    this.tlb.flushAll();
  }

  flushTlb(keepGlobal: boolean): void {
    this.tlb.flushWorld(this.guestMode.active ? 1 : 0, keepGlobal);
  }

  /** Forgets the translations of one world (0 root, 1 guest). */
  flushWorld(world: World, keepGlobal = false): void {
    this.tlb.flushWorld(world, keepGlobal);
  }

  flushPage(linear: bigint, world: World = this.guestMode.active ? 1 : 0): void {
    this.tlb.flushPage(world, linear);
  }

  /** Up to 15 bytes of what lies at RIP, for whoever looks; fewer where they cannot be read. */
  instructionBytes(): Uint8Array {
    return this.fetch.bytesAt(this.state.rip);
  }

  /** The length of the instruction at RIP; 0 where none can be fetched. */
  decodedLength(): number {
    return this.fetch.lengthHere();
  }

  get instruction(): InstructionDetail {
    return this.services.instruction;
  }

  get nextRip(): bigint {
    return this.state.nextRip;
  }

  set nextRip(value: bigint) {
    this.state.nextRip = value;
  }
}
