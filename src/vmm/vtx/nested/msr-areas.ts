import type { Field } from '../../../isa/vmx/fields';
import { Msr } from '../../../isa/registers/msr';
import { msrLoadRefusal } from '../../../processor/vmx/entry-checks';
import { readMsr, writeMsr } from '../../hardware/exits/msr';
import type { Handler } from '../../operation';
import { rdtsc, readGuestPhysical, writeGuestPhysical } from '../../operations';
import type { VtxVcpu } from '../vtx-vcpu';
import { readVmcs12 } from './operations';

/** The MSR areas of VMCS12, in L1's memory: 16-byte entries (SDM 3C 25.7.2, 25.8.2). The level whose MSRs they are has its VMCS current. */

const ENTRY_SIZE = 16n;
/** Registers of x2APIC mode are 800H to 8FFH. */
const X2APIC = 8;

/**
 * Loads the MSRs of an area (SDM 3C 27.4, 28.6).
 *
 * @returns the number, from 1, of the entry that could not be loaded
 */
export function* loadMsrs(
  vcpu: VtxVcpu,
  address: Field,
  count: Field,
): Handler<number | undefined> {
  const entries = Number(yield readVmcs12(count));
  if (entries === 0) return undefined;
  const base = yield readVmcs12(address);
  for (let n = 0; n < entries; n++) {
    const at = base + ENTRY_SIZE * BigInt(n);
    const index = Number(yield readGuestPhysical(at, 4));
    const reserved = Number(yield readGuestPhysical(at + 4n, 4));
    const data = yield readGuestPhysical(at + 8n, 8);
    if (msrLoadRefusal({ index, reserved, data }, false, false)) return n + 1;
    if (!(yield* writeMsr(vcpu, index, data))) return n + 1;
  }
  return undefined;
}

/** Stores MSRs in the area that names them (SDM 3C 28.4). @returns false where one cannot be stored */
export function* storeMsrs(vcpu: VtxVcpu, address: Field, count: Field): Handler<boolean> {
  const entries = Number(yield readVmcs12(count));
  if (entries === 0) return true;
  const base = yield readVmcs12(address);
  for (let n = 0; n < entries; n++) {
    const at = base + ENTRY_SIZE * BigInt(n);
    const index = Number(yield readGuestPhysical(at, 4));
    const reserved = yield readGuestPhysical(at + 4n, 4);
    if (reserved !== 0n || index === Msr.SMBASE || index >>> 8 === X2APIC) return false;
    const value = index === Msr.TSC ? yield rdtsc() : yield* readMsr(vcpu, index);
    if (value === undefined) return false;
    yield writeGuestPhysical(at + 8n, 8, value);
  }
  return true;
}
