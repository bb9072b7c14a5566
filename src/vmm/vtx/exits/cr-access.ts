import {
  Cr3Address,
  MACHINE_STATUS_WORD,
  WideCr0,
  WideCr4,
  WideEfer,
} from '../../../isa/registers/control';
import { EntryControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { CrAccessType } from '../../../isa/vmx/qualification';
import type { Handler } from '../../operation';
import {
  guestRegister,
  invept,
  readGuestPhysical,
  setGuestRegister,
  vmread,
  vmwrite,
} from '../../operations';
import { advanceRip } from '../advance-rip';
import { injectGeneralProtection } from '../inject';

/** MOV to and from control registers, CLTS, LMSW. */
export function* handleCrAccess(): Handler {
  const qualification = yield vmread(Field.EXIT_QUALIFICATION);
  const number = Number(qualification & 15n);
  const access = Number((qualification >> 4n) & 3n);
  const gpr = Number((qualification >> 8n) & 15n);
  if (access === CrAccessType.MOV_FROM) {
    const value = yield vmread(number === 3 ? Field.GUEST_CR3 : Field.CR0_READ_SHADOW);
    yield setGuestRegister(gpr, value);
    yield* advanceRip();
    return;
  }
  const shadow = yield vmread(Field.CR0_READ_SHADOW);
  let value: bigint;
  if (access === CrAccessType.CLTS) value = shadow & ~WideCr0.TS;
  else if (access === CrAccessType.LMSW) value = machineStatusWord(shadow, qualification);
  else value = yield guestRegister(gpr);
  const done = yield* number === 3
    ? writeCr3(value)
    : number === 4
      ? writeCr4(value)
      : writeCr0(value);
  if (done) yield* advanceRip();
  else yield* injectGeneralProtection();
}

/** LMSW loads PE, MP, EM and TS, but cannot clear PE. */
function machineStatusWord(shadow: bigint, qualification: bigint): bigint {
  const source = (qualification >> 16n) & MACHINE_STATUS_WORD;
  return (shadow & ~(MACHINE_STATUS_WORD & ~WideCr0.PE)) | source;
}

/** The guest sees what it wrote (the read shadow); the processor gets the bits that VMX insists on. */
function* writeCr0(value: bigint): Handler<boolean> {
  const old = yield vmread(Field.GUEST_CR0);
  const pg = WideCr0.PG;
  const turnsOn = (value & pg) !== 0n && (old & pg) === 0n;
  const turnsOff = (value & pg) === 0n && (old & pg) !== 0n;
  if (value >> 32n || (value & pg && !(value & WideCr0.PE))) return false;
  const efer = yield vmread(Field.GUEST_IA32_EFER);
  const cr4 = yield vmread(Field.GUEST_CR4);
  const long = (efer & WideEfer.LME) !== 0n;
  if (turnsOn && long && !(cr4 & WideCr4.PAE)) return false;
  yield vmwrite(Field.CR0_READ_SHADOW, value | WideCr0.ET);
  yield vmwrite(Field.GUEST_CR0, value | (WideCr0.ET | WideCr0.NE));
  if (turnsOn && long) yield* setLongMode(efer, true);
  if (turnsOff) yield* setLongMode(efer, false);
  const pae = (cr4 & WideCr4.PAE) !== 0n;
  if (turnsOn && pae && !long) yield* loadPdptes(yield vmread(Field.GUEST_CR3));
  if (turnsOn || turnsOff) yield invept();
  return true;
}

/** Turning on paging with LME set makes long mode active: a VM-entry control must say so too. */
function* setLongMode(efer: bigint, on: boolean): Handler {
  const controls = yield vmread(Field.VM_ENTRY_CONTROLS);
  const guest = BigInt(EntryControl.IA32E_MODE_GUEST);
  const lma = WideEfer.LMA;
  yield vmwrite(Field.GUEST_IA32_EFER, on ? efer | lma : efer & ~lma);
  yield vmwrite(Field.VM_ENTRY_CONTROLS, on ? controls | guest : controls & ~guest);
}

function* writeCr3(value: bigint): Handler<boolean> {
  yield vmwrite(Field.GUEST_CR3, value);
  const cr0 = yield vmread(Field.GUEST_CR0);
  const cr4 = yield vmread(Field.GUEST_CR4);
  const efer = yield vmread(Field.GUEST_IA32_EFER);
  const paging = (cr0 & WideCr0.PG) !== 0n;
  const pae = (cr4 & WideCr4.PAE) !== 0n && (efer & WideEfer.LMA) === 0n;
  if (paging && pae) yield* loadPdptes(value);
  // A load of CR3 drops translations; with a VPID the monitor has to see to it.
  yield invept();
  return true;
}

/** VMXE stays set for the processor; the guest sees it clear. */
function* writeCr4(value: bigint): Handler<boolean> {
  const efer = yield vmread(Field.GUEST_IA32_EFER);
  const long = (efer & WideEfer.LMA) !== 0n;
  if (value & WideCr4.VMXE || (long && !(value & WideCr4.PAE))) return false;
  yield vmwrite(Field.CR4_READ_SHADOW, value);
  yield vmwrite(Field.GUEST_CR4, value | WideCr4.VMXE);
  yield invept();
  return true;
}

/** PAE paging: the four PDPTEs are registers, and the VMCS has fields for them. */
function* loadPdptes(cr3: bigint): Handler {
  const fields = [Field.GUEST_PDPTE0, Field.GUEST_PDPTE1, Field.GUEST_PDPTE2, Field.GUEST_PDPTE3];
  for (const [n, field] of fields.entries()) {
    const entry = yield readGuestPhysical((cr3 & Cr3Address.PAE) + BigInt(8 * n), 8);
    yield vmwrite(field, entry);
  }
}
