import {
  PrimaryControl,
  EntryControl,
  ExitControl,
  SecondaryControl,
} from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import type { VmxCapabilities } from '../capabilities';

/** What the checks need of physical memory; addresses are host-physical. */
export interface EntryMemory {
  read32(address: number): number;
  read64(address: number): bigint;
}

/** What the checks need to know beside the VMCS and the capabilities. */
export interface EntryFacts {
  /** IA32_EFER.LMA at the time of VM entry. */
  readonly longModeActive: boolean;
  /** Host-physical address of the current VMCS. */
  readonly vmcsAddress: bigint;
  /** For what the checks read outside the VMCS: the linked VMCS, the virtual TPR, PDPTEs. */
  readonly memory: EntryMemory;
  /** In system-management mode. */
  readonly inSmm?: boolean;
  /** Bits IA32_DEBUGCTL has (default: LBR and BTF). */
  readonly debugctlBits?: bigint;
  /** Bits IA32_PERF_GLOBAL_CTRL has (default: none). */
  readonly perfGlobalCtrlBits?: bigint;
  /** Bits IA32_RTIT_CTL and IA32_LBR_CTL have (default: none). */
  readonly rtitCtlBits?: bigint;
  readonly lbrCtlBits?: bigint;
  /** Restricted transactional memory, SGX, bus-lock detection exist (default: no). */
  readonly rtm?: boolean;
  readonly sgx?: boolean;
  readonly busLockDetection?: boolean;
}

export type FieldReader = (field: Field) => bigint;

export interface EntryContext {
  readonly read: FieldReader;
  /**
   * 32 bits of a field, without the detour over bigint that costs more than most checks: the low
   * ones, or with access type "high" (bit 0 of the encoding) the upper ones.
   */
  readonly readNumber: (field: Field) => number;
  readonly capabilities: VmxCapabilities;
  readonly facts: EntryFacts;
}

/** One VM entry as the checks see it: fields, effective controls, and the rest of the world. */
export class EntryView {
  readonly capabilities: VmxCapabilities;
  readonly facts: EntryFacts;
  private readonly read: FieldReader;
  private readonly readNumber: (field: Field) => number;

  constructor(context: EntryContext) {
    this.capabilities = context.capabilities;
    this.facts = context.facts;
    this.read = context.read;
    this.readNumber = context.readNumber;
  }

  get pinBasedControls(): number {
    return this.number(Field.PIN_BASED_VM_EXEC_CONTROL);
  }

  get primaryControls(): number {
    return this.number(Field.CPU_BASED_VM_EXEC_CONTROL);
  }

  /** The controls in effect: 0 unless activated (SDM 3C 25.6.2). */
  get secondaryControls(): number {
    const active = this.primary(PrimaryControl.ACTIVATE_SECONDARY_CONTROLS);
    return active ? this.number(Field.SECONDARY_VM_EXEC_CONTROL) : 0;
  }

  /** The controls in effect: 0 unless activated (SDM 3C 25.6.2). */
  get tertiaryControls(): bigint {
    const active = this.primary(PrimaryControl.ACTIVATE_TERTIARY_CONTROLS);
    return active ? this.field(Field.TERTIARY_VM_EXEC_CONTROL) : 0n;
  }

  get exitControls(): number {
    return this.number(Field.VM_EXIT_CONTROLS);
  }

  get entryControls(): number {
    return this.number(Field.VM_ENTRY_CONTROLS);
  }

  field(field: Field): bigint {
    return this.read(field);
  }

  /** The upper 32 bits of a 64-bit or natural-width field, not negative. */
  high(field: Field): number {
    return this.readNumber(field | 1) >>> 0;
  }

  /** A field of at most 32 bits. */
  number(field: Field): number {
    return this.readNumber(field);
  }

  pinBased(mask: number): boolean {
    return (this.pinBasedControls & mask) !== 0;
  }

  primary(mask: number): boolean {
    return (this.primaryControls & mask) !== 0;
  }

  secondary(mask: number): boolean {
    return (this.secondaryControls & mask) !== 0;
  }

  tertiary(mask: bigint): boolean {
    return (this.tertiaryControls & mask) !== 0n;
  }

  exit(mask: number): boolean {
    return (this.exitControls & mask) !== 0;
  }

  entry(mask: number): boolean {
    return (this.entryControls & mask) !== 0;
  }

  /** Whether any bit of `mask`, all below bit 32, is set in a field. */
  bits(field: Field, mask: number): boolean {
    return (this.readNumber(field) & mask) !== 0;
  }

  get unrestricted(): boolean {
    return this.secondary(SecondaryControl.UNRESTRICTED_GUEST);
  }

  get ia32eGuest(): boolean {
    return this.entry(EntryControl.IA32E_MODE_GUEST);
  }

  get host64(): boolean {
    return this.exit(ExitControl.HOST_ADDRESS_SPACE_SIZE);
  }

  get inSmm(): boolean {
    return this.facts.inSmm ?? false;
  }
}
