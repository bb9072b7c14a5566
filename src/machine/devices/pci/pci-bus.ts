import { ports, type PortDevice, type PortWidth, type Stateful } from '../device';
import type { PciFunction } from './pci-function';
import { ResetControl } from './reset-control';

export interface PciBusConfig {
  /** What there is on bus 0. */
  readonly functions: readonly PlacedFunction[];
  /** The reset control register, which lies between the ports of the bus, wants a reset. */
  readonly onReset: () => void;
}

export interface PlacedFunction {
  /** Number of the device, 0 to 31. */
  readonly device: number;
  /** 0 to 7; a device with any has function 0. */
  readonly function: number;
  readonly at: PciFunction;
}

export interface PciState {
  /** CONFIG_ADDRESS. */
  address: number;
  resetControl: number;
  readonly functions: Readonly<Record<string, unknown>>;
}

const CONFIG_ADDRESS = 0xcf8;
const RESET_CONTROL = 0xcf9;
const CONFIG_DATA = 0xcfc;

const Address = { ENABLE: 0x8000_0000, WRITABLE: 0x80ff_fffc } as const;

/**
 * The PCI bus behind the host bridge, as far as configuration goes: mechanism #1 (PCI Local Bus Specification 3.0,
 * 3.2.2.3.2). A double word at 0xcf8 says which register of which function the ports from 0xcfc reach.
 */
export class PciBus implements PortDevice, Stateful<PciState> {
  readonly name = 'pci';
  readonly ports = [
    ports(CONFIG_ADDRESS, CONFIG_ADDRESS + 3, 4),
    ports(CONFIG_DATA, CONFIG_DATA + 3, 4),
  ];
  private address = 0;
  private readonly resetControl: ResetControl;
  /** By bits 15:8 of the address. */
  private readonly functions: ReadonlyMap<number, PciFunction>;

  constructor({ functions, onReset }: PciBusConfig) {
    this.resetControl = new ResetControl(onReset);
    this.functions = new Map(
      functions.map(({ device, function: number, at }) => [(device << 3) | number, at]),
    );
  }

  readPort(port: number, width: PortWidth): number {
    if (port >= CONFIG_DATA) {
      const register = (this.address & 0xfc) + (port & 3);
      return this.selected?.readConfiguration(register, width) ?? NOBODY;
    }
    if (port === RESET_CONTROL && width === 1) return this.resetControl.read();
    return width === 4 ? this.address : NOBODY;
  }

  /** The address is a register of 32 bits: narrower accesses are not for it. */
  writePort(port: number, width: PortWidth, value: number): void {
    if (port >= CONFIG_DATA) {
      this.selected?.writeConfiguration((this.address & 0xfc) + (port & 3), width, value);
    } else if (port === RESET_CONTROL && width === 1) this.resetControl.write(value);
    else if (width === 4) this.address = (value & Address.WRITABLE) >>> 0;
  }

  /** Bits 23:16 are the bus: there is one. */
  private get selected(): PciFunction | undefined {
    const { address } = this;
    if ((address & Address.ENABLE) === 0) return undefined;
    return this.functions.get((address >>> 8) & 0xffff);
  }

  save(): PciState {
    const functions = [...this.functions.values()].map((each) => [each.name, each.save()] as const);
    return {
      address: this.address,
      resetControl: this.resetControl.save(),
      functions: Object.fromEntries(functions),
    };
  }

  restore({ address, resetControl, functions }: PciState): void {
    this.address = address;
    this.resetControl.restore(resetControl);
    for (const each of this.functions.values()) each.restore(functions[each.name]);
  }

  reset(): void {
    this.address = 0;
    this.resetControl.reset();
    for (const each of this.functions.values()) each.reset();
  }
}

/** Nobody drives the bus. */
const NOBODY = 0xffff_ffff;
