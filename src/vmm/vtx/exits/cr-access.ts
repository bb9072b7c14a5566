import { AccessRights } from '../../../isa/access-rights';
import {
  MACHINE_STATUS_WORD,
  WideCr0,
  WideCr3,
  WideCr4,
  WideEfer,
} from '../../../isa/registers/control';
import { Msr } from '../../../isa/registers/msr';
import { Field } from '../../../isa/vmx/fields';
import { CrAccessType } from '../../../isa/vmx/qualification';
import { loadPdptes, writeCr3 } from '../../hardware/exits/cr3';
import type { Handler } from '../../operation';
import {
  guestRegister,
  rdmsr,
  readCr8,
  setGuestRegister,
  vmread,
  writeCr8,
} from '../../operations';
import { advanceRip } from '../advance-rip';
import { injectGeneralProtection } from '../inject';
import { mayWriteCr0, mayWriteCr4 } from '../nested/fixed-bits';
import type { VtxVcpu } from '../vtx-vcpu';

/** MOV to and from control registers, CLTS, LMSW. */
export function* handleCrAccess(vcpu: VtxVcpu): Handler {
  const qualification = yield vmread(Field.EXIT_QUALIFICATION);
  const number = Number(qualification & 15n);
  const access = Number((qualification >> 4n) & 3n);
  const gpr = Number((qualification >> 8n) & 15n);
  if (access === CrAccessType.MOV_FROM) {
    // CR0 and CR4 can be read without an exit.
    const value = number === 8 ? yield readCr8() : yield* vcpu.cr3();
    yield setGuestRegister(gpr, value);
    yield* advanceRip();
    return;
  }
  const value = yield* wantedValue(access, gpr, qualification);
  const done = yield* write(vcpu, number, value);
  if (done) yield* advanceRip();
  else yield* injectGeneralProtection();
}

/** @returns false for what the processor would have answered with #GP(0); nothing has changed then */
function* write(vcpu: VtxVcpu, number: number, value: bigint): Handler<boolean> {
  switch (number) {
    case 3:
      return yield* writeCr3(vcpu, value);
    case 4:
      return yield* writeCr4(vcpu, value);
    case 8:
      if (value > 15n) return false;
      yield writeCr8(value);
      return true;
    default:
      return yield* writeCr0(vcpu, value);
  }
}

/** What the instruction writes: MOV a register, CLTS and LMSW a few bits of CR0. */
function* wantedValue(access: number, gpr: number, qualification: bigint): Handler<bigint> {
  if (access === CrAccessType.MOV_TO) return yield guestRegister(gpr);
  const cr0 = yield* visibleCr0();
  return access === CrAccessType.CLTS ? cr0 & ~WideCr0.TS : machineStatusWord(cr0, qualification);
}

/** CR0 as the guest reads it: of the bits in the mask the read shadow's, of the others its own. */
function* visibleCr0(): Handler<bigint> {
  const mask = yield vmread(Field.CR0_GUEST_HOST_MASK);
  const shadow = yield vmread(Field.CR0_READ_SHADOW);
  const actual = yield vmread(Field.GUEST_CR0);
  return (actual & ~mask) | (shadow & mask);
}

/** LMSW loads PE, MP, EM and TS, but cannot clear PE. */
function machineStatusWord(cr0: bigint, qualification: bigint): bigint {
  const source = (qualification >> 16n) & MACHINE_STATUS_WORD;
  return (cr0 & ~(MACHINE_STATUS_WORD & ~WideCr0.PE)) | source;
}

function* writeCr0(vcpu: VtxVcpu, value: bigint): Handler<boolean> {
  const old = yield* vcpu.cr0();
  const pg = WideCr0.PG;
  const turnsOn = (value & pg) !== 0n && (old & pg) === 0n;
  const turnsOff = (value & pg) === 0n && (old & pg) !== 0n;
  if (value >> 32n || (value & pg && !(value & WideCr0.PE))) return false;
  if (value & WideCr0.NW && !(value & WideCr0.CD)) return false;
  if (vcpu.nested && !(yield* mayWriteCr0(vcpu.nested, value))) return false;
  const efer = yield* vcpu.efer();
  const cr4 = yield* vcpu.cr4();
  const code = yield vmread(Field.GUEST_CS_AR_BYTES);
  const code64 = (code & BigInt(AccessRights.L)) !== 0n;
  const long = (efer & WideEfer.LME) !== 0n;
  const pae = (cr4 & WideCr4.PAE) !== 0n;
  if (turnsOn && long && (!pae || code64)) return false;
  if (turnsOff && (cr4 & WideCr4.PCIDE || (efer & WideEfer.LMA && code64))) return false;
  if (turnsOn && pae && !long) {
    const loaded = yield* loadPdptes(vcpu, yield* vcpu.cr3());
    if (!loaded) return false;
  }
  yield* vcpu.setCr0(value);
  if (turnsOn && long) yield* vcpu.setLongMode(true);
  if (turnsOff) yield* vcpu.setLongMode(false);
  if (turnsOn || turnsOff) yield* vcpu.pagingTurned();
  return true;
}

/** With PAE paging, a change of one of these loads the PDPTEs (SDM 3A 4.4.1). */
const LOADS_PDPTES = WideCr4.PAE | WideCr4.PGE | WideCr4.PSE | WideCr4.SMEP;

function* writeCr4(vcpu: VtxVcpu, value: bigint): Handler<boolean> {
  const efer = yield* vcpu.efer();
  const long = (efer & WideEfer.LMA) !== 0n;
  const possible = yield rdmsr(Msr.VMX_CR4_FIXED1);
  if (value & ~possible) return false;
  if (long && !(value & WideCr4.PAE)) return false;
  const allowed = vcpu.nested ? yield* mayWriteCr4(vcpu.nested, value) : !(value & WideCr4.VMXE);
  if (!allowed) return false;
  const changed = value ^ (yield* vcpu.cr4());
  const cr3 = yield* vcpu.cr3();
  if (long && changed & WideCr4.LA57) return false;
  if (value & changed & WideCr4.PCIDE && (!long || cr3 & WideCr3.PCID)) return false;
  const cr0 = yield* vcpu.cr0();
  if (cr0 & WideCr0.PG && value & WideCr4.PAE && !long && changed & LOADS_PDPTES) {
    const loaded = yield* loadPdptes(vcpu, cr3);
    if (!loaded) return false;
  }
  yield* vcpu.setCr4(value);
  return true;
}
