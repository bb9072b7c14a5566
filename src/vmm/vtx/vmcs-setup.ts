import { VmxBasic } from '../../isa/vmx/capabilities';
import { Vector } from '../../isa/exceptions';
import { Gpr } from '../../isa/registers/general';
import { Msr } from '../../isa/registers/msr';
import { DR7_INITIAL } from '../../isa/registers/debug';
import { Cr4, Efer, WideCr0, WideCr4, WideEfer } from '../../isa/registers/control';
import {
  EntryControl,
  ExitControl,
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
} from '../../isa/vmx/controls';
import { Field } from '../../isa/vmx/fields';
import type { StartState } from '../../processor/state/start-state';
import { GUEST_SEGMENT_FIELDS } from '../../processor/vmx/segment-fields';
import type { Intercept } from '../intercepts';
import type { Handler } from '../operation';
import { rdmsr, shadowRoot, vmwrite, writeHostPhysical, writeVcpu } from '../operations';
import { enteredCr0, enteredCr4, enteredEfer, SHADOWED_CR0, SHADOWED_CR4 } from './paging/entered';

export interface VmcsPlan {
  readonly intercepts: ReadonlySet<Intercept>;
  /** Undefined with shadow paging. */
  readonly eptPointer: bigint | undefined;
  /** Translations of the guest's have a VPID, and outlive VM exits; 0 is that of VMX root operation (SDM 3C 29.1). */
  readonly tlbTags: boolean;
  readonly vpid: number;
  /** Other guests run on the processor, too: the VMX-preemption timer ends a time slice. */
  readonly timeSlices: boolean;
  /** The guest has several virtual processors: it exits where it waits in a loop, and gets NMIs. */
  readonly siblings: boolean;
  /** Host-physical address of the MSR bitmaps; zeros, but for the MSRs of `EXITING_MSRS`. */
  readonly msrBitmap: number;
  readonly hostCr3: bigint;
  readonly hostRsp: bigint;
  /** The linear address of the gate that VM exits come to. */
  readonly gate: bigint;
  readonly hostGdt: bigint;
  readonly hostIdt: bigint;
  readonly hostTss: bigint;
  /** The registers with which the guest starts. */
  readonly start: StartState;
}

/**
 * Wanted controls as the processor allows them: the low half of a capability MSR tells which must be 1,
 * its high half which may be (SDM 3D A.3 to A.5).
 */
function adjusted(wanted: number, capability: bigint): bigint {
  return (BigInt(wanted >>> 0) | (capability & 0xffffffffn)) & (capability >> 32n);
}

/** With TRUE controls, some that older processors insisted on are free, CR3 exiting among them. */
const capabilityMsrs = (basic: bigint) =>
  basic & VmxBasic.TRUE_CONTROLS
    ? {
        pinBased: Msr.VMX_TRUE_PINBASED_CTLS,
        primary: Msr.VMX_TRUE_PROCBASED_CTLS,
        exit: Msr.VMX_TRUE_EXIT_CTLS,
        entry: Msr.VMX_TRUE_ENTRY_CTLS,
      }
    : {
        pinBased: Msr.VMX_PINBASED_CTLS,
        primary: Msr.VMX_PROCBASED_CTLS,
        exit: Msr.VMX_EXIT_CTLS,
        entry: Msr.VMX_ENTRY_CTLS,
      };

