import { Msr } from '../../../isa/registers/msr';
import type { Handler } from '../../operation';
import { rdmsr, rdtsc, setGuestRegister } from '../../operations';
import type { Vcpu } from '../vcpu';

const LOW = 0xffffffffn;

/** RDTSC: EDX:EAX from the host's time-stamp counter. A monitor that hides time would change it here. */
export function* handleRdtsc(vcpu: Vcpu): Handler {
  const time = yield rdtsc();
  yield setGuestRegister(0, time & LOW);
  yield setGuestRegister(2, time >> 32n);
  yield* vcpu.advance();
}

/** RDTSCP also tells in ECX which processor it was. */
export function* handleRdtscp(vcpu: Vcpu): Handler {
  const processor = yield rdmsr(Msr.TSC_AUX);
  yield setGuestRegister(1, processor & LOW);
  yield* handleRdtsc(vcpu);
}
