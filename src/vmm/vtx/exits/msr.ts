import { fieldsOfMsrs } from '../../../isa/vmx/switched-msrs';
import { WideCr0, WideEfer } from '../../../isa/registers/control';
import { CANONICAL_MSRS, Msr } from '../../../isa/registers/msr';
import { MiscEnable } from '../../../isa/registers/msr-fields';
import type { Handler } from '../../operation';
import {
  guestRegister,
  placeVirtualApic,
  rdmsr,
  setGuestRegister,
  virtualApicBase,
  vmread,
  vmwrite,
  wrmsr,
} from '../../operations';
import { advanceRip } from '../advance-rip';
import { injectGeneralProtection } from '../inject';
import type { VtxPaging } from '../paging/vtx-paging';
import { PASSED_THROUGH } from '../../hardware/passed-through';

const LOW = 0xffffffffn;

/**
 * MSRs that the guest has in its VMCS: those that the processor always switches, and IA32_EFER, for
 * which the controls ask.
 */
const IN_VMCS = fieldsOfMsrs('guest');

const EFER_WRITABLE = WideEfer.SCE | WideEfer.LME | WideEfer.NXE;
const EFER_LMA = WideEfer.LMA;
const XD_DISABLE = BigInt(MiscEnable.XD_DISABLE);

/** RDMSR: EDX:EAX from wherever the guest's value of the MSR lies. */
export function* handleRdmsr(paging: VtxPaging): Handler {
  const number = Number((yield guestRegister(1)) & LOW);
  const field = IN_VMCS.get(number);
  let value: bigint;
  if (number === Msr.EFER) {
    value = yield* paging.efer();
  } else if (number === Msr.APIC_BASE) {
    value = yield virtualApicBase();
  } else if (field !== undefined) {
    value = yield vmread(field);
  } else if (PASSED_THROUGH.has(number)) {
    value = yield rdmsr(number);
  } else {
    yield* injectGeneralProtection();
    return;
  }
  yield setGuestRegister(0, value & LOW);
  yield setGuestRegister(2, value >> 32n);
  yield* advanceRip();
}

/** WRMSR. */
export function* handleWrmsr(paging: VtxPaging): Handler {
  const number = Number((yield guestRegister(1)) & LOW);
  const low = (yield guestRegister(0)) & LOW;
  const high = (yield guestRegister(2)) & LOW;
  const value = (high << 32n) | low;
  const field = IN_VMCS.get(number);
  if (number === Msr.EFER) {
    if (!(yield* writeEfer(paging, value))) return;
  } else if (number === Msr.APIC_BASE) {
    if (!(yield* writeApicBase(paging, value))) return;
  } else if (field !== undefined && isAllowed(number, value)) {
    yield vmwrite(field, value);
  } else if (!PASSED_THROUGH.has(number) || (yield wrmsr(number, value)) === 0n) {
    yield* injectGeneralProtection();
    return;
  }
  yield* advanceRip();
}

/** The guest's local APIC lies elsewhere in its memory from now on, or nowhere. False: #GP was injected. */
function* writeApicBase(paging: VtxPaging, value: bigint): Handler<boolean> {
  if ((yield placeVirtualApic(value)) === 0n) {
    yield* injectGeneralProtection();
    return false;
  }
  yield* paging.follow();
  return true;
}

/** LME may not change while paging is on; LMA is the processor's to change. False: #GP was injected. */
function* writeEfer(paging: VtxPaging, value: bigint): Handler<boolean> {
  const old = yield* paging.efer();
  const cr0 = yield* paging.cr0();
  const changesLme = ((old ^ value) & WideEfer.LME) !== 0n;
  const pages = (cr0 & WideCr0.PG) !== 0n;
  const wantsNxe = (value & WideEfer.NXE) !== 0n;
  const hidden = wantsNxe && ((yield rdmsr(Msr.MISC_ENABLE)) & XD_DISABLE) !== 0n;
  if (value & ~(EFER_WRITABLE | EFER_LMA) || (changesLme && pages) || hidden) {
    yield* injectGeneralProtection();
    return false;
  }
  yield* paging.setEfer((value & EFER_WRITABLE) | (old & EFER_LMA));
  return true;
}

/** Addresses in the VMCS must be canonical, with 4-level paging: 48 bits (SDM 1 3.3.7.1). */
function isAllowed(number: number, value: bigint): boolean {
  if (!CANONICAL_MSRS.has(number)) return true;
  return BigInt.asUintN(64, BigInt.asIntN(48, value)) === value;
}
