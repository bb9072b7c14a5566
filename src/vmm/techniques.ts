import type { Computer } from '../machine/computer';
import type { EngineKind } from '../processor/execution/engine';
import type { PhysicalMemory } from '../processor/physical-memory';
import { Vmcb } from '../processor/svm/vmcb';
import { PAGE_SIZE } from '../processor/state/layout';
import type { StartState } from '../processor/state/start-state';
import { DeprivilegedGuest, type FrameOf } from './deprivilege/deprivileged-guest';
import { DeprivilegeTechnique, loadOwnTables } from './deprivilege/deprivilege';
import { MonitorTables } from './deprivilege/monitor-tables';
import { EmulateTechnique } from './emulate/emulate';
import { softwareProcessor } from './emulate/virtual-processor';
import { DIRECT_MAP_INDEX, directMap } from './host/address-space';
import { allocateRun, type SequentialFrames } from './host/frames';
import type { Host } from './host/host';
import type { SecondLevelTables } from './memory/second-level-tables';
import type { GuestPages } from './memory/guest-pages';
import type { FramePool } from './memory/shadow/frame-pool';
import { ShadowPager, type ShadowPagerOptions } from './memory/shadow/shadow-pager';
import { DirectPaging } from './paravirt/direct/direct-paging';
import { PARAVIRT_CALLS } from './paravirt/hypercalls';
import { ParavirtTechnique } from './paravirt/paravirt';
import { ParavirtGuest } from './paravirt/paravirt-guest';
import { nothing, type ContextSwitch } from './schedule/turns';
import type { ProcessorShare, Technique } from './technique';
import { DataPage } from './translate/data-page';
import { TranslateTechnique } from './translate/translate';
import { TranslatedGuest } from './translate/translated-guest';
import { isInWindow, WINDOW_SIZE } from './translate/window';
import { SVM_CONTEXT, siblingContext } from './svm/context';
import { SvmTechnique } from './svm/svm';
import { TAGGED, UNTAGGED } from './svm/translations';
import { VmcbArea } from './svm/vmcb-area';
import { IOPM_SIZE, MSRPM_SIZE } from './svm/vmcb-setup';
import { VtxContext } from './vtx/context';
import { LeftRegisters } from './hardware/left-registers';
import type { NestedVtx } from './vtx/nested/nested-vtx';
import { SHADOW_EPT_FRAMES, ShadowEpt } from './vtx/nested/shadow-ept';
import { VirtualVmx } from './vtx/nested/virtual-vmx';
import { VmcsArea } from './vtx/vmcs-area';
import type { VmcsPlan } from './vtx/vmcs-setup';
import { VtxTechnique } from './vtx/vtx';
import type { Intercept } from './intercepts';

/** By the EPT in hardware, or by shadow page tables. */
export type Paging = 'ept' | 'shadow';

/** What a technique is made of. */
export interface TechniqueParts {
  readonly computer: Computer;
  /** The monitor's own. */
  readonly frames: SequentialFrames;
  /** The map of the guest's memory, in the format that the processor walks if it does. */
  readonly tables: SecondLevelTables;
  /** Frames for shadow tables, where there are to be any. */
  readonly shadowFrames: FramePool | undefined;
  readonly hostCr3: bigint;
  /** Host-physical address of the gate page. */
  readonly gateFrame: number;
  readonly start: StartState;
  readonly intercepts: readonly Intercept[];
  /** Whether translations carry the tag of their guest: a VPID. */
  readonly tlbTags: boolean;
  /** Whether the guest is told that it may have guests itself. */
  readonly nested: boolean;
  readonly engine?: EngineKind | undefined;
  /** Of the virtual processor among all that share the host's, from 0. */
  readonly number: number;
  /** Whether the guest has several. */
  readonly siblings: boolean;
  /** For how long it has the processor where there are others. */
  readonly slice: number;
  /** Its part in the processor, which others may have, too. */
  share(context: ContextSwitch): ProcessorShare;
  /** Makes the host, with what translates the guest's addresses if that is not the EPT. */
  host(makeShadow?: (memory: PhysicalMemory, pages: GuestPages) => ShadowPager): Host;
}

/** A way of virtualizing that the monitor knows. */
export interface TechniqueKind {
  /** What leads from the guest's addresses to the host's, where it is not for the user to choose. */
  readonly paging?: Paging;
  /** What processors walk to translate guest-physical addresses. Default: EPT. */
  readonly tables?: 'npt';
  /** Whether it ends time slices itself; else the host's timer does. */
  readonly hasPreemptionTimer?: boolean;
  /** Whether a guest may have several virtual processors, where the processor translates guest-physical addresses. */
  readonly severalProcessors?: boolean;
  /** Whether a guest may have guests itself, where the processor translates guest-physical addresses. */
  readonly nests?: boolean;
  make(parts: TechniqueParts): { readonly host: Host; readonly technique: Technique };
}

