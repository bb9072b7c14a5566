import { DeviceFinder } from '../../machine/device-map';
import {
  busMaster,
  registerSlave,
  type BusMaster,
  type Slave,
} from '../../machine/devices/bus-master';
import { UnansweredAccesses } from '../../processor/unanswered';
import type { Platform } from '../../machine/platform';
import { littleEndian, type GuestMemory } from '../memory/guest-memory';

/** Who answers at a guest-physical address. */
export type Answerer = 'ram' | 'rom' | 'device' | 'nobody';

/** A physical address space as instructions access it: values of 1 to 8 bytes within a page, little-endian. */
export interface PhysicalBus {
  read(address: number, bytes: number): bigint;
  write(address: number, bytes: number, value: bigint): void;
}

/** The guest's physical address space as a monitor presents it: RAM, ROM, and virtual devices. */
export class GuestBus implements PhysicalBus {
  private readonly devices: DeviceFinder;
  /** The bus as virtual devices reach it that move data by themselves. */
  readonly master: BusMaster;
  readonly unanswered = new UnansweredAccesses();

  constructor(
    private readonly memory: GuestMemory,
    devices: Platform,
  ) {
    this.devices = new DeviceFinder(devices);
    const ram: Slave = {
      read: (address, length) => memory.readBytes(BigInt(address), length),
      write: (address, bytes) => {
        memory.store(address, bytes);
      },
    };
    this.master = busMaster((address) => {
      const device = this.devices.onBus(address);
      return device ? registerSlave(device, ram) : ram;
    });
  }

  answererAt(address: number): Answerer {
    if (this.devices.at(address)) return 'device';
    if (this.memory.isRom(BigInt(address))) return 'rom';
    return this.memory.contains(BigInt(address)) ? 'ram' : 'nobody';
  }

  /** A value of 1 to 8 bytes within a page, little-endian; all ones where nobody answers. */
  read(address: number, bytes: number): bigint {
    const device = this.devices.at(address);
    const value = device?.read?.(address, bytes);
    if (value !== undefined) return value;
    this.notice(address, false);
    return this.memory.read(BigInt(address), bytes);
  }

  /** To ROM with no RAM behind it, and where nobody answers, the value is lost. */
  write(address: number, bytes: number, value: bigint): void {
    const device = this.devices.at(address);
    if (device) {
      device.write(address, bytes, value);
      return;
    }
    this.notice(address, true);
    this.memory.store(address, littleEndian(value, bytes));
  }

  private notice(address: number, write: boolean): void {
    if (this.answererAt(address) === 'nobody') this.unanswered.note(address, write);
  }
}
