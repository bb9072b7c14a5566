import type { PortWidth, Stateful } from '../device';

/**
 * What the PCI bus sees of a function of a device: 256 bytes of configuration space (PCI Local Bus Specification 3.0,
 * chapter 6). Most functions are a `ConfigurationSpace`; whatever does more when it is written wraps one.
 */
export interface PciFunction extends Stateful {
  /** Unique on its bus; names the function in snapshots. */
  readonly name: string;
  /** @param register offset of the first byte; all bytes lie in one double word */
  readConfiguration(register: number, width: PortWidth): number;
  writeConfiguration(register: number, width: PortWidth, value: number): void;
}

/** Registers that every function has (6.1, header type 0). */
export const Header = {
  VENDOR: 0x00,
  DEVICE: 0x02,
  COMMAND: 0x04,
  STATUS: 0x06,
  REVISION: 0x08,
  CLASS: 0x09,
  CACHE_LINE: 0x0c,
  TYPE: 0x0e,
  BAR0: 0x10,
  INTERRUPT_LINE: 0x3c,
} as const;

/** Command register (6.2.2). */
export const Command = {
  IO: 1,
  MEMORY: 2,
  BUS_MASTER: 4,
  SERR: 0x100,
  INTERRUPT_DISABLE: 0x400,
} as const;

/** Status register (6.2.3): how fast DEVSEL# comes. */
export const Status = { DEVSEL_MEDIUM: 0x200, FAST_BACK_TO_BACK: 0x80 } as const;

/** Header type (6.2.1): function 0 tells that the device has more of them. */
export const MULTIFUNCTION = 0x80;
