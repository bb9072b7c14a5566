import { Rflags } from '../isa/registers/flags';
import type { Bus } from './bus';
import { SPECIAL_KIND, Special, type CodeCache } from './execution/code-cache';
import { CodeSegmentView } from './execution/code-segment-view';
import { repeatLimit, updateDerivedState } from './state/derived-state';
import type { Engine, EngineImports, EngineKind } from './execution/engine';
import { EventDelivery } from './events/delivery';
import { SINGLE_STEP, takePendingDebug } from './events/debug';
import { endResume } from './events/flags';
import { stepCondition } from './events/branch-step';
import { checkExecution } from './events/hardware-breakpoints';
import { EventHold } from './events/hold';
import { ExternalSignals } from './events/external-signals';
import type { InterruptEvent } from './events/event';
import { Fault, Held, undefinedOpcode } from './faults';
import { AddressSpaces } from './guest-mode/address-spaces';
import type { GuestMode } from './guest-mode/guest-mode';
import type { GuestModeHost } from './guest-mode/host';
import { ROOT_OPERATION } from './guest-mode/root-operation';
import type { InstructionDetail } from './execution/instruction-context';
import { HiddenHandlers } from './execution/hidden-handlers';
import { InstructionFetch } from './execution/instruction-fetch';
import { createInterpreter } from './interpreter/engine';
import { CodeCache as CodeCacheArea, RECORD_SIZE, Rec, State } from './state/layout';
import { MemoryCaches } from './execution/memory-caches';
import { memoryImports } from './execution/memory-imports';
import { OperandAccess } from './execution/operand-access';
import { Mmu } from './paging/mmu';
import type { SoftwareTlb, World } from './paging/tlb';
import type { Persistent } from './persistent';
import type { PhysicalMemory } from './physical-memory';
import { DEFAULT_PROFILE } from './profile/default';
import type { Profile } from './profile/profile';
import { ReferenceEngine } from './reference/engine';
import { Progress } from './execution/progress';
import { newTally } from './execution/slow-instructions';
import { resetState } from './state/reset';
import { restoreRegisters, saveRegisters } from './state/saved-registers';
import type { ProcessorSnapshot } from './state/snapshot';
import { noInstruction, notOfThisProcessor } from './reasons/instructions';
import { slowPath } from './semantics/slow-path';
import { raised } from './system/divide';
import { CpuState } from './state/cpu-state';
import { stopAfter, type ProcessorObserver, type ProcessorStop } from './stop';
import type { SvmUnit } from './svm/unit';
import type { VmxUnit } from './vmx/unit';
import type { VirtualizationUnits } from './guest-mode/units';

