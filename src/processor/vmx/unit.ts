import { fieldByEncoding, Field } from '../../isa/vmx/fields';
import { VmInstructionError } from '../../isa/vmx/instruction-errors';
import type { GuestModeHost } from '../guest-mode/host';
import { PAGE_SIZE } from '../layout';
import { PHYSICAL_ADDRESS_BITS } from '../paging/walk';
import { fieldExists, type VmxCapabilities } from './capabilities';
import type { EntryCheckFailure } from './entry-checks';
import { VM_FAIL_INVALID, VM_SUCCEED, type VmxOutcome } from './outcome';
import { enterGuest } from './vm-entry';
import { LaunchState, Vmcs } from './vmcs';

/** The VMX state of a processor outside its VMCSs, and what the VMX instructions do with it. */
export class VmxUnit {
  /** Whether the processor is in VMX operation (between VMXON and VMXOFF). */
  inOperation = false;
  vmxonPointer = -1n;
  /** The current VMCS, in simulated physical memory. */
  current: Vmcs | undefined;
  /** Why the last VM entry did not succeed, check by check. */
  entryFailures: readonly EntryCheckFailure[] = [];

  constructor(
    private readonly cpu: GuestModeHost,
    readonly capabilities: VmxCapabilities,
  ) {}

  reset(): void {
    this.inOperation = false;
    this.vmxonPointer = -1n;
    this.current = undefined;
    this.entryFailures = [];
  }

  /** VMXON with the address of its region. */
  on(pointer: bigint): VmxOutcome {
    if (!this.validPointer(pointer)) return VM_FAIL_INVALID;
    const revision = this.cpu.physical.read32(Number(pointer));
    if (revision !== this.capabilities.revision) return VM_FAIL_INVALID;
    this.inOperation = true;
    this.vmxonPointer = pointer;
    this.current = undefined;
    return VM_SUCCEED;
  }

  off(): VmxOutcome {
    this.reset();
    return VM_SUCCEED;
  }

  clear(pointer: bigint): VmxOutcome {
    if (!this.validPointer(pointer)) return this.fail(VmInstructionError.VMCLEAR_INVALID_ADDRESS);
    if (pointer === this.vmxonPointer) return this.fail(VmInstructionError.VMCLEAR_VMXON_POINTER);
    new Vmcs(this.cpu.physical, Number(pointer)).launchState = LaunchState.CLEAR;
    if (this.current?.address === Number(pointer)) this.current = undefined;
    return VM_SUCCEED;
  }

  load(pointer: bigint): VmxOutcome {
    if (!this.validPointer(pointer)) return this.fail(VmInstructionError.VMPTRLD_INVALID_ADDRESS);
    if (pointer === this.vmxonPointer) return this.fail(VmInstructionError.VMPTRLD_VMXON_POINTER);
    const vmcs = new Vmcs(this.cpu.physical, Number(pointer));
    if (vmcs.revision !== this.capabilities.revision) {
      return this.fail(VmInstructionError.VMPTRLD_WRONG_REVISION);
    }
    this.current = vmcs;
    return VM_SUCCEED;
  }

  /** VMLAUNCH or VMRESUME; see `enterGuest`. */
  enter(launch: boolean): VmxOutcome {
    return enterGuest(this.cpu, launch);
  }

  /** VMPTRST: all ones when there is no current VMCS. */
  get currentPointer(): bigint {
    return this.current ? BigInt(this.current.address) : 0xffffffffffffffffn;
  }

  read(encoding: number): VmxOutcome | { readonly kind: 'value'; readonly value: bigint } {
    if (!this.current) return VM_FAIL_INVALID;
    if (!this.exists(encoding)) return this.fail(VmInstructionError.UNSUPPORTED_COMPONENT);
    return { kind: 'value', value: this.current.read(encoding) };
  }

  write(encoding: number, value: bigint): VmxOutcome {
    if (!this.current) return VM_FAIL_INVALID;
    if (!this.exists(encoding)) return this.fail(VmInstructionError.UNSUPPORTED_COMPONENT);
    // IA32_VMX_MISC bit 29 tells whether exit information can be written.
    const row = fieldByEncoding(encoding);
    if (row?.readOnly && !(this.capabilities.misc & (1n << 29n))) {
      return this.fail(VmInstructionError.VMWRITE_READ_ONLY);
    }
    this.current.write(encoding, value);
    return VM_SUCCEED;
  }

  /** VMfailValid when there is a current VMCS to hold the number, VMfailInvalid otherwise. */
  fail(error: number): VmxOutcome {
    if (!this.current) return VM_FAIL_INVALID;
    this.current.write(Field.VM_INSTRUCTION_ERROR, error);
    return { kind: 'VMfailValid', error };
  }

  private exists(encoding: number): boolean {
    const row = fieldByEncoding(encoding);
    return row !== undefined && fieldExists(this.capabilities, row);
  }

  private validPointer(pointer: bigint): boolean {
    return pointer % BigInt(PAGE_SIZE) === 0n && pointer >> PHYSICAL_ADDRESS_BITS === 0n;
  }
}