/** @param basic what IA32_VMX_BASIC holds */
export function* writeControls(plan: VmcsPlan, basic: bigint): Handler {
  const shadows = plan.eptPointer === undefined;
  const has = (intercept: Intercept): boolean => plan.intercepts.has(intercept);
  // Shadow tables follow what the guest does with its own.
  const follows = (intercept: Intercept): boolean => shadows || has(intercept);
  const primary =
    PrimaryControl.HLT_EXITING |
    PrimaryControl.MONITOR_EXITING |
    PrimaryControl.MWAIT_EXITING |
    PrimaryControl.UNCONDITIONAL_IO_EXITING |
    PrimaryControl.ACTIVATE_SECONDARY_CONTROLS |
    (follows('cr3') ? PrimaryControl.CR3_LOAD_EXITING | PrimaryControl.CR3_STORE_EXITING : 0) |
    (follows('invlpg') ? PrimaryControl.INVLPG_EXITING : 0) |
    (has('msr') ? 0 : PrimaryControl.USE_MSR_BITMAPS) |
    (has('rdtsc') ? PrimaryControl.RDTSC_EXITING : 0) |
    (has('pause') || plan.siblings ? PrimaryControl.PAUSE_EXITING : 0) |
    (has('mov-dr') ? PrimaryControl.MOV_DR_EXITING : 0);
  const secondary =
    (shadows ? 0 : SecondaryControl.ENABLE_EPT | SecondaryControl.UNRESTRICTED_GUEST) |
    (plan.tlbTags ? SecondaryControl.ENABLE_VPID : 0) |
    SecondaryControl.ENABLE_RDTSCP |
    SecondaryControl.ENABLE_INVPCID |
    SecondaryControl.ENABLE_XSAVES;
  const msrs = capabilityMsrs(basic);
  const pinBased =
    PinBasedControl.EXTERNAL_INTERRUPT_EXITING |
    (plan.siblings ? PinBasedControl.NMI_EXITING | PinBasedControl.VIRTUAL_NMIS : 0) |
    (plan.timeSlices ? PinBasedControl.ACTIVATE_PREEMPTION_TIMER : 0);
  const allowedPinBased = yield rdmsr(msrs.pinBased);
  yield vmwrite(Field.PIN_BASED_VM_EXEC_CONTROL, adjusted(pinBased, allowedPinBased));
  const allowedPrimary = yield rdmsr(msrs.primary);
  yield vmwrite(Field.CPU_BASED_VM_EXEC_CONTROL, adjusted(primary, allowedPrimary));
  const allowedSecondary = yield rdmsr(Msr.VMX_PROCBASED_CTLS2);
  yield vmwrite(Field.SECONDARY_VM_EXEC_CONTROL, adjusted(secondary, allowedSecondary));
  const exit =
    ExitControl.HOST_ADDRESS_SPACE_SIZE |
    ExitControl.SAVE_DEBUG_CONTROLS |
    ExitControl.ACKNOWLEDGE_INTERRUPT |
    ExitControl.SAVE_EFER |
    (plan.timeSlices ? ExitControl.SAVE_PREEMPTION_TIMER : 0) |
    ExitControl.LOAD_EFER;
  const allowedExit = yield rdmsr(msrs.exit);
  yield vmwrite(Field.VM_EXIT_CONTROLS, adjusted(exit, allowedExit));
  const allowedEntry = yield rdmsr(msrs.entry);
  const longMode = plan.start.efer & WideEfer.LMA ? EntryControl.IA32E_MODE_GUEST : 0;
  const entry = EntryControl.LOAD_EFER | EntryControl.LOAD_DEBUG_CONTROLS | longMode;
  yield vmwrite(Field.VM_ENTRY_CONTROLS, adjusted(entry, allowedEntry));
  yield vmwrite(Field.EXCEPTION_BITMAP, shadows ? 1 << Vector.PF : 0);
  if (plan.eptPointer !== undefined) yield vmwrite(Field.EPT_POINTER, plan.eptPointer);
  if (plan.tlbTags) yield vmwrite(Field.VIRTUAL_PROCESSOR_ID, plan.vpid);
  yield vmwrite(Field.MSR_BITMAP, plan.msrBitmap);
  yield vmwrite(Field.VMCS_LINK_POINTER, (1n << 64n) - 1n);
  // PG and PE belong to the monitor, which has to follow the guest's mode; NE and VMXE to VMX.
  const [cr0, cr4] = shadows ? [SHADOWED_CR0, SHADOWED_CR4] : [0n, 0n];
  yield vmwrite(Field.CR0_GUEST_HOST_MASK, WideCr0.PE | WideCr0.PG | WideCr0.NE | cr0);
  yield vmwrite(Field.CR0_READ_SHADOW, plan.start.cr0);
  yield vmwrite(Field.CR4_GUEST_HOST_MASK, WideCr4.VMXE | cr4);
  yield vmwrite(Field.CR4_READ_SHADOW, plan.start.cr4);
}

const HIGH_MSRS = 0xc000_0000;

/**
 * MSRs that exit without being asked for, by reads (offset 0) or writes (offset 2048 in the bitmaps, SDM 3C
 * 25.6.9): those through which the guest would get hold of the processor's own local APIC.
 */
const EXITING_MSRS = [
  { number: Msr.APIC_BASE, offset: 0 },
  { number: Msr.APIC_BASE, offset: 2048 },
  { number: Msr.TSC_DEADLINE, offset: 0 },
  { number: Msr.TSC_DEADLINE, offset: 2048 },
] as const;

/** With shadow paging the guest's IA32_EFER is not the processor's: bits of the high MSRs, from C0000000H on. */
const SHADOWED_MSRS = [
  { number: Msr.EFER - HIGH_MSRS, offset: 1024 },
  { number: Msr.EFER - HIGH_MSRS, offset: 3072 },
];

