import { SegmentRights } from '../../../isa/access-rights';
import { DR7_INITIAL } from '../../../isa/registers/debug';
import { RFLAGS_FIXED } from '../../../isa/registers/flags';
import { Msr } from '../../../isa/registers/msr';
import { WideCr0, WideCr4, WideEfer } from '../../../isa/registers/control';
import { ExitControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { VmxAbort } from '../../../isa/vmx/instruction-errors';
import { GUEST_SEGMENT_FIELDS, HOST_SELECTOR_FIELDS } from '../../../processor/vmx/segment-fields';
import { loadPdptes } from '../../hardware/exits/cr3';
import type { Handler } from '../../operation';
import { stopGuest, vmwrite, wrmsr } from '../../operations';
import type { VtxVcpu } from '../vtx-vcpu';
import type { LeftBehind } from './left-behind';
import { loadMsrs } from './msr-areas';
import { abort12, readVmcs12 } from './operations';

/** L1 goes on with the host state of VMCS12 (SDM 3C 28.5, 28.6). VMCS01 is current. */

/** Bits of CR0 that a VM exit leaves as they are. */
const CR0_UNCHANGED = WideCr0.ET | WideCr0.CD | WideCr0.NW;
const TABLE_LIMIT = 0xffff;
const TSS_LIMIT = 0x67;
const [CS, LDTR, TR] = [1, 6, 7];

/** Fields of the host-state area that are loaded as they stand. */
const AS_THEY_ARE: readonly (readonly [host: Field, guest: Field])[] = [
  [Field.HOST_CR3, Field.GUEST_CR3],
  [Field.HOST_IA32_SYSENTER_CS, Field.GUEST_SYSENTER_CS],
  [Field.HOST_IA32_SYSENTER_ESP, Field.GUEST_SYSENTER_ESP],
  [Field.HOST_IA32_SYSENTER_EIP, Field.GUEST_SYSENTER_EIP],
  [Field.HOST_FS_BASE, Field.GUEST_FS_BASE],
  [Field.HOST_GS_BASE, Field.GUEST_GS_BASE],
  [Field.HOST_TR_BASE, Field.GUEST_TR_BASE],
  [Field.HOST_GDTR_BASE, Field.GUEST_GDTR_BASE],
  [Field.HOST_IDTR_BASE, Field.GUEST_IDTR_BASE],
  [Field.HOST_RSP, Field.GUEST_RSP],
  [Field.HOST_RIP, Field.GUEST_RIP],
];

/** What every VM exit makes of these. */
const FIXED: readonly (readonly [guest: Field, value: bigint | number])[] = [
  [Field.GUEST_GDTR_LIMIT, TABLE_LIMIT],
  [Field.GUEST_IDTR_LIMIT, TABLE_LIMIT],
  [Field.GUEST_RFLAGS, RFLAGS_FIXED],
  [Field.GUEST_DR7, DR7_INITIAL],
  [Field.GUEST_IA32_DEBUGCTL, 0],
  [Field.GUEST_INTERRUPTIBILITY_INFO, 0],
  [Field.GUEST_ACTIVITY_STATE, 0],
  [Field.GUEST_PENDING_DBG_EXCEPTIONS, 0],
  [Field.VM_ENTRY_INTR_INFO, 0],
];

/** @param left what L2 has left in registers that the VM exit need not load */
export function* loadHostState(vcpu: VtxVcpu, left: LeftBehind): Handler {
  const exit = yield readVmcs12(Field.VM_EXIT_CONTROLS);
  const asks = (control: number): boolean => (exit & BigInt(control)) !== 0n;
  const wide = asks(ExitControl.HOST_ADDRESS_SPACE_SIZE);
  yield* loadControlRegisters(vcpu, left, wide, asks(ExitControl.LOAD_EFER));
  if (asks(ExitControl.LOAD_PAT)) yield wrmsr(Msr.PAT, yield readVmcs12(Field.HOST_IA32_PAT));
  yield* loadSegments(wide);
  for (const [host, guest] of AS_THEY_ARE) yield vmwrite(guest, yield readVmcs12(host));
  for (const [guest, value] of FIXED) yield vmwrite(guest, value);
  if (!wide && !(yield* loadHostPdptes(vcpu))) {
    yield* abort(VmxAbort.HOST_PDPTES);
    return;
  }
  const refused = yield* loadMsrs(vcpu, Field.VM_EXIT_MSR_LOAD_ADDR, Field.VM_EXIT_MSR_LOAD_COUNT);
  if (refused !== undefined) yield* abort(VmxAbort.LOADING_HOST_MSRS);
}

/** A VM exit that cannot be completed shuts the processor down (SDM 3C 28.7). */
export function* abort(indicator: number): Handler {
  yield abort12(indicator);
  yield stopGuest({ kind: 'shutdown' });
}

function* loadControlRegisters(
  vcpu: VtxVcpu,
  left: LeftBehind,
  wide: boolean,
  loadsEfer: boolean,
): Handler {
  const cr0 = yield readVmcs12(Field.HOST_CR0);
  const cr4 = yield readVmcs12(Field.HOST_CR4);
  const both = WideEfer.LMA | WideEfer.LME;
  const followed = wide ? left.efer | both : left.efer & ~both;
  yield* vcpu.setCr0((cr0 & ~CR0_UNCHANGED) | (left.cr0 & CR0_UNCHANGED));
  yield* vcpu.setCr4(wide ? cr4 | WideCr4.PAE : cr4 & ~WideCr4.PCIDE);
  yield* vcpu.setEfer(loadsEfer ? yield readVmcs12(Field.HOST_IA32_EFER) : followed);
  yield* vcpu.setLongMode(wide);
}

/** Flat segments of ring 0 with the host's selectors (SDM 3C 28.5.2). */
function* loadSegments(wide: boolean): Handler {
  const code = wide ? SegmentRights.FLAT_CODE_64 : SegmentRights.FLAT_CODE_32;
  for (const [index, fields] of GUEST_SEGMENT_FIELDS.entries()) {
    const host = HOST_SELECTOR_FIELDS[index];
    const selector = host === undefined ? 0n : yield readVmcs12(host);
    const data = selector === 0n ? SegmentRights.UNUSABLE : SegmentRights.FLAT_DATA;
    yield vmwrite(fields.selector, selector);
    yield vmwrite(fields.base, 0);
    yield vmwrite(fields.limit, 0xffffffff);
    yield vmwrite(fields.accessRights, index === CS ? code : data);
  }
  yield* loadSystemSegments();
}

function* loadSystemSegments(): Handler {
  const [ldtr, tr] = [GUEST_SEGMENT_FIELDS[LDTR], GUEST_SEGMENT_FIELDS[TR]];
  if (!ldtr || !tr) return;
  yield vmwrite(ldtr.selector, 0);
  yield vmwrite(ldtr.limit, 0);
  yield vmwrite(ldtr.accessRights, SegmentRights.UNUSABLE);
  yield vmwrite(tr.selector, yield readVmcs12(Field.HOST_TR_SELECTOR));
  yield vmwrite(tr.limit, TSS_LIMIT);
  yield vmwrite(tr.accessRights, SegmentRights.TSS_BUSY);
}

/** A host with PAE paging gets those that its CR3 leads to (SDM 3C 28.5.4). */
function* loadHostPdptes(vcpu: VtxVcpu): Handler<boolean> {
  const cr4 = yield readVmcs12(Field.HOST_CR4);
  if ((cr4 & WideCr4.PAE) === 0n) return true;
  return yield* loadPdptes(vcpu, yield readVmcs12(Field.HOST_CR3));
}
