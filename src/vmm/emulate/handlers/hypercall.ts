import { Gpr } from '../../../isa/registers/general';
import { Hypercall, NO_SUCH_CALL } from '../../hypercalls';
import type { Handler } from '../../operation';
import { consoleWrite, stopGuest } from '../../operations';
import { readRegister, writeRegister } from '../operations';

/** VMCALL, which this processor in software has for the guest's kernel: it asks the monitor for a service. */
export function* handleHypercall(): Handler {
  const number = yield readRegister(Gpr.RAX);
  if (number === BigInt(Hypercall.EXIT)) {
    yield stopGuest({ kind: 'hypercall' });
    return;
  }
  if (number !== BigInt(Hypercall.CONSOLE_WRITE)) {
    yield writeRegister(Gpr.RAX, NO_SUCH_CALL);
    return;
  }
  const argument = yield readRegister(Gpr.RBX);
  yield consoleWrite(Number(argument & 0xffn));
  yield writeRegister(Gpr.RAX, 0n);
}
