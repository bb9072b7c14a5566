import { Clock } from '../../machine/devices/clock';
import { videoRanges } from '../../machine/device-map';
import {
  Platform,
  type PlatformEvents,
  type PlatformOptions,
  type PlatformState,
  type Surroundings,
} from '../../machine/platform';
import { apicOf, type ApicOwner, type ProcessorApic } from '../../machine/processor-apic';
import type { ProcessorSignal } from '../../processor/events/external-signals';
import type { Persistent } from '../../processor/persistent';
import type { GuestEnd } from '../end';
import { GuestBus } from '../emulator/guest-bus';
import type { GuestMemory, GuestMemoryState } from '../memory/guest-memory';
import type { GuestPages } from '../memory/guest-pages';

/** A virtual processor, as far as the rest of its computer has to do with it. */
export interface VirtualProcessor {
  /** The registers of the guest's that belong to its local APIC. */
  readonly apicOwner: ApicOwner;
  /** What IA32_APIC_BASE holds for it. */
  readonly virtualApicBase: bigint;
  /** Nothing but another virtual processor's message can wake it any more. */
  readonly isLost: boolean;
  /** What a message says to the processor itself. */
  receive(signal: ProcessorSignal): void;
  /** Guest-physical pages lead elsewhere. */
  mapChanged(): void;
}

export interface VirtualComputerParts {
  readonly memory: GuestMemory;
  readonly events: PlatformEvents;
  /** Where what the guest prints goes to: a serial port of the host's. */
  readonly print: (byte: number) => void;
  readonly platform: PlatformOptions;
  /** How many virtual processors it has. */
  readonly processors: number;
}

/** What the monitor keeps outside of the host's computer for all virtual processors of a guest together. */
export interface VirtualComputerState {
  readonly memory: GuestMemoryState;
  readonly devices: PlatformState;
  readonly end: GuestEnd | undefined;
}

/** The computer that a guest believes to have, but for its processors: memory and virtual devices. */
export class VirtualComputer implements Persistent<VirtualComputerState> {
  readonly memory: GuestMemory;
  /** The guest's virtual devices, with a clock that the monitor moves on. */
  readonly devices: Platform;
  readonly clock = new Clock();
  /** The guest's physical address space. */
  readonly bus: GuestBus;
  /** The map of the guest's memory, which the EPT is or which shadow tables are made from. */
  readonly pages: GuestPages;
  /** Set for good when the guest has ended. */
  end: GuestEnd | undefined;
  private readonly processors: VirtualProcessor[] = [];
  /** The EPT is as it was saved: virtual devices have nothing to change in it. */
  private restoring = false;

  constructor(private readonly parts: VirtualComputerParts) {
    const { memory, platform } = parts;
    this.memory = memory;
    const around: Surroundings = {
      ram: memory.videoRam,
      memoryEnd: memory.size,
      bus: {
        read: (address, length) => this.bus.master.read(address, length),
        write: (address, bytes) => {
          this.bus.master.write(address, bytes);
        },
      },
      processors: this.apics(),
    };
    this.devices = new Platform(this.clock, this.events(), around, platform);
    this.bus = new GuestBus(memory, this.devices);
    this.pages = this.guestPages();
    memory.setDevicePages(videoRanges(this.devices));
  }

  /** How many virtual processors it has. */
  get count(): number {
    return this.parts.processors;
  }

  /** Gives it the next one of its virtual processors. */
  attach(processor: VirtualProcessor): void {
    this.processors.push(processor);
    if (this.processors.length === 1) this.memory.placeLocalApic(this.devices.localApicPage);
  }

  /** Prints a byte on the guest's console. */
  print(byte: number): void {
    this.parts.print(byte);
  }

  private apics(): ProcessorApic[] {
    const { count } = this;
    return Array.from({ length: count }, (_, number) => {
      const own = (): VirtualProcessor => {
        const processor = this.processors[number];
        if (!processor) throw new RangeError(`no virtual processor ${String(number)}`);
        return processor;
      };
      const apic = apicOf(
        () => own().apicOwner,
        () => own().virtualApicBase,
      );
      if (count === 1) return apic;
      const receive = (signal: ProcessorSignal): void => {
        own().receive(signal);
      };
      return Object.assign(apic, { receive });
    });
  }

  private events(): PlatformEvents {
    const { memory } = this;
    return {
      ...this.parts.events,
      serial: this.parts.print,
      a20: (on) => {
        if (this.restoring) return;
        memory.setAddressLine20(on);
        this.mapChanged();
      },
      videoWindow: () => {
        if (this.restoring) return;
        memory.setDevicePages(videoRanges(this.devices));
        const { frameBuffer, vga } = this.devices;
        memory.placeFrameBuffer(frameBuffer?.first, vga.vbe.enabled);
        this.mapChanged();
      },
      shadow: () => {
        if (this.restoring) return;
        if (memory.rom.update(this.devices.shadowSegments)) this.mapChanged();
      },
    };
  }

  private guestPages(): GuestPages {
    const { memory, bus } = this;
    const isRam = (address: bigint): boolean => bus.answererAt(Number(address)) === 'ram';
    const obtain = (address: bigint) => {
      const page = memory.pageAt(address);
      if (page || !isRam(address)) return page;
      return { frame: memory.allocate(address), writable: true };
    };
    return { pageAt: (address) => memory.pageAt(address), obtain, isRam };
  }

  /** What was made of the map of guest-physical pages is no longer so, for none of its processors. */
  private mapChanged(): void {
    for (const processor of this.processors) processor.mapChanged();
  }

  /** The local APIC of the virtual processor that executes lies elsewhere in memory, or nowhere. */
  placeLocalApic(): void {
    this.memory.placeLocalApic(this.devices.localApicPage);
    this.mapChanged();
  }

  /** Another virtual processor executes: its accesses to a local APIC come to its own. */
  arrive(number: number): void {
    const { localApics } = this.devices;
    const before = localApics.page;
    localApics.present = number;
    if (localApics.page !== before) this.placeLocalApic();
  }

  /** Whether no interrupt and no message will wake any of them: nobody executes who could send one. */
  get isLost(): boolean {
    return this.processors.every(({ isLost }) => isLost);
  }

  save(): VirtualComputerState {
    return { memory: this.memory.save(), devices: this.devices.save(), end: this.end };
  }

  /** @param present the number of the virtual processor that executes */
  restore({ memory, devices, end }: VirtualComputerState, present = 0): void {
    // Memory first: virtual devices that are restored tell how they want it.
    this.memory.restore(memory);
    this.restoring = true;
    this.devices.restore(devices);
    this.restoring = false;
    this.devices.localApics.present = present;
    this.end = end;
  }
}
