import { ChannelMaster, MASTER_PORTS, type ChannelMasterConfig } from '../ata/bus-master-ide';
import type { BusMaster } from '../bus-master';
import type { InterruptLine, PortDevice, PortRange, PortWidth } from '../device';
import { ConfigurationSpace } from './configuration-space';
import { Command, Status, type PciFunction } from './pci-function';

export interface IdeConfig {
  readonly bus: BusMaster;
  /** The interrupt lines of the two channels. */
  readonly irqs: readonly [InterruptLine, InterruptLine];
}

export interface IdeState {
  readonly space: Uint8Array;
  readonly masters: readonly unknown[];
}

/** IDE timing, one word for each channel (Intel 290550); bit 15 lets the channel answer. And those of second drives. */
const TIMING = { PRIMARY: 0x40, SECONDARY: 0x42, SLAVES: 0x44 } as const;
const MASTER_BAR = 4;

/**
 * PIIX3, function 1: both channels at the ports and interrupt requests that they had before there was PCI, and a bus
 * master for each, whose registers lie where base address register 4 says.
 */
export class IdeFunction implements PciFunction, PortDevice {
  readonly name = 'ide';
  readonly masters: readonly [ChannelMaster, ChannelMaster];
  private readonly space: ConfigurationSpace;

  constructor({ bus, irqs }: IdeConfig) {
    const master = (irq: InterruptLine): ChannelMaster => {
      const enabled = (): boolean => (this.space.command & Command.BUS_MASTER) !== 0;
      return new ChannelMaster({ bus, irq, enabled } satisfies ChannelMasterConfig);
    };
    this.masters = [master(irqs[0]), master(irqs[1])];
    this.space = new ConfigurationSpace({
      name: this.name,
      vendor: 0x8086,
      device: 0x7010,
      classCode: 0x01_0180, // 80h: a bus master
      status: Status.DEVSEL_MEDIUM | Status.FAST_BACK_TO_BACK,
      bases: [{ bar: MASTER_BAR, space: 'ports', size: 2 * MASTER_PORTS }],
      registers: [
        { offset: TIMING.PRIMARY, bytes: 2, writable: 0xffff },
        { offset: TIMING.SECONDARY, bytes: 2, writable: 0xffff },
        { offset: TIMING.SLAVES, bytes: 1, writable: 0xff },
      ],
    });
  }

  readConfiguration(register: number, width: PortWidth): number {
    return this.space.readConfiguration(register, width);
  }

  /** It may be the command register: who waited for the bus goes on. */
  writeConfiguration(register: number, width: PortWidth, value: number): void {
    this.space.writeConfiguration(register, width, value);
    for (const master of this.masters) master.attend();
  }

  get ports(): readonly PortRange[] {
    const place = this.space.placeOf(MASTER_BAR);
    return place ? [{ ...place, widest: 4 }] : [];
  }

  readPort(port: number, width: PortWidth): number {
    const { master, register } = this.reached(port);
    return master.read(register, width);
  }

  writePort(port: number, width: PortWidth, value: number): void {
    const { master, register } = this.reached(port);
    master.write(register, width, value);
  }

  private reached(port: number): { readonly master: ChannelMaster; readonly register: number } {
    const offset = port & (2 * MASTER_PORTS - 1);
    const master = this.masters[offset < MASTER_PORTS ? 0 : 1];
    return { master, register: offset & (MASTER_PORTS - 1) };
  }

  save(): IdeState {
    return { space: this.space.save(), masters: this.masters.map((master) => master.save()) };
  }

  restore(state: IdeState): void {
    this.space.restore(state.space);
    this.masters.forEach((master, n) => {
      master.restore(state.masters[n] as ReturnType<ChannelMaster['save']>);
    });
  }

  reset(): void {
    this.space.reset();
    for (const master of this.masters) master.reset();
  }
}
