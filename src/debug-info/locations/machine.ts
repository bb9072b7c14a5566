import * as l10n from '@vscode/l10n';

/** What locations and frames are reckoned from: an activation of a function. Looking at it changes nothing. */
export interface Machine {
  readonly bits: 32 | 64;
  /** A register by its number in DWARF; undefined where it is not known. */
  register(number: number): bigint | undefined;
  /** Bytes at a virtual address; fewer where some cannot be read. */
  read(address: bigint, length: number): Uint8Array;
}

/** There is no value, and why; no damage: `Troubles` do not know it. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

export const optimisedOut = (): Unavailable => new Unavailable(l10n.t('optimised out'));

/** A number in memory. @throws Unavailable where it cannot be read */
export function readNumber(machine: Machine, address: bigint, bytes: number): bigint {
  const data = machine.read(BigInt.asUintN(machine.bits, address), bytes);
  if (data.length < bytes) {
    throw new Unavailable(l10n.t('{0} cannot be read', `0x${address.toString(16)}`));
  }
  return numberOf(data);
}

/** Little-endian, unsigned. */
export const numberOf = (data: Uint8Array): bigint =>
  data.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

/** @throws Unavailable where a register is not known */
export function readRegister(machine: Machine, number: number): bigint {
  const value = machine.register(number);
  if (value === undefined) throw optimisedOut();
  return BigInt.asUintN(machine.bits, value);
}