const TECHNIQUES = {
  vtx: { hasPreemptionTimer: true, severalProcessors: true, nests: true, make: vtx },
  svm: { tables: 'npt', severalProcessors: true, make: svm },
  emulate: { paging: 'ept', make: emulate },
  deprivilege: { paging: 'shadow', make: deprivilege },
  paravirt: { paging: 'shadow', make: paravirt },
  translate: { paging: 'shadow', make: translate },
} as const satisfies Record<string, TechniqueKind>;

export type TechniqueName = keyof typeof TECHNIQUES;

export const techniqueKind = (name: TechniqueName): TechniqueKind => TECHNIQUES[name];

/** Software keeps nothing of its guest in the processor. */
const NO_CONTEXT: ContextSwitch = { save: nothing, load: nothing, renew: nothing };

/** Nor does a monitor with a guest in an outer ring, but each has tables of its own. */
const OUTER_RING_CONTEXT: ContextSwitch = { save: nothing, load: loadOwnTables, renew: nothing };

const withEngine = ({ engine }: TechniqueParts) => (engine ? { engine } : {});

function shadowMaker(pool: FramePool, options?: ShadowPagerOptions) {
  return (memory: PhysicalMemory, pages: GuestPages) =>
    new ShadowPager(memory, pages, pool, options);
}

function vtx(parts: TechniqueParts) {
  const { frames, tables, shadowFrames, hostCr3, gateFrame, start } = parts;
  const allocate = (): number => frames.allocate();
  const [vmxon, vmcs, msrBitmap] = [allocate(), allocate(), allocate()];
  const [hostGdt, hostIdt, hostTss, stack] = [allocate(), allocate(), allocate(), allocate()];
  const host = parts.host(shadowFrames && shadowMaker(shadowFrames));
  host.vmcs = vmcs;
  host.area = new VmcsArea(host);
  const share = parts.share(new VtxContext(vmcs, parts.slice, parts.siblings));
  if (share.turns.shared) {
    const { profile } = parts.computer.processor.state;
    host.left = new LeftRegisters(parts.computer.memory, allocate(), profile, start.units);
  }
  // Without EPT the processor runs no guest in real mode: software does.
  if (shadowFrames) softwareProcessor(host, frames.allocate(), withEngine(parts));
  const plan = {
    intercepts: new Set(parts.intercepts),
    tlbTags: parts.tlbTags,
    vpid: parts.number + 1,
    timeSlices: share.turns.shared,
    siblings: parts.siblings,
    eptPointer: shadowFrames ? undefined : tables.pointer,
    msrBitmap,
    hostCr3,
    hostRsp: directMap(stack + 4096),
    gate: directMap(gateFrame),
    hostGdt: directMap(hostGdt),
    hostIdt: directMap(hostIdt),
    hostTss: directMap(hostTss),
    start,
  };
  const nested = parts.nested ? nestedVtx(parts, host, plan, vmcs) : undefined;
  return { host, technique: new VtxTechnique({ vmxon, vmcs }, plan, share, nested) };
}

/** What a guest needs beside that has guests itself. @param vmcs01 by which the guest runs */
function nestedVtx(
  { computer, frames, tables }: TechniqueParts,
  host: Host,
  { intercepts, tlbTags, vpid, msrBitmap }: VmcsPlan,
  vmcs01: number,
): NestedVtx {
  const [vmcs02, merged] = [frames.allocate(), frames.allocate()];
  const first = allocateRun(frames, SHADOW_EPT_FRAMES * PAGE_SIZE);
  const ept = new ShadowEpt(computer.memory, first);
  const vmx = new VirtualVmx(host, ept, { own: msrBitmap, merged });
  host.virtualVmx = vmx;
  return {
    capabilities: vmx.capabilities,
    fields: vmx.fields,
    vmcs01,
    vmcs02,
    ept01: tables.pointer,
    ept02: ept.pointer,
    msrBitmap02: intercepts.has('msr') ? undefined : merged,
    vpid02: tlbTags ? vpid + 1 : undefined,
  };
}

