import { SecondaryControl } from '../../isa/vmx/controls';
import { Field } from '../../isa/vmx/fields';
import { VmInstructionError } from '../../isa/vmx/instruction-errors';
import type { GuestModeHost } from '../guest-mode/host';
import { ROOT_OPERATION } from '../guest-mode/root-operation';
import { PAGE_SIZE, PassedWords } from '../state/layout';
import type { Persistent } from '../persistent';
import { ActiveVmcs } from './active-vmcs';
import type { VmxCapabilities } from './capabilities';
import type { EntryCheckFailure } from './entry-checks';
import { wordComparison, type FindChange } from './entry-checks/watched-words';
import { FieldAccess } from './field-access';
import { GUEST_STATE } from './guest-state';
import { HOST_STATE } from './host-state';
import type { NonRootState } from './intercepts';
import { VM_FAIL_INVALID, VM_SUCCEED, type VmxOutcome } from './outcome';
import { enterGuest } from './vm-entry';
import { LaunchState, SHADOW_VMCS, Vmcs } from './vmcs';

const NO_LINK = 0xffff_ffff_ffff_ffffn;

/** The VMX state of a processor outside its VMCSs. */
export interface VmxState {
  readonly inOperation: boolean;
  readonly vmxonPointer: bigint;
  /** Host-physical address of the current VMCS. */
  readonly current: number | undefined;
  /** In VMX non-root operation. */
  readonly nonRoot: NonRootState | undefined;
}

/** The VMX state of a processor outside its VMCSs, and what the VMX instructions do with it. */
export class VmxUnit implements Persistent<VmxState> {
  /** Whether the processor is in VMX operation (between VMXON and VMXOFF). */
  inOperation = false;
  vmxonPointer = -1n;
  /** The current VMCS, and what the processor keeps of it. */
  active: ActiveVmcs | undefined;
  /** Why the last VM entry did not succeed, check by check. */
  entryFailures: readonly EntryCheckFailure[] = [];

  constructor(
    private readonly cpu: GuestModeHost,
    readonly capabilities: VmxCapabilities,
  ) {
    this.fields = new FieldAccess(capabilities);
    this.guestMoves = GUEST_STATE.within(cpu.physical.memory);
    this.hostMoves = HOST_STATE.within(cpu.physical.memory);
    this.findChange = wordComparison(cpu.physical.memory);
  }

  /** What transitions move as it is. */
  readonly guestMoves: ReturnType<typeof GUEST_STATE.within>;
  readonly hostMoves: ReturnType<typeof HOST_STATE.within>;

  private readonly fields: FieldAccess;
  private readonly findChange: FindChange;
  /** The VMCSs that were loaded and not cleared since, by address. */
  private readonly known = new Map<number, ActiveVmcs>();

  /** The current VMCS, in simulated physical memory. */
  get current(): Vmcs | undefined {
    return this.active?.vmcs;
  }

  reset(): void {
    this.inOperation = false;
    this.vmxonPointer = -1n;
    this.active = undefined;
    this.known.clear();
    this.entryFailures = [];
  }

  save(): VmxState {
    const { active, inOperation, vmxonPointer } = this;
    const nonRoot = this.cpu.guestMode.active ? active?.intercepts.save() : undefined;
    return { inOperation, vmxonPointer, current: active?.vmcs.address, nonRoot };
  }

  /** Memory holds the VMCSs as they were: nothing that was kept of others is of use. */
  restore({ inOperation, vmxonPointer, current, nonRoot }: VmxState): void {
    const { cpu } = this;
    this.reset();
    this.inOperation = inOperation;
    this.vmxonPointer = vmxonPointer;
    this.active = current === undefined ? undefined : this.activate(current);
    cpu.guestMode = ROOT_OPERATION;
    cpu.mmu.secondLevel = cpu.mmu.guarded = undefined;
    if (!this.active || !nonRoot) return;
    this.active.intercepts.restore(nonRoot);
    cpu.guestMode = this.active.intercepts;
    this.active.translateBy(nonRoot.controls);
  }

