import { Gpr } from '../../isa/registers/general';
import { Msr, msrReset } from '../../isa/registers/msr';
import { ApicBase, reservedInApicBase } from '../../isa/registers/msr-fields';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import type { InvvpidType } from '../../isa/vmx/invvpid';
import type { Field } from '../../isa/vmx/fields';
import type { Computer } from '../../machine/computer';
import type { Clock } from '../../machine/devices/clock';
import type { Platform } from '../../machine/platform';
import type { ApicOwner } from '../../machine/processor-apic';
import { wakesByItself } from '../../machine/wake-ups';
import type { ProcessorSignal } from '../../processor/events/external-signals';
import type { Persistent } from '../../processor/persistent';
import type { PhysicalMemory } from '../../processor/physical-memory';
import type { Processor } from '../../processor/processor';
import type { Vmcb } from '../../processor/svm/vmcb';
import type { VmxOutcome } from '../../processor/vmx/outcome';
import type { Hosting } from '../hosting/hosting';
import type { GuestMemory } from '../memory/guest-memory';
import type { GuestPages } from '../memory/guest-pages';
import type { Filling, ShadowPager, ShadowPagerState } from '../memory/shadow/shadow-pager';
import type { GuestEnd } from '../end';
import { translatedBus } from '../emulator/translated-bus';
import type { GuestBus, Answerer, PhysicalBus } from '../emulator/guest-bus';
import type { DeprivilegedGuest, DeprivilegedState } from '../deprivilege/deprivileged-guest';
import type { ParavirtGuest, ParavirtState } from '../paravirt/paravirt-guest';
import type { SoftwareProcessor } from '../emulator/software-processor';
import type { Neighbours } from '../schedule/neighbours';
import { HostInstructions } from './host-instructions';
import { HostTimer } from './host-timer';
import type { GuestArea } from '../hardware/guest-area';
import { GuestTranslation } from '../hardware/guest-translation';
import { HardwareGuest } from '../hardware/hardware-guest';
import type { LeftRegisters } from '../hardware/left-registers';
import { vcpuOffset, type VcpuRegister } from '../hardware/vcpu-area';
import type { VirtualVmx } from '../vtx/nested/virtual-vmx';
import { VirtualSignals, type VirtualSignalsState } from '../signals/virtual-signals';
import { MonitorTally } from '../tally';
import type { Undone } from '../technique';
import type { VirtualComputer, VirtualProcessor } from './virtual-computer';

/** A physical address at which there is nothing. */
const NOWHERE = (1n << 52n) - 1n;

/** What the monitor keeps outside of the computer for a virtual processor of the guest's. */
export interface HostState {
  /** What the host's timer is armed for. */
  readonly armed: number | undefined;
  readonly waiting: boolean;
  readonly mappingsChanged: boolean;
  readonly shadow: ShadowPagerState | undefined;
  readonly deprivileged: DeprivilegedState | undefined;
  readonly paravirt: ParavirtState | undefined;
  readonly virtualApicBase: bigint;
  /** Of a guest that has VMX. */
  readonly virtualVmx: number | undefined;
  readonly signals: VirtualSignalsState | undefined;
}

/** Which virtual processor a host is for. */
export interface HostPlace {
  /** Among all that share the host's processor, from 0. */
  readonly turn: number;
  /** Among those of its guest, from 0. */
  readonly processor: number;
}

/**
 * The host as the monitor's operations for a virtual processor see it: its processor in root operation, its memory, its
 * devices, and the virtual computer that it keeps for the guest.
 */
