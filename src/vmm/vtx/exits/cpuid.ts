import { cpuidMask } from '../../../isa/cpuid';
import { unpackAnswer } from '../../cpuid-answer';
import { setGuestRegister, cpuid, guestRegister } from '../../operations';
import type { Handler } from '../../operation';
import { advanceRip } from '../advance-rip';

const VMX_FEATURE = cpuidMask('VMX');
const HYPERVISOR_PRESENT = cpuidMask('Hypervisor present');

/** CPUID always exits: the monitor decides what processor the guest believes to have. */
export function* handleCpuid(): Handler {
  const leaf = Number((yield guestRegister(0)) & 0xffffffffn);
  const subleaf = Number((yield guestRegister(1)) & 0xffffffffn);
  const { eax, ebx, ecx, edx } = unpackAnswer(yield cpuid(leaf, subleaf));
  const shown = leaf === 1 ? (ecx & ~VMX_FEATURE) | HYPERVISOR_PRESENT : ecx;
  yield setGuestRegister(0, BigInt(eax));
  yield setGuestRegister(3, BigInt(ebx));
  yield setGuestRegister(1, BigInt(shown >>> 0));
  yield setGuestRegister(2, BigInt(edx));
  yield* advanceRip();
}
