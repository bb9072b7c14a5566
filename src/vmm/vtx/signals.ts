import { SegmentRights } from '../../isa/access-rights';
import { Vector } from '../../isa/exceptions';
import { EntryControl } from '../../isa/vmx/controls';
import { Interruptibility, InterruptionInfo, InterruptionType } from '../../isa/vmx/events';
import { Field } from '../../isa/vmx/fields';
import { initStart } from '../../processor/state/start-state';
import { vmread, vmwrite, writeCr2, writeCr8, writeDebugRegister } from '../operations';
import { DR6_INITIAL } from '../../isa/registers/debug';
import { takeNmi } from '../signals/operations';
import type { SignalledVcpu } from '../signals/signalled-vcpu';
import { setInterruptWindow, setNmiWindow } from './inject';
import type { VtxPaging } from './paging/vtx-paging';
import { PDPTE_FIELDS } from './guest-paging';
import { writeRegisters } from './vmcs-setup';

/** What one of several virtual processors of VT-x is told by others: with EPT, and "unrestricted guest". */

const VALID = BigInt(InterruptionInfo.VALID);
const BY_NMI = BigInt(Interruptibility.BLOCKING_BY_NMI);
const NMI_EVENT =
  (Vector.NMI | (InterruptionType.NMI << InterruptionInfo.TYPE_SHIFT) | InterruptionInfo.VALID) >>>
  0;

/** Whatever the VMCS holds, it is written. */
const always = (): boolean => true;

export const vtxSignals = (paging: VtxPaging): SignalledVcpu => ({
  *initialize() {
    const start = initStart(yield* paging.cr0());
    yield* paging.setCr0(start.cr0);
    yield vmwrite(Field.GUEST_CR3, 0);
    yield* paging.setCr4(0n);
    yield* paging.setEfer(0n);
    const controls = yield vmread(Field.VM_ENTRY_CONTROLS);
    yield vmwrite(Field.VM_ENTRY_CONTROLS, controls & ~BigInt(EntryControl.IA32E_MODE_GUEST));
    for (const field of PDPTE_FIELDS) yield vmwrite(field, 0);
    yield* writeRegisters(start, always);
    yield vmwrite(Field.GUEST_INTERRUPTIBILITY_INFO, 0);
    yield vmwrite(Field.GUEST_PENDING_DBG_EXCEPTIONS, 0);
    yield vmwrite(Field.VM_ENTRY_INTR_INFO, 0);
    yield* setInterruptWindow(false);
    yield* setNmiWindow(false);
    // No transition switches these.
    yield writeCr2(0n);
    yield writeCr8(0n);
    yield writeDebugRegister(6, DR6_INITIAL);
    yield* paging.translations.forgetAll();
  },

  *startAt(vector) {
    yield vmwrite(Field.GUEST_CS_SELECTOR, vector << 8);
    yield vmwrite(Field.GUEST_CS_BASE, vector << 12);
    yield vmwrite(Field.GUEST_CS_LIMIT, 0xffff);
    yield vmwrite(Field.GUEST_CS_AR_BYTES, SegmentRights.REAL_MODE_CODE);
    yield vmwrite(Field.GUEST_RIP, 0);
  },

  /** Virtual NMIs: the field tells of their blocking (SDM 3C 25.6.1, 25.4.2). */
  *nmiState() {
    const blocking = yield vmread(Field.GUEST_INTERRUPTIBILITY_INFO);
    return blocking & BY_NMI ? 'blocked' : 'open';
  },

  *deliverNmi() {
    const occupied = yield vmread(Field.VM_ENTRY_INTR_INFO);
    const blocking = yield vmread(Field.GUEST_INTERRUPTIBILITY_INFO);
    if (occupied & VALID || blocking !== 0n) {
      yield* setNmiWindow(true);
      return;
    }
    yield takeNmi();
    yield vmwrite(Field.VM_ENTRY_INTR_INFO, NMI_EVENT);
  },
});
