import { AccessRights, SegmentType } from '../../isa/access-rights';
import { Pte } from '../../isa/paging';
import { WideRflags } from '../../isa/registers/flags';
import { Interruptibility } from '../../isa/vmx/events';
import { pagingMode, type Access, type WalkStep } from '../../processor/paging/walk';
import type { Processor } from '../../processor/processor';
import type { SegmentRegister } from '../../processor/state/cpu-state';
import { CS, PAGE_SIZE, SS } from '../../processor/state/layout';
import {
  DeprivilegedGuest,
  type FrameOf,
  type DeprivilegedState,
  type RealRegisters,
} from '../deprivilege/deprivileged-guest';
import { isKernelAsUser } from '../deprivilege/deprivileged-registers';
import type { Obstacle } from '../deprivilege/direct';
import type { MonitorTables } from '../deprivilege/monitor-tables';
import type { SoftwareProcessor } from '../emulator/software-processor';
import type { ShadowPager } from '../memory/shadow/shadow-pager';
import type { CodePage } from './code-pages';
import { Data, type DataPage } from './data-page';
import type { Mark } from './mark';
import { TranslationCache, type Block } from './translation-cache';
import { Translator, type TranslatorState } from './translator';
import { CACHE_SIZE, cacheBase, WINDOW_SIZE, windowBase, type Bits } from './window';

const FETCH: Access = { write: false, execute: true, user: false };
const { IF, IOPL } = WideRflags;
const { P, A, D, RW, US, XD } = Pte;
const WHOLE = 0xffffffff;
const EXPAND_DOWN = SegmentType.CONFORMING;

/** What it keeps outside of the computer. */
export interface TranslatedState extends DeprivilegedState {
  readonly away: boolean;
  readonly translator: TranslatorState;
}

/**
 * A guest whose kernel runs by translation: the processor executes what stands in the translation cache, and users run
 * on it directly. The registers that it shows are those that the guest's own code would have.
 */
export class TranslatedGuest extends DeprivilegedGuest {
  readonly translator: Translator;
  readonly data: DataPage;
  /** Whether the processor has registers that the virtual one has not taken back yet. */
  private away = false;
  /** The root of the shadow tables in which the window is known to be mapped, for code of a bitness. */
  private mapped: { readonly root: number; readonly bits: Bits } | undefined;

  constructor(
    cpu: Processor,
    software: SoftwareProcessor,
    private readonly shadow: ShadowPager,
    tables: MonitorTables,
    frameOf: FrameOf,
    data: DataPage,
  ) {
    super(cpu, software, shadow, tables, frameOf);
    this.data = data;
    const cache = new TranslationCache(cpu.physical, data);
    this.translator = new Translator(cache, {
      fetch: (address) => this.codePage(address, true),
      look: (address) => this.codePage(address, false),
      read: (address, length) => cpu.physical.readBytes(address, length),
    });
    const { code } = cpu.caches;
    const others = code.originOf;
    code.originOf = (address) => cache.originOf(address) ?? others(address);
  }

  override save(): TranslatedState {
    return { ...super.save(), away: this.away, translator: this.translator.save() };
  }

  override restore(state: TranslatedState): void {
    super.restore(state);
    this.away = state.away;
    this.translator.restore(state.translator);
    this.mapped = undefined;
  }

  /** Whether it is the guest's kernel that goes on. */
  get isKernel(): boolean {
    return this.virtual.cpl === 0;
  }

  private get bits(): Bits {
    return this.virtual.codeBits === 64 ? 64 : 32;
  }

  /** What the processor is executing in the translation cache, or has come from; undefined outside of it. */
  get mark(): Mark | undefined {
    return this.markOf(this.inProcessor.rip);
  }

  private markOf(rip: bigint): Mark | undefined {
    const { cache } = this.translator;
    if (!this.isKernel || cache.bits === undefined) return undefined;
    const offset = rip - cacheBase(cache.bits);
    return offset >= 0n && offset < CACHE_SIZE ? cache.mark(Number(offset)) : undefined;
  }

  /** Whether the processor is amid what stands for one instruction, or an indirect branch. */
  get isBetween(): boolean {
    const { mark } = this;
    return mark !== undefined && !mark.begins && mark.kind !== 'exit';
  }

  /** What the processor has, in terms of the guest: with nothing done of an instruction that is done in part. */
  override get real(): RealRegisters {
    const real = this.inProcessor;
    const mark = this.markOf(real.rip);
    if (!mark) return real;
    const rip = mark.kind === 'lookup' ? this.data.read(Data.TARGET) : mark.rip;
    const { cs, ss, rflags } = real;
    return { rip, cs, ss, rflags, rsp: real.rsp + BigInt(mark.pushed) };
  }

  /** What the processor has, as it is. */
  private get inProcessor(): RealRegisters {
    return super.real;
  }

  override gpr(index: number): bigint {
    return this.spilled(index) ?? super.gpr(index);
  }

  private spilled(index: number): bigint | undefined {
    const place = Data.SPILL[this.mark?.spilled.indexOf(index) ?? -1];
    return place === undefined ? undefined : this.data.read(place);
  }

  override takeRegisters(): void {
    super.takeRegisters();
    this.virtual.cr8 = this.cr8;
    this.away = false;
    this.mark?.spilled.forEach((index, n) => {
      this.virtual.setGpr(index, this.data.read(Data.SPILL[n] ?? 0));
    });
  }

  /** An interrupt that comes right behind STI waits for one more instruction. */
  override takeFrame(): void {
    const { mark } = this;
    super.takeFrame();
    if (mark?.begins && mark.afterSti) {
      this.software.blocking |= Interruptibility.BLOCKING_BY_STI;
    }
  }

