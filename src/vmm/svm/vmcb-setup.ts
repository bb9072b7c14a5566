import { WideEfer } from '../../isa/registers/control';
import { DR6_INITIAL, DR7_INITIAL } from '../../isa/registers/debug';
import { Gpr } from '../../isa/registers/general';
import { Msr, msrReset } from '../../isa/registers/msr';
import { Vector } from '../../isa/exceptions';
import { NestedControl, TlbControl, VirtualInterrupt } from '../../isa/svm/control-fields';
import { SvmExit } from '../../isa/svm/exit-codes';
import type { VmcbFieldId } from '../../isa/svm/vmcb';
import type { StartState } from '../../processor/state/start-state';
import { attributesOf, SEGMENT_NAMES } from '../../processor/svm/segments';
import type { Handler } from '../operation';
import { shadowRoot, writeHostPhysical, writeVcpu } from '../operations';
import type { Intercept } from '../intercepts';
import { fillHostPhysical, writeVmcb } from './operations';
import { enteredCr0, enteredCr4, enteredEfer } from './paging/entered';

/** Bytes of the permissions maps (APM 2 15.10.1, 15.11). */
export const IOPM_SIZE = 0x3000;
export const MSRPM_SIZE = 0x2000;

export interface VmcbPlan {
  readonly intercepts: ReadonlySet<Intercept>;
  /** nCR3; undefined with shadow paging. */
  readonly nestedCr3: bigint | undefined;
  /** Translations of the guest's have an ASID of their own, and outlive transitions; else each VMRUN flushes the TLB. */
  readonly tlbTags: boolean;
  readonly asid: number;
  /** The guest has several virtual processors: it exits where it waits in a loop, and gets NMIs. */
  readonly siblings: boolean;
  /** Host-physical addresses of the permissions maps. */
  readonly iopm: number;
  readonly msrpm: number;
  /** The registers with which the guest starts. */
  readonly start: StartState;
}

/** What the monitor has to see, whatever it is asked for. */
const ALWAYS: readonly number[] = [
  ...[SvmExit.INTR, SvmExit.CPUID, SvmExit.HLT, SvmExit.INVD, SvmExit.IOIO, SvmExit.MSR],
  ...[SvmExit.SHUTDOWN, SvmExit.VMRUN, SvmExit.VMMCALL, SvmExit.VMLOAD, SvmExit.VMSAVE],
  ...[SvmExit.STGI, SvmExit.CLGI, SvmExit.SKINIT, SvmExit.INVLPGA, SvmExit.MONITOR, SvmExit.MWAIT],
  SvmExit.EXCEPTION + Vector.UD,
];

/** What several virtual processors need: the intercept of NMIs goes with virtual ones (APM 2 15.21.10). */
const WITH_SIBLINGS: readonly number[] = [SvmExit.NMI, SvmExit.PAUSE];

const DEBUG_REGISTERS = Array.from({ length: 32 }, (_, n) => SvmExit.DR_READ + n);
const CR3 = [SvmExit.CR_READ + 3, SvmExit.CR_WRITE + 3];

/** What shadow tables follow; and the registers of which the processor has others than the guest. */
const WITH_SHADOWS: readonly number[] = [
  ...[0, 4].flatMap((n) => [SvmExit.CR_READ + n, SvmExit.CR_WRITE + n]),
  ...CR3,
  ...[SvmExit.INVLPG, SvmExit.INVPCID, SvmExit.TASK_SWITCH, SvmExit.EXCEPTION + Vector.PF],
];

/** Of the ways to make MSRs exit, this one is in their map. */
const ASKED_FOR: Readonly<Record<Intercept, readonly number[]>> = {
  cr3: CR3,
  invlpg: [SvmExit.INVLPG, SvmExit.INVPCID],
  msr: [],
  rdtsc: [SvmExit.RDTSC, SvmExit.RDTSCP],
  pause: [SvmExit.PAUSE],
  'mov-dr': DEBUG_REGISTERS,
};

/** The fields that hold intercepts: the first exit code of each, and how many it has. */
const INTERCEPT_FIELDS: readonly (readonly [VmcbFieldId, first: number, count: number])[] = [
  ['INTERCEPT_CR_READ', 0x00, 16],
  ['INTERCEPT_CR_WRITE', 0x10, 16],
  ['INTERCEPT_DR_READ', 0x20, 16],
  ['INTERCEPT_DR_WRITE', 0x30, 16],
  ['INTERCEPT_EXCEPTION', 0x40, 32],
  ['INTERCEPT_VECTOR_3', 0x60, 32],
  ['INTERCEPT_VECTOR_4', 0x80, 32],
  ['INTERCEPT_VECTOR_5', 0xa0, 32],
];

/** Exit codes below C0H are the numbers of the intercepts’ bits (APM 2 table B-1, appendix C). */
const bitsFor = (codes: readonly number[], first: number, count: number): bigint =>
  codes
    .filter((code) => code >= first && code < first + count)
    .reduce((bits, code) => bits | (1n << BigInt(code - first)), 0n);