export class Host implements VirtualProcessor, Persistent<HostState> {
  /** The guest's virtual devices, with a clock that the monitor moves on. */
  readonly virtual: Platform;
  readonly virtualClock: Clock;
  readonly guestMemory: GuestMemory;
  readonly tally = new MonitorTally();
  /** The guest waits for something from outside; whoever brings it clears this. */
  waiting = false;
  /** Virtual interrupts wait, while a debugger steps. */
  holdInterrupts = false;
  /** The present operation has not been done, nor will its handler be: see `Undone`. */
  undone: Undone | undefined;
  /** What IA32_APIC_BASE holds for the guest. */
  virtualApicBase = msrReset(Msr.APIC_BASE);
  /** What it executes itself. */
  readonly instructions: HostInstructions;
  readonly timer: HostTimer;
  /** The other virtual processors of the computer, where there are any. */
  neighbours: Neighbours | undefined;
  /** What others have told it by messages; undefined where the guest has no other virtual processor. */
  readonly signals: VirtualSignals | undefined;
  /** A virtual device has changed the EPT, and the processor may know the old one. */
  private mappingsChanged = false;
  /** The guest's physical address space. */
  readonly bus: GuestBus;
  /** Where the technique executes the guest in software: its processor. */
  software: SoftwareProcessor | undefined;
  /** Where the processor runs a guest in an outer ring. */
  deprivileged: DeprivilegedGuest | undefined;
  /** What it has where the guest knows of it. */
  paravirt: ParavirtGuest | undefined;
  readonly shadow: ShadowPager | undefined;
  /** The map of the guest's memory, which the EPT is or which shadow tables are made from. */
  readonly pages: GuestPages;
  /** The guest as a process of a host's; undefined where the monitor has the computer for itself. */
  hosting: Hosting | undefined;
  private areaOfGuest: GuestArea | undefined;
  /** Where the registers of a guest of guest mode lie that exits leave in the processor, while another guest has it. */
  left: LeftRegisters | undefined;
  /** Host-physical address of its VMCS, where it has one. */
  vmcs: number | undefined;
  /** The guest's own VMX, where it is told of one. */
  virtualVmx: VirtualVmx | undefined;
  /** The guest's VMCB, where it has one. */
  vmcb: Vmcb | undefined;
  readonly translation: GuestTranslation;
  /** What the guest's instructions access. */
  readonly instructionBus: PhysicalBus;
  /** The guest's registers, as far as software deals with them. */
  readonly guest: HardwareGuest;
  /** The area of the general registers, in place. */
  readonly saved: BigUint64Array;

  constructor(
    readonly computer: Computer,
    /** The guest's, but for its processors. */
    readonly virtualComputer: VirtualComputer,
    readonly place: HostPlace,
    /** Host-physical address of the page where the guest's general registers are kept: 16 × 8 bytes. */
    readonly saveArea: number,
    /** Makes shadow tables; undefined where the EPT translates. */
    makeShadow?: (memory: PhysicalMemory, pages: GuestPages) => ShadowPager,
  ) {
    const { buffer, byteOffset } = computer.memory.pageWords(saveArea);
    this.saved = new BigUint64Array(buffer, byteOffset, 16);
    this.instructions = new HostInstructions(computer.processor);
    this.timer = new HostTimer(computer, this.instructions, this.tally);
    const { devices, clock, memory, bus, pages, count } = virtualComputer;
    [this.virtual, this.virtualClock, this.guestMemory] = [devices, clock, memory];
    [this.bus, this.pages] = [bus, pages];
    const isBootstrap = place.processor === 0;
    if (count > 1) this.signals = new VirtualSignals(isBootstrap);
    if (!isBootstrap) this.virtualApicBase &= ~ApicBase.BSP;
    this.shadow = makeShadow?.(computer.memory, pages);
    this.translation = new GuestTranslation({
      area: () => this.area,
      pkru: () => this.cpu.state.pkru,
      memory: computer.memory,
      pages: { ...pages, obtain: (address) => pages.obtain(this.inL1(address) ?? NOWHERE) },
      shadow: this.shadow,
    });
    this.instructionBus = translatedBus(bus, (address) => this.inL1(address));
    this.guest = new HardwareGuest(this);
    virtualComputer.attach(this);
  }

  /** The registers of the guest's that belong to its local APIC. */
  get apicOwner(): ApicOwner {
    const { executing, deprivileged, areaOfGuest, cpu } = this;
    return executing?.state ?? deprivileged ?? areaOfGuest?.apic ?? cpu.state;
  }

  /** Where the registers of a guest of guest mode lie. @throws MonitorError where the technique has no such guest */
  get area(): GuestArea {
    if (!this.areaOfGuest) throw new MonitorError('the processor has no guest mode');
    return this.areaOfGuest;
  }

  set area(area: GuestArea) {
    this.areaOfGuest = area;
  }

