import { cpuidMask } from '../../../isa/cpuid';
import { setGuestRegister, cpuid, guestRegister } from '../../operations';
import type { Handler } from '../../operation';
import { advanceRip } from '../advance-rip';

const VMX_FEATURE = BigInt(cpuidMask('VMX'));
const HYPERVISOR_PRESENT = BigInt(cpuidMask('Hypervisor present'));

/** CPUID always exits: the monitor decides what processor the guest believes to have. */
export function* handleCpuid(): Handler {
  const leaf = Number((yield guestRegister(0)) & 0xffffffffn);
  const subleaf = Number((yield guestRegister(1)) & 0xffffffffn);
  const answer = yield cpuid(leaf, subleaf);
  let ecx = (answer >> 64n) & 0xffffffffn;
  if (leaf === 1) ecx = (ecx & ~VMX_FEATURE) | HYPERVISOR_PRESENT;
  yield setGuestRegister(0, answer & 0xffffffffn);
  yield setGuestRegister(3, (answer >> 32n) & 0xffffffffn);
  yield setGuestRegister(1, ecx);
  yield setGuestRegister(2, (answer >> 96n) & 0xffffffffn);
  yield* advanceRip();
}