export function* writeControls(plan: VmcbPlan): Handler {
  const { intercepts, nestedCr3, tlbTags, asid, siblings, iopm, msrpm } = plan;
  const codes = [
    ...ALWAYS,
    ...(nestedCr3 === undefined ? WITH_SHADOWS : []),
    ...(siblings ? WITH_SIBLINGS : []),
    ...[...intercepts].flatMap((intercept) => ASKED_FOR[intercept]),
  ];
  for (const [field, first, count] of INTERCEPT_FIELDS) {
    const bits = bitsFor(codes, first, count);
    if (bits) yield writeVmcb(field, bits);
  }
  yield writeVmcb('IOPM_BASE_PA', iopm);
  yield writeVmcb('MSRPM_BASE_PA', msrpm);
  yield writeVmcb('GUEST_ASID', tlbTags ? asid : 1);
  if (!tlbTags) yield writeVmcb('TLB_CONTROL', TlbControl.FLUSH_ALL);
  // The guest's RFLAGS.IF holds back its own interrupts, not the host's.
  const { V_INTR_MASKING, V_NMI_ENABLE } = VirtualInterrupt;
  yield writeVmcb('VIRTUAL_INTERRUPT', V_INTR_MASKING | (siblings ? V_NMI_ENABLE : 0));
  if (nestedCr3 === undefined) return;
  yield writeVmcb('NESTED_CONTROL', NestedControl.NP_ENABLE);
  yield writeVmcb('N_CR3', nestedCr3);
}

const ALL_ONES = (1n << 64n) - 1n;
const HIGH_MSRS = 0xc000_0000;
const AMD_MSRS = 0xc001_0000;
/** Bytes of the map for each range of MSRs. */
const RANGE_BYTES = 0x800;

/**
 * MSRs that exit without being asked for: those through which the guest would get hold of the processor's own local APIC, or
 * of SVM.
 */
const EXITING_MSRS: readonly number[] = [Msr.APIC_BASE, Msr.EFER, Msr.VM_CR, Msr.VM_HSAVE_PA];

/** Two bits for each MSR, the lower one for reads (APM 2 15.11). */
const BOTH = 3;
const PER_WORD = 16;

export function* writePermissionMaps({ intercepts, iopm, msrpm }: VmcbPlan): Handler {
  yield fillHostPhysical(iopm, IOPM_SIZE, ALL_ONES);
  if (intercepts.has('msr')) {
    yield fillHostPhysical(msrpm, MSRPM_SIZE, ALL_ONES);
    return;
  }
  const words = new Map<number, number>();
  for (const number of EXITING_MSRS) {
    const range = number >= AMD_MSRS ? 2 : number >= HIGH_MSRS ? 1 : 0;
    const inRange = number & 0x1fff;
    const at = msrpm + range * RANGE_BYTES + Math.floor(inRange / PER_WORD) * 4;
    words.set(at, (words.get(at) ?? 0) | (BOTH << (2 * (inRange % PER_WORD))));
  }
  for (const [at, bits] of words) yield writeHostPhysical(at, bits >>> 0);
}

/** The guest begins as its firmware, or its boot loader, leaves the processor. */
export function* writeGuestState({ start, nestedCr3 }: VmcbPlan): Handler {
  if (nestedCr3 === undefined) yield* writeShadowedControls(start);
  else yield* writeOwnControls(start);
  yield* writeRegisters(start, isSet);
}

/** Of a VMCB that holds 0 everywhere, what is 0 need not be written. */
const isSet = (value: bigint | number): boolean => Boolean(value);

/**
 * Everything in the state save area that is not a control register.
 *
 * @param differs whether the VMCB may hold another value
 */
export function* writeRegisters(
  start: StartState,
  differs: (value: bigint | number) => boolean,
): Handler {
  yield writeVmcb('DR6', DR6_INITIAL);
  yield writeVmcb('DR7', DR7_INITIAL);
  for (const [index, name] of SEGMENT_NAMES.entries()) {
    const segment = start.segments[index];
    if (!segment) continue;
    if (differs(segment.selector)) yield writeVmcb(`${name}_SELECTOR`, segment.selector);
    if (differs(segment.base)) yield writeVmcb(`${name}_BASE`, segment.base);
    yield writeVmcb(`${name}_LIMIT`, segment.limit);
    yield writeVmcb(`${name}_ATTRIB`, attributesOf(segment.accessRights));
  }
  for (const [name, { base, limit }] of [
    ['GDTR', start.gdtr],
    ['IDTR', start.idtr],
  ] as const) {
    if (differs(base)) yield writeVmcb(`${name}_BASE`, base);
    yield writeVmcb(`${name}_LIMIT`, limit);
  }
  yield writeVmcb('RIP', start.rip);
  yield writeVmcb('RSP', start.gprs[Gpr.RSP] ?? 0n);
  yield writeVmcb('RAX', start.gprs[Gpr.RAX] ?? 0n);
  yield writeVmcb('RFLAGS', start.rflags);
}

function* writeOwnControls(start: StartState): Handler {
  yield writeVmcb('CR0', start.cr0);
  if (start.cr3) yield writeVmcb('CR3', start.cr3);
  if (start.cr4) yield writeVmcb('CR4', start.cr4);
  yield writeVmcb('EFER', start.efer | WideEfer.SVME);
  yield writeVmcb('G_PAT', msrReset(Msr.PAT));
}

function* writeShadowedControls(start: StartState): Handler {
  yield writeVmcb('CR0', enteredCr0(start.cr0));
  yield writeVmcb('CR4', enteredCr4(start.cr4, start.cr0));
  yield writeVmcb('EFER', enteredEfer(start.efer));
  yield writeVcpu('cr0', start.cr0);
  yield writeVcpu('cr3', start.cr3);
  yield writeVcpu('cr4', start.cr4);
  yield writeVcpu('efer', start.efer);
  const root = yield shadowRoot();
  yield writeVmcb('CR3', root);
}