  /** The guest's physical address that an address is: another one where a guest of its own has the processor. */
  private inL1(address: bigint): bigint | undefined {
    return this.virtualVmx ? this.virtualVmx.inL1(address) : address;
  }

  /** Set for good when the guest has ended. */
  get end(): GuestEnd | undefined {
    return this.virtualComputer.end;
  }

  /** Whether the host's processor is this virtual processor's at present. */
  get isPresent(): boolean {
    return (this.neighbours?.present ?? this.place.turn) === this.place.turn;
  }

  /** It gets the host's processor. */
  arrive(): void {
    this.virtualComputer.arrive(this.place.processor);
  }

  receive(signal: ProcessorSignal): void {
    this.signals?.receive(signal);
  }

  get shadowed(): boolean {
    return this.shadow !== undefined;
  }

  /** The guest has another address space: the processor must not go on with what it knows. */
  addressSpaceChanged(): void {
    this.mappingsChanged = true;
  }

  /** Guest-physical pages lead elsewhere: what was made of the map is no longer so. */
  mapChanged(): void {
    this.shadow?.forgetAll();
    this.virtualVmx?.ept.forgetAll();
    this.mappingsChanged = true;
  }

  /** The host's kernel keeps frames in reserve; where it cannot, the guest ends. @returns whether it could */
  keepMemory(): boolean {
    if (!this.hosting || this.end || this.hosting.kernel.keepReserve()) return true;
    this.stopGuest({ kind: 'failure', failure: { kind: 'out-of-host-memory' } });
    return false;
  }

  save(): HostState {
    const { waiting, mappingsChanged, virtualApicBase } = this;
    const armed = this.timer.save();
    const shadow = this.shadow?.save();
    const deprivileged = this.deprivileged?.save();
    const paravirt = this.paravirt?.save();
    const virtualVmx = this.virtualVmx?.save();
    const signals = this.signals?.save();
    return {
      armed,
      waiting,
      mappingsChanged,
      virtualApicBase,
      shadow,
      deprivileged,
      paravirt,
      virtualVmx,
      signals,
    };
  }

  /** After its virtual computer has been. */
  restore(state: HostState): void {
    this.timer.restore(state.armed);
    this.waiting = state.waiting;
    this.mappingsChanged = state.mappingsChanged;
    if (state.shadow) this.shadow?.restore(state.shadow);
    if (state.deprivileged) this.deprivileged?.restore(state.deprivileged);
    if (state.paravirt) this.paravirt?.restore(state.paravirt);
    if (state.virtualVmx !== undefined) this.virtualVmx?.restore(state.virtualVmx);
    if (state.signals) this.signals?.restore(state.signals);
    this.virtualApicBase = state.virtualApicBase;
  }

  get cpu(): Processor {
    return this.computer.processor;
  }

  /** Brings the virtual devices up to the present time. */
  passTime(): void {
    this.virtualClock.advanceTo(this.cpu.time);
  }

  vmread(field: Field): bigint {
    const outcome = this.cpu.vmx.read(field);
    if (outcome.kind !== 'value')
      throw new MonitorError(`VMREAD of ${field.toString(16)}: ${outcome.kind}`);
    return outcome.value;
  }

  vmwrite(field: Field, value: bigint | number): void {
    this.expectSuccess('VMWRITE', this.cpu.vmx.write(field, value));
  }

  vmxon(pointer: number): void {
    this.expectSuccess('VMXON', this.cpu.vmx.on(BigInt(pointer)));
  }

  vmclear(pointer: number): void {
    this.expectSuccess('VMCLEAR', this.cpu.vmx.clear(BigInt(pointer)));
  }

  vmptrld(pointer: number): void {
    this.expectSuccess('VMPTRLD', this.cpu.vmx.load(BigInt(pointer)));
  }

  /** VM entry; 0, or the VM-instruction error. */
  enter(launch: boolean): bigint {
    const outcome = this.cpu.vmx.enter(launch);
    if (outcome.kind === 'VMfailValid') return BigInt(outcome.error);
    this.expectSuccess(launch ? 'VMLAUNCH' : 'VMRESUME', outcome);
    return 0n;
  }