function svm(parts: TechniqueParts) {
  const { computer, frames, tables, shadowFrames, start } = parts;
  const hostSaveArea = frames.allocate();
  const vmcb = new Vmcb(computer.memory, frames.allocate());
  const host = parts.host(shadowFrames && shadowMaker(shadowFrames));
  host.vmcb = vmcb;
  host.area = new VmcbArea(host, vmcb);
  const translations = parts.tlbTags ? TAGGED : UNTAGGED;
  const share = parts.share(parts.siblings ? siblingContext(translations) : SVM_CONTEXT);
  if (share.turns.shared) {
    const { profile } = computer.processor.state;
    host.left = new LeftRegisters(computer.memory, frames.allocate(), profile, start.units);
  }
  const plan = {
    intercepts: new Set(parts.intercepts),
    tlbTags: parts.tlbTags,
    asid: parts.number + 1,
    siblings: parts.siblings,
    nestedCr3: shadowFrames ? undefined : tables.pointer,
    iopm: allocateRun(frames, IOPM_SIZE),
    msrpm: allocateRun(frames, MSRPM_SIZE),
    start,
  };
  return { host, technique: new SvmTechnique(hostSaveArea, plan, share) };
}

function emulate(parts: TechniqueParts) {
  const host = parts.host();
  softwareProcessor(host, parts.frames.allocate(), withEngine(parts));
  return { host, technique: new EmulateTechnique(parts.start, parts.share(NO_CONTEXT)) };
}

/** What is particular to a technique whose guest is in an outer ring. */
interface OuterRingOptions {
  /** What of the address space is the monitor's beside its direct map. */
  readonly isOwn?: (linear: bigint) => boolean;
  /** Hypercalls that CPUID tells the virtual processor of. */
  readonly calls?: readonly number[];
}

/** What a guest in an outer ring is made of. */
function outerRing(parts: TechniqueParts, { isOwn, calls }: OuterRingOptions = {}) {
  const { computer, frames, shadowFrames, hostCr3, gateFrame } = parts;
  if (!shadowFrames) throw new RangeError('no frames for shadow tables');
  // The monitor is in every address space of the guest's: its gates and its stack have to be.
  const entry = computer.memory.read64(Number(hostCr3) + DIRECT_MAP_INDEX * 8);
  const reserved = { index: DIRECT_MAP_INDEX, entry };
  let pager: ShadowPager | undefined;
  const host = parts.host((memory, pages) => {
    pager = shadowMaker(shadowFrames, { underneath: '4-level', reserved, ...(isOwn && { isOwn }) })(
      memory,
      pages,
    );
    return pager;
  });
  if (!pager) throw new Error('no shadow tables were made');
  const shadow = pager;
  const software = softwareProcessor(host, frames.allocate(), {
    ...withEngine(parts),
    isTraced: (frame) => shadow.isTraced(frame),
    ...(calls && { calls }),
  });
  const tables = new MonitorTables(computer.memory, frames, directMap(gateFrame));
  const { pages } = host;
  const frameOf: FrameOf = (address, bring) =>
    (bring ? pages.obtain(address) : pages.pageAt(address))?.frame;
  const made = [computer.processor, software, shadow, tables, frameOf] as const;
  return { host, parts: made, software, shadow, reserved };
}

function deprivilege(parts: TechniqueParts) {
  const outer = outerRing(parts);
  outer.host.deprivileged = new DeprivilegedGuest(...outer.parts);
  return {
    host: outer.host,
    technique: new DeprivilegeTechnique(parts.start, parts.share(OUTER_RING_CONTEXT)),
  };
}

function paravirt(parts: TechniqueParts) {
  const outer = outerRing(parts, { calls: PARAVIRT_CALLS });
  const { host, software, reserved, shadow } = outer;
  const { memory } = parts.computer;
  const { guestMemory, bus, virtual: platform, virtualClock: clock } = host;
  const guest = new DeprivilegedGuest(...outer.parts);
  const direct = new DirectPaging({ memory, guestMemory, software, reserved, shadow });
  guest.pager = direct;
  host.deprivileged = guest;
  const calls = PARAVIRT_CALLS;
  const own = { memory, guestMemory, direct, bus, clock, platform, guest, calls };
  host.paravirt = new ParavirtGuest(own);
  return { host, technique: new ParavirtTechnique(parts.start, parts.share(OUTER_RING_CONTEXT)) };
}

function translate(parts: TechniqueParts) {
  const outer = outerRing(parts, { isOwn: isInWindow });
  const frame = allocateRun(parts.frames, WINDOW_SIZE);
  const data = new DataPage(parts.computer.memory, frame);
  outer.host.deprivileged = new TranslatedGuest(...outer.parts, data);
  return {
    host: outer.host,
    technique: new TranslateTechnique(parts.start, parts.share(OUTER_RING_CONTEXT)),
  };
}
