import { Pte, PteReserved } from '../../../isa/paging';
import { Cr3Address, WideCr0, WideCr3, WideCr4, WideEfer } from '../../../isa/registers/control';
import { unpackAnswer } from '../../cpuid-answer';
import type { Handler } from '../../operation';
import { cpuid, readGuestPhysical } from '../../operations';
import type { Vcpu } from '../vcpu';

/** MOV to CR3. @returns false for what the processor would have answered with #GP(0); nothing has changed then */
export function* writeCr3(vcpu: Vcpu, wanted: bigint): Handler<boolean> {
  const cr0 = yield* vcpu.cr0();
  const cr4 = yield* vcpu.cr4();
  const efer = yield* vcpu.efer();
  const long = (efer & WideEfer.LMA) !== 0n;
  const value = cr4 & WideCr4.PCIDE ? wanted & ~WideCr3.KEEP_TRANSLATIONS : wanted;
  if (long && value >> (yield* physicalAddressWidth())) return false;
  if (cr0 & WideCr0.PG && cr4 & WideCr4.PAE && !long) {
    const loaded = yield* loadPdptes(vcpu, value);
    if (!loaded) return false;
  }
  yield* vcpu.setCr3(value);
  return true;
}

/** MAXPHYADDR: CPUID tells (SDM 3A 4.1.4). */
function* physicalAddressWidth(): Handler<bigint> {
  const { eax } = unpackAnswer(yield cpuid(0x80000008, 0));
  return BigInt(eax & 0xff);
}

/** PAE paging: the four PDPTEs are registers. False for reserved bits. */
export function* loadPdptes(vcpu: Vcpu, cr3: bigint): Handler<boolean> {
  const width = yield* physicalAddressWidth();
  const reserved = PteReserved.PDPTE_PAE | (((1n << 64n) - 1n) << width);
  const entries: bigint[] = [];
  for (const n of [0, 1, 2, 3]) {
    entries.push(yield readGuestPhysical((cr3 & Cr3Address.PAE) + BigInt(8 * n), 8));
  }
  if (entries.some((entry) => entry & Pte.P && entry & BigInt.asUintN(64, reserved))) return false;
  yield* vcpu.setPdptes(entries);
  return true;
}
