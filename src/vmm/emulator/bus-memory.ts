import { PhysicalMemory } from '../../processor/physical-memory';
import type { PhysicalBus } from './guest-bus';

/** The smallest that there can be: nothing lies in it. */
const NO_MEMORY = 0x1_0000;

/** Physical memory that is nothing but a bus: every access goes to whoever answers there. */
export class BusMemory extends PhysicalMemory {
  constructor(private readonly bus: PhysicalBus) {
    super(NO_MEMORY);
  }

  /** None of it can be read without asking, so that no translation is kept. */
  override contains(): boolean {
    return false;
  }

  override read(address: number, bytes: number): bigint {
    return this.bus.read(address, bytes);
  }

  override write(address: number, bytes: number, value: bigint): void {
    this.bus.write(address, bytes, value);
  }

  override read8(address: number): number {
    return Number(this.bus.read(address, 1));
  }

  override read16(address: number): number {
    return Number(this.bus.read(address, 2));
  }

  override read32(address: number): number {
    return Number(this.bus.read(address, 4));
  }

  override read64(address: number): bigint {
    return this.bus.read(address, 8);
  }

  override write8(address: number, value: number): void {
    this.bus.write(address, 1, BigInt(value));
  }

  override write16(address: number, value: number): void {
    this.bus.write(address, 2, BigInt(value));
  }

  override write32(address: number, value: number): void {
    this.bus.write(address, 4, BigInt(value >>> 0));
  }

  override write64(address: number, value: bigint): void {
    this.bus.write(address, 8, value);
  }

  override readBytes(address: number, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, n) => this.read8(address + n));
  }
}
