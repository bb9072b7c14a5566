import { reservedBits } from '../../isa/bits';
import { CR0, CR4, WideCr0, WideCr4, WideEfer } from '../../isa/registers/control';
import { DEBUGCTL, DebugCtl } from '../../isa/registers/msr-fields';
import { DEFAULT1, EptVpidCap, VmxBasic, VmxMisc } from '../../isa/vmx/capabilities';
import {
  ENTRY_CONTROLS,
  EntryControl,
  EXIT_CONTROLS,
  ExitControl,
  PIN_BASED_CONTROLS,
  PRIMARY_CONTROLS,
  PrimaryControl,
  SECONDARY_CONTROLS,
} from '../../isa/vmx/controls';
import type { BitTable } from '../../isa/bits';
import type { ControlLimits, VmxCapabilities } from '../../processor/vmx/capabilities';
import type { EntryFacts } from '../../processor/vmx/entry-checks';

/**
 * A dump does not tell what its processor can do, so each rule is judged twice: by a processor that has
 * all that any could have, and by one that has what every one has. Broken for the first, it is broken;
 * kept for the second, it is kept; between the two it depends on the processor.
 */

/** What a dump tells of its processor after all. */
export interface Evidence {
  /** Width of linear addresses in bits; undefined when nothing tells it. */
  readonly linearAddressWidth: 48 | 57 | undefined;
  /** Addresses up to this bit were in use. */
  readonly physicalAddressWidth: number;
  /** The bits of CR4 that the host uses. */
  readonly cr4: bigint;
  /** Shadow stacks are in use: the processor is one of those that free the error codes of events. */
  readonly cet: boolean;
}

type Assumptions = Omit<VmxCapabilities, 'msrs' | 'revision'>;
export type ProcessorFacts = Omit<EntryFacts, 'longModeActive' | 'vmcsAddress' | 'memory'>;

const ALL_32 = 0xffff_ffff;
const named32 = (table: BitTable): number => (ALL_32 & ~Number(reservedBits(table, 32))) >>> 0;
const named64 = (table: BitTable): bigint => 0xffff_ffff_ffff_ffffn & ~reservedBits(table, 64);

/** Members of the default1 class that may be 0 on processors with the TRUE capability MSRs. */
const MAY_BE_0 = {
  primary: PrimaryControl.CR3_LOAD_EXITING | PrimaryControl.CR3_STORE_EXITING,
  exit: ExitControl.SAVE_DEBUG_CONTROLS,
  entry: EntryControl.LOAD_DEBUG_CONTROLS,
};

const atLeast = (default1: number, mayBe0 = 0): number => (default1 & ~mayBe0) >>> 0;

/** Bits of CR4 that the manual does not name, and newer processors may have. */
const LATER_CR4 = 0xe400_0000n;
/** Bits of CR4 that every processor with VMX has. */
const EVERY_CR4 = 0x7ffn | WideCr4.VMXE;
const EFER = WideEfer.SCE | WideEfer.LME | WideEfer.LMA | WideEfer.NXE;

const LIMITS = {
  pinBased: [PIN_BASED_CONTROLS, atLeast(DEFAULT1.pinBased)],
  primary: [PRIMARY_CONTROLS, atLeast(DEFAULT1.primary, MAY_BE_0.primary)],
  secondary: [SECONDARY_CONTROLS, 0],
  exit: [EXIT_CONTROLS, atLeast(DEFAULT1.exit, MAY_BE_0.exit)],
  entry: [ENTRY_CONTROLS, atLeast(DEFAULT1.entry, MAY_BE_0.entry)],
} as const;

type Set = keyof typeof LIMITS;

/** Which controls must and may be 1: on some processor any, on every one those that have a name. */
function limitsOf(set: Set, mayBe1: 'any' | 'named'): ControlLimits {
  const [table, mustBe1] = LIMITS[set];
  const default1 = set === 'secondary' ? 0 : DEFAULT1[set];
  return { mustBe1, mayBe1: mayBe1 === 'any' ? ALL_32 : (named32(table) | default1) >>> 0 };
}

const controls = (mayBe1: 'any' | 'named') => ({
  pinBased: limitsOf('pinBased', mayBe1),
  primary: limitsOf('primary', mayBe1),
  secondary: limitsOf('secondary', mayBe1),
  exit: limitsOf('exit', mayBe1),
  entry: limitsOf('entry', mayBe1),
});

const COMMON = {
  cr0Fixed0: WideCr0.PE | WideCr0.NE | WideCr0.PG,
  cr4Fixed0: WideCr4.VMXE,
  efer: EFER,
};

/** A processor that has whatever any processor may have, as far as the evidence lets it. */
export function mostCapable(evidence: Evidence): Assumptions {
  return {
    ...COMMON,
    ...controls('any'),
    physicalAddressWidth: 52,
    linearAddressWidth: evidence.linearAddressWidth ?? 57,
    tertiary: 0xffff_ffff_ffff_ffffn,
    secondaryExit: 0xffff_ffff_ffff_ffffn,
    vmFunctions: ALL_32,
    cr0Fixed1: 0xffff_ffffn,
    cr4Fixed1: named64(CR4) | LATER_CR4,
    basic: evidence.cet ? VmxBasic.ANY_ERROR_CODE : 0n,
    misc:
      VmxMisc.ACTIVITY_HLT |
      VmxMisc.ACTIVITY_SHUTDOWN |
      VmxMisc.ACTIVITY_SIPI |
      VmxMisc.INJECT_LENGTH_0 |
      VmxMisc.CR3_TARGETS,
    eptVpid: 0xffff_ffff_ffff_ffffn,
  };
}

/** A processor that has what every one with VMX has, and what the evidence shows. */
export function leastCapable(evidence: Evidence): Assumptions {
  return {
    ...COMMON,
    ...controls('named'),
    physicalAddressWidth: evidence.physicalAddressWidth,
    linearAddressWidth: evidence.linearAddressWidth ?? 48,
    tertiary: 0n,
    secondaryExit: 0n,
    vmFunctions: 0,
    cr0Fixed1: named64(CR0),
    cr4Fixed1: EVERY_CR4 | evidence.cr4,
    basic: 0n,
    misc: VmxMisc.ACTIVITY_HLT | (4n << 16n),
    eptVpid: EptVpidCap.LEVELS_4 | EptVpidCap.TYPE_WB,
  };
}

export const MOST_FACTS: ProcessorFacts = {
  debugctlBits: named64(DEBUGCTL),
  perfGlobalCtrlBits: 0x1_ffff_ffff_ffffn,
  rtitCtlBits: 0xffff_ffff_ffff_ffffn,
  lbrCtlBits: 0x7f_000fn,
  rtm: true,
  sgx: true,
  busLockDetection: true,
};

export const LEAST_FACTS: ProcessorFacts = {
  debugctlBits: BigInt(DebugCtl.LBR | DebugCtl.BTF),
  perfGlobalCtrlBits: 0n,
  rtitCtlBits: 0n,
  lbrCtlBits: 0n,
  rtm: false,
  sgx: false,
  busLockDetection: false,
};