  invvpid(type: InvvpidType, linear = 0n): void {
    if (type === 'individual-address') this.cpu.flushPage(linear, 1);
    else this.cpu.flushWorld(1, type !== 'single-context');
  }

  private expectSuccess(what: string, outcome: VmxOutcome): void {
    if (outcome.kind === 'VMsucceed') return;
    const number = outcome.kind === 'VMfailValid' ? ` (error ${String(outcome.error)})` : '';
    throw new MonitorError(`${what}: ${outcome.kind}${number}`);
  }

  /** Its general registers, as it starts, stand where they are loaded from. */
  guestStarts(gprs: readonly bigint[]): void {
    gprs.forEach((value, n) => {
      if (n !== Gpr.RSP) this.saved[n] = value;
    });
  }

  saveGuestRegisters(): void {
    copyRegisters(this.cpu.state.gprs, this.saved);
    this.computer.memory.written(this.saveArea, 16 * 8);
  }

  restoreGuestRegisters(): void {
    copyRegisters(this.saved, this.cpu.state.gprs);
  }

  readVcpu(register: VcpuRegister): bigint {
    return this.computer.memory.read64(this.saveArea + vcpuOffset[register]);
  }

  writeVcpu(register: VcpuRegister, value: bigint): void {
    this.computer.memory.write64(this.saveArea + vcpuOffset[register], value);
  }

  guestRegister(index: number): bigint {
    return this.area.gpr(index) ?? this.computer.memory.read64(this.saveArea + index * 8);
  }

  setGuestRegister(index: number, value: bigint): void {
    if (this.area.setGpr(index, value)) return;
    this.computer.memory.write64(this.saveArea + index * 8, value);
  }

  writePhysical(address: number, value: number): void {
    this.computer.memory.write32(address, value);
  }

  deviceRead(port: number, bytes: 1 | 2 | 4): number {
    this.passTime();
    return this.virtual.ports.read(port, bytes);
  }

  deviceWrite(port: number, bytes: 1 | 2 | 4, value: number): void {
    this.passTime();
    this.virtual.ports.write(port, bytes, value);
  }

  /** Whether the EPT, or shadow tables, have changed since this was asked last. */
  takeMappingsChanged(): boolean {
    const inShadow = this.shadow?.takeChanged() === true;
    const changed = this.mappingsChanged || inShadow;
    this.mappingsChanged = false;
    return changed;
  }

  /**
   * Moves the guest's local APIC, which has no x2APIC mode, and turns it on and off. Whoever calls sees to it that the
   * processor forgets what it knew of the EPT.
   *
   * @returns whether IA32_APIC_BASE takes the value
   */
  placeVirtualApic(value: bigint): boolean {
    const { physicalAddressWidth } = this.cpu.state;
    if (value & ApicBase.EXTD || reservedInApicBase(value, physicalAddressWidth)) return false;
    this.virtualApicBase = value;
    this.virtualComputer.placeLocalApic();
    return true;
  }

  /** Whether a virtual device has an interrupt for the guest, or the monitor an event. */
  get interruptWaits(): boolean {
    const { virtual, place, paravirt } = this;
    return virtual.localApics.requests(place.processor) || paravirt?.eventWaits === true;
  }

  /** Whether anything has come for which a virtual processor goes on that rests. */
  get isWoken(): boolean {
    const { signals } = this;
    if (!signals) return this.interruptWaits;
    return signals.isDue || (signals.hearsInterrupts && this.interruptWaits);
  }

  get isLost(): boolean {
    return this.signals?.isLost === true;
  }

  virtualInterruptPending(): bigint {
    this.passTime();
    if (!this.interruptWaits) return 0n;
    return this.holdInterrupts ? 2n : 1n;
  }

  acknowledgeVirtualInterrupt(): bigint {
    const { paravirt, virtual, place } = this;
    return BigInt(
      paravirt?.eventWaits ? paravirt.vector : virtual.localApics.acknowledge(place.processor),
    );
  }

  /** The host's timer comes when a virtual device has something to do, or another guest's turn has come. */
  armTimer(): void {
    this.passTime();
    const { deadline } = this;
    this.timer.arm(this.neighbours ? this.neighbours.deadlineWith(deadline) : deadline);
  }