export function* writeMsrBitmaps({ msrBitmap, eptPointer }: VmcsPlan): Handler {
  const msrs = eptPointer === undefined ? [...EXITING_MSRS, ...SHADOWED_MSRS] : EXITING_MSRS;
  for (const { number, offset } of msrs) {
    const word = msrBitmap + offset + 4 * (number >> 5);
    yield writeHostPhysical(word, (1 << (number & 31)) >>> 0);
  }
}

export function* writeHostState(plan: VmcsPlan): Handler {
  yield vmwrite(Field.HOST_CR0, WideCr0.PE | WideCr0.ET | WideCr0.NE | WideCr0.WP | WideCr0.PG);
  yield vmwrite(Field.HOST_CR3, plan.hostCr3);
  // OSXSAVE, where it exists, for XSETBV on the guest's behalf.
  const supported = yield rdmsr(Msr.VMX_CR4_FIXED1);
  yield vmwrite(Field.HOST_CR4, BigInt(Cr4.PAE | Cr4.VMXE | Cr4.OSXSAVE) & supported);
  yield vmwrite(Field.HOST_IA32_EFER, Efer.SCE | Efer.LME | Efer.LMA | Efer.NXE);
  yield vmwrite(Field.HOST_CS_SELECTOR, 0x08);
  yield vmwrite(Field.HOST_SS_SELECTOR, 0x10);
  yield vmwrite(Field.HOST_TR_SELECTOR, 0x18);
  yield vmwrite(Field.HOST_TR_BASE, plan.hostTss);
  yield vmwrite(Field.HOST_GDTR_BASE, plan.hostGdt);
  yield vmwrite(Field.HOST_IDTR_BASE, plan.hostIdt);
  yield vmwrite(Field.HOST_RSP, plan.hostRsp);
  yield vmwrite(Field.HOST_RIP, plan.gate);
}

/** The guest begins as its firmware, or its boot loader, leaves the processor. */
export function* writeGuestState({ start, eptPointer }: VmcsPlan): Handler {
  if (eptPointer === undefined) yield* writeShadowedControls(start);
  else yield* writeOwnControls(start);
  yield* writeRegisters(start, isSet);
}

/** Of a VMCS that holds 0 everywhere, what is 0 need not be written. */
const isSet = (value: bigint | number): boolean => Boolean(value);

/**
 * Everything in the guest-state area that is not a control register.
 *
 * @param differs whether the VMCS may hold another value
 */
export function* writeRegisters(
  start: StartState,
  differs: (value: bigint | number) => boolean,
): Handler {
  yield vmwrite(Field.GUEST_DR7, DR7_INITIAL);
  for (const [index, fields] of GUEST_SEGMENT_FIELDS.entries()) {
    const segment = start.segments[index];
    if (!segment) continue;
    if (differs(segment.selector)) yield vmwrite(fields.selector, segment.selector);
    if (differs(segment.base)) yield vmwrite(fields.base, segment.base);
    yield vmwrite(fields.limit, segment.limit);
    yield vmwrite(fields.accessRights, segment.accessRights);
  }
  for (const [table, base, limit] of [
    [start.idtr, Field.GUEST_IDTR_BASE, Field.GUEST_IDTR_LIMIT],
    [start.gdtr, Field.GUEST_GDTR_BASE, Field.GUEST_GDTR_LIMIT],
  ] as const) {
    if (differs(table.base)) yield vmwrite(base, table.base);
    yield vmwrite(limit, table.limit);
  }
  yield vmwrite(Field.GUEST_RIP, start.rip);
  yield vmwrite(Field.GUEST_RSP, start.gprs[Gpr.RSP] ?? 0n);
  yield vmwrite(Field.GUEST_RFLAGS, start.rflags);
}

function* writeOwnControls(start: StartState): Handler {
  yield vmwrite(Field.GUEST_CR0, start.cr0 | WideCr0.NE);
  if (start.cr3) yield vmwrite(Field.GUEST_CR3, start.cr3);
  yield vmwrite(Field.GUEST_CR4, start.cr4 | WideCr4.VMXE);
  if (start.efer) yield vmwrite(Field.GUEST_IA32_EFER, start.efer);
}

function* writeShadowedControls(start: StartState): Handler {
  yield vmwrite(Field.GUEST_CR0, enteredCr0(start.cr0));
  yield vmwrite(Field.GUEST_CR4, enteredCr4(start.cr4, start.cr0));
  yield vmwrite(Field.GUEST_IA32_EFER, enteredEfer(start.efer));
  yield writeVcpu('cr3', start.cr3);
  yield writeVcpu('efer', start.efer);
  yield vmwrite(Field.GUEST_CR3, yield shadowRoot());
}
