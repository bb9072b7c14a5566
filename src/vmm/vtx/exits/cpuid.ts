import { cpuidMask } from '../../../isa/cpuid';
import { WideCr4 } from '../../../isa/registers/control';
import { Field } from '../../../isa/vmx/fields';
import { unpackAnswer } from '../../cpuid-answer';
import { setGuestRegister, cpuid, guestRegister, vmread } from '../../operations';
import type { Handler } from '../../operation';
import { advanceRip } from '../advance-rip';

const VMX_FEATURE = cpuidMask('VMX');
const HYPERVISOR_PRESENT = cpuidMask('Hypervisor present');
const MONITOR = cpuidMask('MONITOR');
const OSXSAVE = cpuidMask('OSXSAVE');

/** CPUID always exits: the monitor decides what processor the guest believes to have. */
export function* handleCpuid(): Handler {
  const leaf = Number((yield guestRegister(0)) & 0xffffffffn);
  const subleaf = Number((yield guestRegister(1)) & 0xffffffffn);
  const { eax, ebx, ecx, edx } = unpackAnswer(yield cpuid(leaf, subleaf));
  const shown = leaf === 1 ? yield* shownFeatures(ecx) : ecx;
  yield setGuestRegister(0, BigInt(eax));
  yield setGuestRegister(3, BigInt(ebx));
  yield setGuestRegister(1, BigInt(shown >>> 0));
  yield setGuestRegister(2, BigInt(edx));
  yield* advanceRip();
}

/**
 * ECX of leaf 1: no VMX, a hypervisor, and OSXSAVE by the guest's CR4, not the monitor's. There is no
 * MONITOR either: a guest that waits is to say so by HLT, which exits.
 */
function* shownFeatures(ecx: number): Handler<number> {
  const cr4 = yield vmread(Field.GUEST_CR4);
  const osxsave = cr4 & WideCr4.OSXSAVE ? OSXSAVE : 0;
  return (ecx & ~(VMX_FEATURE | MONITOR | OSXSAVE)) | HYPERVISOR_PRESENT | osxsave;
}
