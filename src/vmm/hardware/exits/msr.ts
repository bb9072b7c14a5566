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
  wrmsr,
} from '../../operations';
import type { Vcpu } from '../vcpu';
import { injectGeneralProtection } from './fault';

const LOW = 0xffffffffn;

const EFER_WRITABLE = WideEfer.SCE | WideEfer.LME | WideEfer.NXE;
const EFER_LMA = WideEfer.LMA;
const XD_DISABLE = BigInt(MiscEnable.XD_DISABLE);

/** RDMSR: EDX:EAX from wherever the guest's value of the MSR lies. */
export function* handleRdmsr(vcpu: Vcpu): Handler {
  const number = Number((yield guestRegister(1)) & LOW);
  const value = yield* readMsr(vcpu, number);
  if (value === undefined) {
    yield* injectGeneralProtection(vcpu);
    return;
  }
  yield setGuestRegister(0, value & LOW);
  yield setGuestRegister(2, value >> 32n);
  yield* vcpu.advance();
}

/** What an MSR of the guest's holds; undefined where it has none of that number. */
export function* readMsr(vcpu: Vcpu, number: number): Handler<bigint | undefined> {
  if (number === Msr.EFER) return yield* vcpu.efer();
  if (number === Msr.APIC_BASE) return yield virtualApicBase();
  const switched = vcpu.switchedMsr(number);
  if (switched) return yield* switched.read();
  return vcpu.passedThrough.has(number) ? yield rdmsr(number) : undefined;
}

/** WRMSR. */
export function* handleWrmsr(vcpu: Vcpu): Handler {
  const number = Number((yield guestRegister(1)) & LOW);
  const low = (yield guestRegister(0)) & LOW;
  const high = (yield guestRegister(2)) & LOW;
  const done = yield* writeMsr(vcpu, number, (high << 32n) | low);
  if (done) yield* vcpu.advance();
  else yield* injectGeneralProtection(vcpu);
}

/** @returns false for what the processor would have answered with #GP(0); nothing has changed then */
export function* writeMsr(vcpu: Vcpu, number: number, value: bigint): Handler<boolean> {
  if (number === Msr.EFER) return yield* writeEfer(vcpu, value);
  if (number === Msr.APIC_BASE) return yield* writeApicBase(vcpu, value);
  const switched = vcpu.switchedMsr(number);
  if (switched && isAllowed(number, value)) {
    return switched.write ? yield* switched.write(value) : false;
  }
  return vcpu.passedThrough.has(number) && (yield wrmsr(number, value)) === 1n;
}

/** The guest's local APIC lies elsewhere in its memory from now on, or nowhere. */
function* writeApicBase(vcpu: Vcpu, value: bigint): Handler<boolean> {
  if ((yield placeVirtualApic(value)) === 0n) return false;
  yield* vcpu.follow();
  return true;
}

/** Whether the guest's firmware has turned off that bit of page-table entries: only Intel's can. */
function* hidesExecuteDisable({ passedThrough }: Vcpu): Handler<boolean> {
  if (!passedThrough.has(Msr.MISC_ENABLE)) return false;
  return ((yield rdmsr(Msr.MISC_ENABLE)) & XD_DISABLE) !== 0n;
}

/** LME may not change while paging is on; LMA is the processor's to change. */
function* writeEfer(vcpu: Vcpu, value: bigint): Handler<boolean> {
  const old = yield* vcpu.efer();
  const cr0 = yield* vcpu.cr0();
  const changesLme = ((old ^ value) & WideEfer.LME) !== 0n;
  const pages = (cr0 & WideCr0.PG) !== 0n;
  const wantsNxe = (value & WideEfer.NXE) !== 0n;
  const hidden = wantsNxe && (yield* hidesExecuteDisable(vcpu));
  if (value & ~(EFER_WRITABLE | EFER_LMA) || (changesLme && pages) || hidden) return false;
  yield* vcpu.setEfer((value & EFER_WRITABLE) | (old & EFER_LMA));
  return true;
}

/** Addresses must be canonical, with 4-level paging: 48 bits (SDM 1 3.3.7.1). */
function isAllowed(number: number, value: bigint): boolean {
  if (!CANONICAL_MSRS.has(number)) return true;
  return BigInt.asUintN(64, BigInt.asIntN(48, value)) === value;
}
