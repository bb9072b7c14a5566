import type { Handler } from '../../operation';
import { deviceRead, deviceWrite, guestRegister, setGuestRegister } from '../../operations';
import type { Vcpu } from '../vcpu';

export type PortBytes = 1 | 2 | 4;

/** What IN or OUT asks for. */
export interface PortAccess {
  readonly port: number;
  readonly bytes: PortBytes;
  readonly input: boolean;
}

/** IN and OUT: the access goes to the guest's virtual devices instead of the real ones. */
export function* accessPort(vcpu: Vcpu, access: PortAccess): Handler {
  if (access.input) yield* input(access);
  else yield* output(vcpu, access);
  yield* vcpu.advance();
}

function* input({ port, bytes }: PortAccess): Handler {
  const value = yield deviceRead(port, bytes);
  const rax = yield guestRegister(0);
  const mask = (1n << BigInt(8 * bytes)) - 1n;
  // IN to EAX clears the upper half of RAX, as every 32-bit write does.
  yield setGuestRegister(0, bytes === 4 ? value : (rax & ~mask) | value);
}

function* output(vcpu: Vcpu, { port, bytes }: PortAccess): Handler {
  const rax = yield guestRegister(0);
  const mask = (1n << BigInt(8 * bytes)) - 1n;
  yield deviceWrite(port, bytes, Number(rax & mask));
  if (MOVING_PORTS.has(port)) yield* vcpu.follow();
}

/**
 * Port 0x92, and data and command port of the keyboard controller: they drive address line 20. The data ports of PCI's
 * configuration space: RAM covers ROM, and memory of devices moves.
 */
const MOVING_PORTS: ReadonlySet<number> = new Set([
  ...[0x92, 0x60, 0x64],
  ...[0xcfc, 0xcfd, 0xcfe, 0xcff],
]);