/** WebAssembly has no on-stack replacement: the loop must be left now and then to become fast. */
const LONGEST_RUN = 200_000;

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

  private readonly view: DataView;
  private readonly tlb: SoftwareTlb;
  readonly spaces: AddressSpaces;
  private readonly code: CodeCache;
  private readonly fetch: InstructionFetch;
  private readonly engine: Engine;
  private readonly hidden: HiddenHandlers;
  /** What it has done, and what software has done in its stead (`credit`). */
  readonly progress: Progress;
  readonly tally = newTally();
  /** The record of the instruction that is executed in TypeScript. */
  private record = 0;
  private stop: ProcessorStop | undefined;
  private readonly delivery = new EventDelivery(this);
  private readonly hold = new EventHold(this);
  readonly signals = new ExternalSignals(this);
  private eventDelivered = false;

  constructor(
    readonly physical: PhysicalMemory,
    readonly bus: Bus,
    units: VirtualizationUnits,
    engine: EngineKind = 'interpreter',
    profile: Profile = DEFAULT_PROFILE,
    readonly caches = new MemoryCaches(physical),
  ) {
    super();
    this.view = physical.view;
    this.state = new CpuState(this.view, profile);
    this.vmx = units.vmx(this);
    this.svm = units.svm(this);
    this.tlb = caches.tlb;
    this.code = caches.code;
    this.spaces = new AddressSpaces(this.state, (world) => {
      this.flushWorld(world);
    });
    this.mmu = new Mmu(this.state, physical, this.tlb, this.code, this.view, this.tally);
    this.fetch = new InstructionFetch(
      { state: this.state, physical, mmu: this.mmu, tlb: this.tlb, code: this.code },
      (gate) => (this.stop = { kind: 'gate', gate }),
      () => {
        caches.details.forget(CodeCacheArea.SCRATCH_RECORD);
      },
    );
    const imports = this.imports();
    this.engine =
      engine === 'interpreter'
        ? createInterpreter(physical.memory, imports)
        : new ReferenceEngine(physical.memory, imports);
    this.hidden = new HiddenHandlers(this.view, this.engine);
    this.progress = new Progress(this.engine);
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
    this.progress.restore(snapshot.progress);
    this.code.flush();
    this.updateDerivedState();
  }

  reset(): void {
    resetState(this.state);
    this.guestMode = ROOT_OPERATION;
    this.mmu.secondLevel = this.mmu.guarded = undefined;
    this.vmx.reset();
    this.svm.reset();
    this.signals.reset();
    this.tlb.flushAll();
    this.code.flush();
    this.updateDerivedState();
  }

  /** Breakpoints may stand at linear or physical addresses with these offsets in their page. */
  setBreakpointOffsets(offsets: ReadonlySet<number>): void {
    this.code.setBreakpointOffsets(offsets);
  }

  /** Whether the next instruction is watched: its operands can be asked for then, as while it is executed. */
  get isAtWatched(): boolean {
    const record = this.fetch.watchedHere();
    if (record !== 0) this.record = record;
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
    const { state, engine, guestMode } = this;
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
    (hidden ? this.hidden : engine).run(record);
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
    updateDerivedState(this.state, this.guestMode.active);
    // Maps lead to what one code segment shows of a frame, decoded for its bitness; each world has its own.
    const world = this.guestMode.active ? 1 : 0;
    if (this.mapped[world].update(this.state)) this.tlb.forgetMaps(world);
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
    return this.caches.details.of(this.record, this.state.codeBits, () => this.instructionBytes());
  }

  get nextRip(): bigint {
    return this.state.nextRip;
  }

  set nextRip(value: bigint) {
    this.state.nextRip = value;
  }

  /** The slow paths as the engines call them. */
  private imports(): EngineImports {
    return {
      ...memoryImports(this.state, this.mmu, () => {
        this.syncRip();
      }),
      enter: (rip) => this.fetch.enterOrLeave(BigInt.asUintN(64, rip)),
      branch: (record, rip) => this.fetch.branch(record, BigInt.asUintN(64, rip)),
      raise: (number) => {
        this.syncRip();
        throw raised(number);
      },
      slow: (path, record) => this.slow(path, record),
      special: (record) => this.special(record),
    };
  }

  /** Brings RIP up to date with the instruction that the engine is executing. */
  private syncRip(): void {
    this.state.beginInstruction(this.view.getUint16(this.engine.record + Rec.OFFSET, true), 0);
  }

  private slow(path: number, record: number): number {
    const { state, view } = this;
    this.record = record;
    state.beginInstruction(
      view.getUint16(record + Rec.OFFSET, true),
      view.getUint8(record + Rec.LENGTH),
    );
    const result = slowPath(path)(this);
    if (result !== 'left') this.tally.noteInstruction(view.getUint16(record + Rec.HANDLER, true));
    if (result === 'continue') return record + RECORD_SIZE;
    if (result === 'left') this.progress.left = true;
    else state.endInstruction();
    return 0;
  }

  /** Records that are no instruction count as none. */
  private special(record: number): number {
    this.syncRip();
    this.record = record;
    const stop = this.hidden.stopBefore(record);
    if (stop) {
      this.engine.remaining++;
      this.stop = stop;
      return 0;
    }
    switch (this.view.getUint8(record + SPECIAL_KIND)) {
      case Special.STRADDLES:
        this.engine.remaining++;
        return this.fetch.scratchOrLeave(this.state.rip);
      case Special.STALE:
        this.engine.remaining++;
        return this.fetch.enterOrLeave(this.state.rip);
      case Special.INVALID:
        throw undefinedOpcode(noInstruction(this.instructionBytes(), this.state.codeBits));
      default:
        throw undefinedOpcode(notOfThisProcessor(this.instruction.mnemonic));
    }
  }
}
