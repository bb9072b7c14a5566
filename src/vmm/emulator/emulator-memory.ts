import { PhysicalMemory } from '../../processor/physical-memory';
import type {
  GuestPhysicalContext,
  HostTranslation,
  SecondLevel,
} from '../../processor/paging/mmu';
import { PAGE_SIZE } from '../../processor/state/layout';
import type { MemoryRegion } from '../../processor/memory-region';
import type { GuestMemory } from '../memory/guest-memory';
import type { GuestBus } from './guest-bus';

/**
 * Here, beyond all host-physical addresses, software finds the guest-physical addresses where no RAM of the guest
 * answers: a device, a ROM that is written to, nobody.
 */
const WINDOW = 2 ** 47;

/** An address of that kind where nobody answers. */
export const NOWHERE = WINDOW + 2 ** 46;

/** Where guest-physical addresses lead in `EmulatorMemory`: to the guest's frames, or to its bus. */
export class GuestAddresses implements SecondLevel {
  constructor(
    private readonly memory: GuestMemory,
    private readonly bus: GuestBus,
    private readonly isTraced: (frame: number) => boolean = () => false,
  ) {}

  translate(guestPhysical: bigint, context: GuestPhysicalContext): HostTranslation {
    const { write, pageWalk } = context;
    const address = this.memory.hostAddress(guestPhysical) ?? this.allocate(guestPhysical);
    const rom = this.memory.isRom(guestPhysical);
    const onBus = { address: WINDOW + Number(guestPhysical), writable: false, readable: false };
    if (address === undefined || (rom && write)) return onBus;
    const traced = this.isTraced(address - (address % PAGE_SIZE));
    // Flags that a walk sets are written where everybody sees it.
    if (traced && write && !pageWalk) return onBus;
    return { address, writable: !rom && !traced, readable: true };
  }

  probe(guestPhysical: bigint): number | undefined {
    return this.memory.hostAddress(guestPhysical);
  }

  /** RAM that has no frame yet gets one. */
  private allocate(guestPhysical: bigint): number | undefined {
    if (this.bus.answererAt(Number(guestPhysical)) !== 'ram') return undefined;
    return this.memory.allocate(guestPhysical) + Number(guestPhysical & BigInt(PAGE_SIZE - 1));
  }
}

/** The host's memory as an emulator of the guest works on it: its RAM is reached in place, all else over its bus. */
export class EmulatorMemory extends PhysicalMemory {
  private readonly window: MemoryRegion;

  constructor(
    host: PhysicalMemory,
    private readonly bus: GuestBus,
  ) {
    super(host.ram, host.size - host.ram, 0, host.memory);
    super.onWrite((address, length) => {
      host.written(address, length);
    });
    this.window = {
      first: WINDOW,
      last: 2 * WINDOW - 1,
      read: (address, bytes) => bus.read(address - WINDOW, bytes),
      write: (address, bytes, value) => {
        bus.write(address - WINDOW, bytes, value);
      },
    };
  }

  override regionAt(address: number): MemoryRegion | undefined {
    return address >= WINDOW ? this.window : undefined;
  }

  override homeOf(frame: number): number {
    return frame;
  }

  override load(address: number, bytes: number): bigint {
    return address >= WINDOW ? this.bus.read(address - WINDOW, bytes) : this.read(address, bytes);
  }

  override store(address: number, bytes: number, value: bigint): void {
    if (address >= WINDOW) this.bus.write(address - WINDOW, bytes, value);
    else this.write(address, bytes, value);
  }

  override readBytes(address: number, length: number): Uint8Array {
    if (address < WINDOW) return super.readBytes(address, length);
    return Uint8Array.from({ length }, (_, n) => Number(this.bus.read(address - WINDOW + n, 1)));
  }
}
