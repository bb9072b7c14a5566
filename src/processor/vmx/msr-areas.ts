import type { Field } from '../../isa/vmx/fields';
import { Fault } from '../faults';
import type { InstructionContext } from '../execution/instruction-context';
import { Msr } from '../../isa/registers/msr';
import { readMsr, writeMsr } from '../system/msr';
import { timeStampCounter } from '../system/time';
import { msrLoadRefusal } from './entry-checks';
import type { Vmcs } from './vmcs';

/** The MSR areas of VM entries and VM exits: 16-byte entries (SDM 3C 25.7.2, 25.8.2). */

const ENTRY_SIZE = 16;

/**
 * Loads the MSRs of an area (SDM 3C 27.4, 28.6).
 *
 * @param address the field with the host-physical address of the area
 * @param count the field with the number of its entries
 * @returns the number, from 1, of the entry that could not be loaded
 */
export function loadMsrs(
  cpu: InstructionContext,
  vmcs: Vmcs,
  address: Field,
  count: Field,
): number | undefined {
  const entries = vmcs.readNumber(count);
  if (entries === 0) return undefined;
  const base = Number(vmcs.read(address));
  for (let n = 0; n < entries; n++) {
    const at = base + ENTRY_SIZE * n;
    const entry = {
      index: cpu.physical.read32(at),
      reserved: cpu.physical.read32(at + 4),
      data: cpu.physical.read64(at + 8),
    };
    if (msrLoadRefusal(entry, false, false)) return n + 1;
    try {
      writeMsr(cpu, entry.index, entry.data);
    } catch (thrown) {
      if (thrown instanceof Fault) return n + 1;
      throw thrown;
    }
  }
  return undefined;
}

/**
 * Stores MSRs in an area that names them (SDM 3C 28.4).
 *
 * @returns false when there is one that cannot be stored
 */
export function storeMsrs(
  cpu: InstructionContext,
  vmcs: Vmcs,
  address: Field,
  count: Field,
): boolean {
  const entries = vmcs.readNumber(count);
  if (entries === 0) return true;
  const base = Number(vmcs.read(address));
  for (let n = 0; n < entries; n++) {
    const at = base + ENTRY_SIZE * n;
    const value = stored(cpu, cpu.physical.read32(at), cpu.physical.read32(at + 4));
    if (value === undefined) return false;
    cpu.physical.write64(at + 8, value);
  }
  return true;
}

/** As RDMSR would read it, but the TSC without the guest's offset: the VM exit has begun. */
function stored(cpu: InstructionContext, index: number, reserved: number): bigint | undefined {
  // The registers of x2APIC mode are not stored this way (SDM 3C 28.4).
  if (reserved !== 0 || index === Msr.SMBASE || index >>> 8 === 8) return undefined;
  if (index === Msr.TSC) return timeStampCounter(cpu);
  try {
    return readMsr(cpu, index);
  } catch (thrown) {
    if (thrown instanceof Fault) return undefined;
    throw thrown;
  }
}
