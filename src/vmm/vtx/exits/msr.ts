import { fieldsOfMsrs } from '../../../isa/vmx/switched-msrs';
import { WideCr0, WideEfer } from '../../../isa/registers/control';
import { CANONICAL_MSRS, Msr, MTRRS } from '../../../isa/registers/msr';
import { MiscEnable } from '../../../isa/registers/msr-fields';
import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import {
  guestRegister,
  invept,
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

const LOW = 0xffffffffn;

/**
 * MSRs that the guest has in its VMCS: those that the processor always switches, and IA32_EFER, for
 * which the controls ask.
 */
const IN_VMCS = fieldsOfMsrs('guest');

/** MSRs that the monitor does not use itself: the guest has the processor's own. */
const PASSED_THROUGH: ReadonlySet<number> = new Set([
  Msr.STAR,
  Msr.LSTAR,
  Msr.CSTAR,
  Msr.FMASK,
  Msr.KERNEL_GS_BASE,
  Msr.TSC,
  Msr.TSC_AUX,
  Msr.XSS,
  Msr.PAT,
  Msr.MISC_ENABLE,
  ...MTRRS,
]);

const EFER_WRITABLE = WideEfer.SCE | WideEfer.LME | WideEfer.NXE;
const EFER_LMA = WideEfer.LMA;
const XD_DISABLE = BigInt(MiscEnable.XD_DISABLE);

/** RDMSR: EDX:EAX from wherever the guest's value of the MSR lies. */
export function* handleRdmsr(): Handler {
  const number = Number((yield guestRegister(1)) & LOW);
  const field = IN_VMCS.get(number);
  let value: bigint;
  if (number === Msr.APIC_BASE) {
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
export function* handleWrmsr(): Handler {
  const number = Number((yield guestRegister(1)) & LOW);
  const low = (yield guestRegister(0)) & LOW;
  const high = (yield guestRegister(2)) & LOW;
  const value = (high << 32n) | low;
  const field = IN_VMCS.get(number);
  if (number === Msr.EFER) {
    if (!(yield* writeEfer(value))) return;
  } else if (number === Msr.APIC_BASE) {
    if (!(yield* writeApicBase(value))) return;
  } else if (field !== undefined && isAllowed(number, value)) {
    yield vmwrite(field, value);
  } else if (!PASSED_THROUGH.has(number) || (yield wrmsr(number, value)) === 0n) {
    yield* injectGeneralProtection();
    return;
  }
  yield* advanceRip();
}

/** The guest's local APIC lies elsewhere in its memory from now on, or nowhere. False: #GP was injected. */
function* writeApicBase(value: bigint): Handler<boolean> {
  if ((yield placeVirtualApic(value)) === 0n) {
    yield* injectGeneralProtection();
    return false;
  }
  yield invept();
  return true;
}

/** LME may not change while paging is on; LMA is the processor's to change. False: #GP was injected. */
function* writeEfer(value: bigint): Handler<boolean> {
  const old = yield vmread(Field.GUEST_IA32_EFER);
  const cr0 = yield vmread(Field.GUEST_CR0);
  const changesLme = ((old ^ value) & WideEfer.LME) !== 0n;
  const paging = (cr0 & WideCr0.PG) !== 0n;
  const wantsNxe = (value & WideEfer.NXE) !== 0n;
  const hidden = wantsNxe && ((yield rdmsr(Msr.MISC_ENABLE)) & XD_DISABLE) !== 0n;
  if (value & ~(EFER_WRITABLE | EFER_LMA) || (changesLme && paging) || hidden) {
    yield* injectGeneralProtection();
    return false;
  }
  yield vmwrite(Field.GUEST_IA32_EFER, (value & EFER_WRITABLE) | (old & EFER_LMA));
  return true;
}

/** Addresses in the VMCS must be canonical, with 4-level paging: 48 bits (SDM 1 3.3.7.1). */
function isAllowed(number: number, value: bigint): boolean {
  if (!CANONICAL_MSRS.has(number)) return true;
  return BigInt.asUintN(64, BigInt.asIntN(48, value)) === value;
}
