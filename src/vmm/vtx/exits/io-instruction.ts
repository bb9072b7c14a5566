import { extract } from '../../../isa/bits';
import { Vector } from '../../../isa/exceptions';
import { Rflags } from '../../../isa/registers/flags';
import { Field } from '../../../isa/vmx/fields';
import { IO_INSTRUCTION } from '../../../isa/vmx/qualification';
import { accessPort, type PortAccess, type PortBytes } from '../../hardware/exits/ports';
import type { Handler } from '../../operation';
import {
  deviceRead,
  deviceWrite,
  guestRegister,
  readGuestPhysical,
  setGuestRegister,
  vmread,
  writeCr2,
  translateGuest,
  writeGuestPhysical,
} from '../../operations';
import { advanceRip } from '../advance-rip';
import { injectException } from '../inject';
import type { VtxVcpu } from '../vtx-vcpu';

/** IN, OUT, INS and OUTS: the access goes to the guest's virtual devices instead of the real ones. */
export function* handleIoInstruction(vcpu: VtxVcpu): Handler {
  const qualification = yield vmread(Field.EXIT_QUALIFICATION);
  const part = (id: string): number => {
    const field = IO_INSTRUCTION.fields.find((f) => f.id === id);
    return field ? Number(extract(field, qualification)) : 0;
  };
  const access: PortAccess = {
    port: part('PORT'),
    bytes: (part('SIZE') + 1) as PortBytes,
    input: part('IN') === 1,
  };
  if (part('STRING') === 1) yield* stringAccess(access, part('REP') === 1);
  else yield* accessPort(vcpu, access);
}

/** One element; a repeated instruction exits again for the next. */
function* stringAccess({ port, bytes, input: reads }: PortAccess, repeated: boolean): Handler {
  const linear = yield vmread(Field.GUEST_LINEAR_ADDRESS);
  const physical = yield translateGuest(linear, reads);
  if (physical < 0n) {
    // The VM exit came before the access: its page fault is for the monitor to raise.
    yield writeCr2(linear);
    yield* injectException(Vector.PF, Number(-1n - physical));
    return;
  }
  if (reads) {
    const value = yield deviceRead(port, bytes);
    yield writeGuestPhysical(physical, bytes, value);
  } else {
    const value = yield readGuestPhysical(physical, bytes);
    yield deviceWrite(port, bytes, Number(value));
  }
  const information = yield vmread(Field.VMX_INSTRUCTION_INFO);
  const mask = ADDRESS_MASKS[Number((information >> 7n) & 7n)] ?? 0xffffffffffffffffn;
  const flags = yield vmread(Field.GUEST_RFLAGS);
  const step = flags & BigInt(Rflags.DF) ? -BigInt(bytes) : BigInt(bytes);
  yield* addToRegister(reads ? 7 : 6, step, mask);
  if (!repeated) {
    yield* advanceRip();
    return;
  }
  const count = yield* addToRegister(1, -1n, mask);
  if (count === 0n) yield* advanceRip();
}

const ADDRESS_MASKS = [0xffffn, 0xffffffffn, 0xffffffffffffffffn];

function* addToRegister(index: number, amount: bigint, mask: bigint): Handler<bigint> {
  const old = yield guestRegister(index);
  const value = (old + amount) & mask;
  const keep = mask === 0xffffn ? old & ~mask : 0n;
  yield setGuestRegister(index, keep | value);
  return value;
}
