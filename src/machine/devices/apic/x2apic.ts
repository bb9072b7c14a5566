import type { ApicRegisters } from '../../../processor/bus';
import { Msr } from '../../../isa/registers/msr';
import { logicalId, type LocalApic } from './local-apic';
import { Apic, Icr, LVT_WRITABLE, Svr } from './registers';

/**
 * The local APIC as MSRs reach it (SDM 3A 11.12): in x2APIC mode each register that lies at an offset of
 * its page is an MSR.
 */

const FIRST = 0x800;
const ICR = 0x830;
const SELF_IPI = 0x83f;

const offsetOf = (number: number): number => (number - FIRST) << 4;

/** Registers of 32 bits that can be read, by offset; vectors have 8 each. */
const READABLE: ReadonlySet<number> = new Set([
  ...[Apic.VERSION, Apic.TPR, Apic.PPR, Apic.SVR, Apic.ESR, Apic.DIVIDE],
  ...[Apic.INITIAL_COUNT, Apic.CURRENT_COUNT, ...Object.keys(LVT_WRITABLE).map(Number)],
  ...[Apic.ISR, Apic.TMR, Apic.IRR].flatMap((at) =>
    Array.from({ length: 8 }, (_, n) => at + 16 * n),
  ),
]);

/** Delivery status and remote IRR. */
const LVT_READ_ONLY = 0x5000;

/** Bits that may be 1 in what is written; others raise #GP. Read-only bits of the LVT may. */
const WRITABLE: ReadonlyMap<number, number> = new Map<number, number>([
  [Apic.TPR, 0xff],
  [Apic.EOI, 0],
  [Apic.SVR, Svr.WRITABLE],
  [Apic.ESR, 0],
  [Apic.INITIAL_COUNT, 0xffff_ffff],
  [Apic.DIVIDE, 0b1011],
  ...Object.entries(LVT_WRITABLE).map(([at, mask]): [number, number] => [
    Number(at),
    mask | LVT_READ_ONLY,
  ]),
]);

/** Delivery status does not exist in x2APIC mode. */
const ICR_WRITABLE = BigInt(Icr.WRITABLE);

export const apicRegisters = (apic: LocalApic): Omit<ApicRegisters, 'baseChanged'> => ({
  read: (number) => (number === Msr.TSC_DEADLINE ? apic.deadline : readRegister(apic, number)),
  write: (number, value) => {
    if (number !== Msr.TSC_DEADLINE) return writeRegister(apic, number, value);
    apic.setDeadline(value);
    return true;
  },
  reset: () => {
    apic.reset();
    apic.write(Apic.SVR, Svr.VECTOR);
  },
  initialize: () => {
    apic.initialize();
  },
  timeStampChanged: () => {
    apic.timeStampChanged();
  },
});

function readRegister(apic: LocalApic, number: number): bigint | undefined {
  const offset = offsetOf(number);
  if (offset === Apic.ID) return BigInt(apic.number);
  if (offset === Apic.LDR) return BigInt(logicalId(apic.number));
  if (number === ICR) {
    return (BigInt(apic.read(Apic.ICR_HIGH)) << 32n) | BigInt(apic.read(Apic.ICR_LOW));
  }
  if (!READABLE.has(offset)) return undefined;
  return BigInt(apic.read(offset));
}

function writeRegister(apic: LocalApic, number: number, value: bigint): boolean {
  const low = Number(value & 0xffff_ffffn);
  if (number === ICR) {
    if (value & 0xffff_ffffn & ~ICR_WRITABLE) return false;
    apic.sendTo(low, Number(value >> 32n));
    return true;
  }
  if (number === SELF_IPI) {
    if (value > 0xffn) return false;
    apic.sendTo(Icr.SELF | low, 0);
    return true;
  }
  const offset = offsetOf(number);
  const mask = WRITABLE.get(offset);
  if (mask === undefined || value & ~BigInt(mask)) return false;
  apic.write(offset, low);
  return true;
}