  /** VMXON with the address of its region. */
  on(pointer: bigint): VmxOutcome {
    if (!this.validPointer(pointer)) return VM_FAIL_INVALID;
    const revision = this.cpu.physical.read32(Number(pointer));
    if (revision !== this.capabilities.revision) return VM_FAIL_INVALID;
    this.inOperation = true;
    this.vmxonPointer = pointer;
    this.active = undefined;
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
    this.known.delete(Number(pointer));
    if (this.current?.address === Number(pointer)) this.active = undefined;
    return VM_SUCCEED;
  }

  load(pointer: bigint): VmxOutcome {
    if (!this.validPointer(pointer)) return this.fail(VmInstructionError.VMPTRLD_INVALID_ADDRESS);
    if (pointer === this.vmxonPointer) return this.fail(VmInstructionError.VMPTRLD_VMXON_POINTER);
    const address = Number(pointer);
    if (!this.hasRevision(address)) {
      return this.fail(VmInstructionError.VMPTRLD_WRONG_REVISION);
    }
    this.active = this.activate(address);
    return VM_SUCCEED;
  }

  /** The revision identifier of a VMCS, which may be a shadow VMCS where the processor knows those. */
  private hasRevision(address: number): boolean {
    const { revision, secondary } = this.capabilities;
    const shadows = (secondary.mayBe1 & SecondaryControl.VMCS_SHADOWING) !== 0;
    const found = this.cpu.physical.read32(address);
    return found === revision || (shadows && found === (revision | SHADOW_VMCS) >>> 0);
  }

  private activate(address: number): ActiveVmcs {
    const known = this.known.get(address);
    if (known) return known;
    if (this.known.size >= PassedWords.LISTS) this.known.clear();
    const list = this.freeList();
    const active = new ActiveVmcs(this.cpu, address, this.capabilities, this.findChange, list);
    this.known.set(address, active);
    return active;
  }

  /** Where a list of watched words lies that belongs to no VMCS. */
  private freeList(): number {
    const taken = new Set([...this.known.values()].map(({ list }) => list));
    let list = this.cpu.caches.place.passedWords;
    while (taken.has(list)) list += PassedWords.LIST_SIZE;
    return list;
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
    const { accessed } = this;
    if (!accessed) return VM_FAIL_INVALID;
    if (!this.fields.exists(encoding)) return this.fail(VmInstructionError.UNSUPPORTED_COMPONENT);
    return { kind: 'value', value: accessed.read(encoding) };
  }

  /** The VMCS that VMREAD and VMWRITE access: under "VMCS shadowing" a guest's is the linked one (SDM 3C 31.3). */
  private get accessed(): Vmcs | undefined {
    const { cpu, current } = this;
    if (!cpu.guestMode.active) return current;
    const link = current?.read(Field.VMCS_LINK_POINTER) ?? NO_LINK;
    return link === NO_LINK ? undefined : new Vmcs(cpu.physical, Number(link));
  }

  write(encoding: number, value: bigint | number): VmxOutcome {
    const { accessed } = this;
    if (!accessed) return VM_FAIL_INVALID;
    if (!this.fields.exists(encoding)) return this.fail(VmInstructionError.UNSUPPORTED_COMPONENT);
    if (!this.fields.isWritable(encoding)) return this.fail(VmInstructionError.VMWRITE_READ_ONLY);
    accessed.write(encoding, value);
    this.cpu.observer.fieldWritten?.(accessed.address, encoding, value);
    return VM_SUCCEED;
  }

  /** VMfailValid when there is a current VMCS to hold the number, VMfailInvalid otherwise. */
  fail(error: number): VmxOutcome {
    if (!this.current) return VM_FAIL_INVALID;
    this.current.write(Field.VM_INSTRUCTION_ERROR, error);
    return { kind: 'VMfailValid', error };
  }

  private validPointer(pointer: bigint): boolean {
    return (
      pointer % BigInt(PAGE_SIZE) === 0n &&
      pointer >> BigInt(this.capabilities.physicalAddressWidth) === 0n
    );
  }
}
