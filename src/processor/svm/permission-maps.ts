import { IoInformation } from '../../isa/svm/exit-information';
import type { PortAccess } from '../guest-mode/guest-mode';
import type { PhysicalMemory } from '../physical-memory';
import { Rec, segmentSlot } from '../state/layout';
import type { InstructionContext } from '../execution/instruction-context';
import type { Vmcb } from './vmcb';

/** The maps of ports and of MSRs that exit (APM 2 15.10.1, 15.11). */

const PAGE = 0xfffn;

/** Bits 11:0 of the address of a map are ignored. */
const mapAt = (vmcb: Vmcb, field: 'IOPM_BASE_PA' | 'MSRPM_BASE_PA'): number =>
  Number(vmcb.read(field) & ~PAGE);

/** One bit for each port; those of an access that goes beyond the last port lie behind the map's second page. */
export function portIntercepted(
  memory: PhysicalMemory,
  vmcb: Vmcb,
  { port, bytes }: PortAccess,
): boolean {
  const at = mapAt(vmcb, 'IOPM_BASE_PA') + (port >> 3);
  const bits = memory.read8(at) | (memory.read8(at + 1) << 8);
  return ((bits >> (port & 7)) & ((1 << bytes) - 1)) !== 0;
}

/** EXITINFO1 of an access to a port (APM 2 15.10.2). */
export function portInformation(cpu: InstructionContext, access: PortAccess): bigint {
  const { A16, A32, A64, TYPE, STR, REP, SZ8, SEG_SHIFT, PORT_SHIFT } = IoInformation;
  const { record } = cpu.instruction;
  const mask = cpu.physical.view.getBigUint64(record + Rec.ADDRESS_MASK, true);
  const addresses = mask === 0xffffn ? A16 : mask === 0xffffffffn ? A32 : A64;
  const segment = access.string && !access.input ? (cpu.operandSegment() - segmentSlot(0)) >> 6 : 0;
  const low =
    (access.input ? TYPE : 0) |
    (access.string ? STR : 0) |
    (access.repeated ? REP : 0) |
    (SZ8 * access.bytes) |
    addresses |
    (segment << SEG_SHIFT);
  return BigInt(low) | (BigInt(access.port) << BigInt(PORT_SHIFT));
}

/** Of each range of MSRs there are 2 KBytes, with two bits for each MSR. */
const RANGES = [0, 0xc000_0000, 0xc001_0000] as const;
const RANGE = 0x2000;
const RANGE_BYTES = 0x800;

/** @param access 0 for RDMSR, 1 for WRMSR; of MSRs that the map does not have, all exit */
export function msrIntercepted(
  memory: PhysicalMemory,
  vmcb: Vmcb,
  number: number,
  access: 0 | 1,
): boolean {
  const range = RANGES.findIndex((first) => number >= first && number < first + RANGE);
  if (range < 0) return true;
  const bit = (number % RANGE) * 2 + access;
  const at = mapAt(vmcb, 'MSRPM_BASE_PA') + range * RANGE_BYTES + (bit >> 3);
  return ((memory.read8(at) >> (bit & 7)) & 1) !== 0;
}
