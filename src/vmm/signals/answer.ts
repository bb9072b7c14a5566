import type { Handler } from '../operation';
import { cpuid, setGuestRegister, writeDebugRegister } from '../operations';
import type { Turns } from '../schedule/turns';
import { unpackAnswer } from '../cpuid-answer';
import { Due, dueSignal, takeInit, takeStartUp } from './operations';
import type { SignalledVcpu } from './signalled-vcpu';

const RDX = 2;
const GPRS = 16;
const ADDRESS_REGISTERS = [0, 1, 2, 3];

/**
 * What others have told a virtual processor is dealt with before it is entered. One that waits for a start-up IPI lets
 * others have the host's processor.
 */
export function* answerSignals(vcpu: SignalledVcpu, turns: Turns): Handler {
  for (;;) {
    switch (yield dueSignal()) {
      case Due.INIT:
        yield takeInit();
        yield* initialize(vcpu);
        break;
      case Due.START_UP:
        yield* vcpu.startAt(Number(yield takeStartUp()));
        break;
      case Due.WAIT:
        yield* turns.rest();
        break;
      case Due.NMI:
        yield* vcpu.deliverNmi();
        return;
      default:
        return;
    }
  }
}

/** EDX tells what processor it is, as after RESET. Debug registers but DR6 and DR7 stay in the processor. */
function* initialize(vcpu: SignalledVcpu): Handler {
  const { eax: signature } = unpackAnswer(yield cpuid(1, 0));
  for (let n = 0; n < GPRS; n++) {
    yield setGuestRegister(n, n === RDX ? BigInt(signature >>> 0) : 0n);
  }
  for (const n of ADDRESS_REGISTERS) yield writeDebugRegister(n, 0n);
  yield* vcpu.initialize();
}