  protected override get withheldFlags(): bigint {
    const { rflags } = this.virtual;
    return this.isKernel ? (rflags & ~(IF | IOPL)) | this.data.flags : rflags;
  }

  override get obstacle(): Obstacle | undefined {
    return super.obstacle ?? (this.isKernel && !this.isFlat ? 'not flat' : undefined);
  }

  /** Whether offsets in CS and SS are linear addresses. */
  private get isFlat(): boolean {
    const { virtual } = this;
    if (virtual.codeBits === 64) return true;
    return (
      virtual.codeBits === 32 && isFlat(virtual.segment(CS)) && isFlatStack(virtual.segment(SS))
    );
  }

  protected override get traced(): readonly ReadonlySet<number>[] {
    return [...super.traced, this.translator.watched];
  }

  protected override written(address: number, length: number): void {
    super.written(address, length);
    this.translator.written(address, length);
  }

  /** What stands for the guest's next instruction, if it is translated. */
  find(): Block | undefined {
    this.translator.follow(this.bits, this.space);
    return this.translator.block(this.virtual.rip);
  }

  /** Translates it. @returns undefined where it cannot be fetched: software meets the fault */
  translate(): Block | undefined {
    const block = this.translator.translate(this.virtual.rip, this.bits);
    this.watchFrames();
    return block;
  }

  /** All that decides where pages of code lie, beside the tables. */
  private get space(): string {
    const { cr0, cr3, cr4, efer, pdptes } = this.virtual;
    return [cr0, cr3, cr4, efer, ...pdptes].join(' ');
  }

  /** Where a page of code lies, by the guest's tables, with the entries that say so. */
  private codePage(address: bigint, touch: boolean): CodePage | undefined {
    const { virtual, shadow } = this;
    const { translation, steps } = shadow.trace(virtual, address, FETCH, touch);
    const frame = translation && this.frameOf(translation.address & -4096n, touch);
    if (frame === undefined) return undefined;
    // A fetch by other tables would set the accessed flags in them.
    if (!touch && !steps.every(isAccessed)) return undefined;
    const entries = steps.map(({ entryHostAddress }) => entryHostAddress);
    const entryBytes = pagingMode(virtual) === '32-bit' ? 4 : 8;
    return { address, frame, entries, entryBytes };
  }

  override loadControls(changed: boolean): void {
    if (changed) this.mapped = undefined;
    if (this.isKernel) this.mapWindow();
    super.loadControls(changed);
  }

  /** The guest's kernel has the page of data beside, and the cache, which it cannot write. */
  private mapWindow(): void {
    const { shadow, virtual, data, root, bits } = this;
    if (this.mapped?.root === root && this.mapped.bits === bits) return;
    const asUser = isKernelAsUser(virtual);
    const rights = P | A | (asUser ? US : 0n);
    const entries = Array.from({ length: WINDOW_SIZE / PAGE_SIZE }, (_, n) => {
      const frame = BigInt(data.frame + n * PAGE_SIZE);
      return frame | rights | (n === 0 ? RW | D | XD : 0n);
    });
    shadow.mapOwn(virtual, asUser, windowBase(bits), entries);
    this.mapped = { root: this.root, bits };
  }

  /** What translated code has to find in the page of data; see `DataPage.fill`. */
  fillData(pending: boolean, requests: boolean): void {
    this.data.fill(this.virtual, pending, requests);
  }

  /** Where the guest's kernel sets it in line, the virtual processor learns it later. */
  override get cr8(): bigint {
    return this.isKernel && this.away ? this.data.taskPriority : super.cr8;
  }

  override set cr8(value: bigint) {
    super.cr8 = value;
  }

  /** RDTSC is called out. */
  override msr(number: number): bigint {
    return this.virtual.msr(number);
  }

  protected override prepareEntry(): void {
    if (!this.isKernel) return;
    const [pending, requests] = [this.data.read(Data.PENDING), this.data.read(Data.REQUESTS)];
    this.fillData(pending !== 0n, requests !== 0n);
    if (!this.find()) this.translate();
  }

  /** The translated block that an instruction of the guest's is in: the one that the guest is in, if it is. */
  blockAt(rip: bigint): Block | undefined {
    const { mark } = this;
    const at = mark?.kind === 'instruction' ? mark.at : undefined;
    return this.translator.blockAt(rip, at);
  }

  /** The branch from which control has come leads on to the guest's next instruction. */
  chain(): void {
    const block = this.translator.block(this.virtual.rip);
    const { mark } = this;
    if (mark?.kind === 'exit' && mark.rip === block?.rip) {
      this.translator.cache.chain(mark.at, block);
    }
  }

  enterInTable(): void {
    const block = this.translator.block(this.virtual.rip);
    if (block) this.translator.cache.enterInTable(block);
  }

  noteTrap(): void {
    const { mark } = this;
    if (mark) this.translator.noteTrap(mark.rip);
  }

  override enter(): void {
    super.enter();
    this.away = true;
  }

  protected override get entryRip(): bigint {
    const { rip } = this.virtual;
    const block = this.isKernel ? this.translator.block(rip) : undefined;
    return block ? cacheBase(block.bits) + BigInt(block.start) : rip;
  }
}

const isAccessed = ({ entry, level }: WalkStep): boolean => (entry & A) !== 0n || level === 3;

function isFlat({ base, limit }: SegmentRegister): boolean {
  return base === 0n && limit === WHOLE;
}

function isFlatStack(segment: SegmentRegister): boolean {
  const { accessRights } = segment;
  return isFlat(segment) && (accessRights & AccessRights.DB) !== 0 && !(accessRights & EXPAND_DOWN);
}