  /** When one of the virtual devices has something to do. */
  get deadline(): number | undefined {
    return this.virtualClock.nextDeadline();
  }

  /** Something has come in from outside: the timer interrupts a guest that runs, so that the monitor looks. */
  inputCame(): void {
    this.passTime();
    if (this.interruptWaits) this.timer.armForNow();
    else this.armTimer();
  }

  halt(): boolean {
    this.passTime();
    const { neighbours } = this;
    if (this.isWoken || neighbours?.othersCanRun) return true;
    const wakes = this.wakesByItself || neighbours?.othersWake === true;
    if (!wakes || this.computer.idle() === undefined) return false;
    this.passTime();
    return true;
  }

  /** Whether time alone brings an interrupt for a guest that waits. */
  get wakesByItself(): boolean {
    return this.paravirt?.isWaiting === true || wakesByItself(this.virtual.wakeUps);
  }

  readGuestPhysical(address: bigint, bytes: number): bigint {
    return this.guestMemory.read(address, bytes);
  }

  writeGuestPhysical(address: bigint, bytes: number, value: bigint): void {
    this.guestMemory.write(address, bytes, value);
  }

  /** Where the guest's page tables lead, whatever their rights; all ones where they lead nowhere. */
  walkGuest(linear: bigint): bigint {
    return this.translation.leadsTo(linear);
  }

  /** As the guest's instruction would get there: the physical address, or -1 - the error code of its #PF. */
  translateGuest(linear: bigint, write: boolean): bigint {
    const physical = this.translation.forInstruction(linear, write);
    const inL1 = physical < 0n ? physical : this.inL1(physical);
    if (inL1 !== undefined) return inL1;
    const reason = ExitReason.EPT_VIOLATION;
    this.stopGuest({ kind: 'failure', failure: { kind: 'unhandled-exit', reason } });
    return NOWHERE;
  }

  walkForAccess(linear: bigint, errorCode: bigint): bigint {
    const { deprivileged, translation } = this;
    return (
      deprivileged?.walkForAccess(linear, errorCode) ?? translation.forAccess(linear, errorCode)
    );
  }

  fillShadow(linear: bigint, errorCode: bigint): Filling {
    const { deprivileged, translation } = this;
    return deprivileged?.fill(linear, errorCode) ?? translation.fillShadow(linear, errorCode);
  }

  shadowRoot(): number {
    return this.translation.shadowRoot();
  }

  /** @returns its frame; 0 where it has none in the process of the host's that the guest is */
  allocateGuestPage(address: bigint): number {
    const { hosting, guestMemory } = this;
    const state = hosting?.process.stateOf(guestMemory.ramPage(address));
    return state && state.kind !== 'present' ? 0 : guestMemory.allocate(address);
  }

  /** Who answers at a guest-physical address. */
  answererAt(address: bigint): Answerer {
    return this.bus.answererAt(Number(address));
  }

  /** The processor in software, while it is what executes the guest's instructions. */
  get executing(): SoftwareProcessor | undefined {
    const { software } = this;
    return software && this.readVcpu('in_software') !== 0n ? software : undefined;
  }

  /** Software executes the guest from now on; it writes where nobody watches. */
  beginSoftware(): void {
    this.writeVcpu('in_software', 1n);
    this.shadow?.forgetAll();
    this.cpu.flushWorld(1);
  }

  /** The processor can go on. */
  endSoftware(): void {
    this.writeVcpu('in_software', 0n);
    this.cpu.flushWorld(1);
  }

  stopGuest(end: GuestEnd): void {
    this.virtualComputer.end = end;
  }

  wait(): void {
    this.waiting = true;
  }

  consoleWrite(byte: number): void {
    this.virtualComputer.print(byte);
  }
}

/** All general registers but RSP, which hardware switches. */
function copyRegisters(from: BigUint64Array, to: BigUint64Array): void {
  for (let n = 0; n < 16; n++) if (n !== Gpr.RSP) to[n] = from[n] as bigint;
}

/** The monitor itself did something that the processor refused: a bug in the monitor. */
export class MonitorError extends Error {
  override name = 'MonitorError';
}
