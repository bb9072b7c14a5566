import { PinBasedControl, PrimaryControl } from '../../../isa/vmx/controls';
import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { Field } from '../../../isa/vmx/fields';
import { extract, fieldsOf } from '../../../isa/bits';
import { IO_INSTRUCTION } from '../../../isa/vmx/qualification';
import { Gpr } from '../../../isa/registers/general';
import type { Handler } from '../../operation';
import { guestRegister, readGuestPhysical, vmread } from '../../operations';
import { isSet12 } from './controls';
import { readVmcs12 } from './operations';

/** Which VM exits of L2's are for L1. */

/**
 * What the monitor may have asked for itself. All other VM exits are L1's: they come of controls that the monitor has taken
 * from VMCS12 as they stand, or would come whatever the controls (SDM 3C 26.1.2).
 */
const ASKED: ReadonlyMap<number, () => Handler<boolean>> = new Map([
  // The host's own devices. L1's interrupts are virtual: see `interrupts.ts`.
  [ExitReason.EXTERNAL_INTERRUPT, never],
  // The guests are told that there are no such instructions.
  [ExitReason.MONITOR, never],
  [ExitReason.MWAIT, never],
  [ExitReason.INTERRUPT_WINDOW, byPrimary(PrimaryControl.INTERRUPT_WINDOW_EXITING)],
  [ExitReason.PREEMPTION_TIMER_EXPIRED, byPin(PinBasedControl.ACTIVATE_PREEMPTION_TIMER)],
  [ExitReason.IO_INSTRUCTION, wantsPort],
  [ExitReason.RDMSR, () => wantsMsr(READS)],
  [ExitReason.WRMSR, () => wantsMsr(WRITES)],
]);

export function* isForL1(reason: number): Handler<boolean> {
  const asked = ASKED.get(reason);
  return asked ? yield* asked() : true;
}

function* never(): Handler<boolean> {
  return false;
}

function byPrimary(control: number): () => Handler<boolean> {
  return () => isSet12(Field.CPU_BASED_VM_EXEC_CONTROL, control);
}

function byPin(control: number): () => Handler<boolean> {
  return () => isSet12(Field.PIN_BASED_VM_EXEC_CONTROL, control);
}

const PORT = fieldsOf(IO_INSTRUCTION);
const PORTS = 0x10000;
/** Ports of each of the two I/O bitmaps. */
const HALF = 0x8000;

/** By I/O bitmaps, or by "unconditional I/O exiting" without them (SDM 3C 25.6.4, 26.1.3). */
function* wantsPort(): Handler<boolean> {
  if (!(yield* isSet12(Field.CPU_BASED_VM_EXEC_CONTROL, PrimaryControl.USE_IO_BITMAPS))) {
    return yield* isSet12(Field.CPU_BASED_VM_EXEC_CONTROL, PrimaryControl.UNCONDITIONAL_IO_EXITING);
  }
  const qualification = yield vmread(Field.EXIT_QUALIFICATION);
  const first = Number(extract(PORT.PORT, qualification));
  const end = first + Number(extract(PORT.SIZE, qualification)) + 1;
  if (end > PORTS) return true;
  for (let port = first; port < end; port++) {
    const bitmap = yield readVmcs12(port < HALF ? Field.IO_BITMAP_A : Field.IO_BITMAP_B);
    if (yield* isBitSet(bitmap, port % HALF)) return true;
  }
  return false;
}

/** Where the MSR bitmaps for reads and for writes begin (SDM 3C 25.6.9). */
const READS = 0n;
const WRITES = 2048n;
/** Of each, the part for MSRs from C0000000H on. */
const HIGH_PART = 1024n;
const HIGH_FIRST = 0xc000_0000;
const MSRS = 0x2000;

function* wantsMsr(part: bigint): Handler<boolean> {
  if (!(yield* isSet12(Field.CPU_BASED_VM_EXEC_CONTROL, PrimaryControl.USE_MSR_BITMAPS))) {
    return true;
  }
  const number = Number(BigInt.asUintN(32, yield guestRegister(Gpr.RCX)));
  const high = number >= HIGH_FIRST;
  const bit = high ? number - HIGH_FIRST : number;
  if (bit >= MSRS) return true;
  const bitmap = yield readVmcs12(Field.MSR_BITMAP);
  return yield* isBitSet(bitmap + part + (high ? HIGH_PART : 0n), bit);
}

function* isBitSet(bitmap: bigint, bit: number): Handler<boolean> {
  const byte = yield readGuestPhysical(bitmap + BigInt(bit >> 3), 1);
  return ((byte >> BigInt(bit & 7)) & 1n) === 1n;
}
