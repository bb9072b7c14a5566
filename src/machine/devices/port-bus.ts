import type { PortDevice, PortRange, PortWidth, Stateful } from './device';

/** Accesses to a port that no device has claimed. */
export interface UnclaimedPort {
  reads: number;
  writes: number;
  /** The last value written, if any. */
  last: number | undefined;
}

interface Claim {
  readonly device: PortDevice;
  readonly range: PortRange;
}

/**
 * The I/O address space: 65,536 ports (SDM 1 19.3). Accesses wider than a device takes are split into
 * bytes at consecutive ports, lowest first. Ports nobody claims read as all ones.
 */
export class PortBus implements Stateful<Record<string, UnclaimedPort>> {
  private readonly claims = new Map<number, Claim>();
  /** Devices whose ports software places; those that lie fixed come first. */
  private readonly movable: PortDevice[] = [];
  /** For whoever watches, before it happens. */
  onAccess: ((port: number, width: PortWidth, write: boolean) => void) | undefined;
  private unclaimedPorts = new Map<number, UnclaimedPort>();

  /**
   * Connects a device.
   * @throws Error when another device has one of its ports
   */
  attach(device: PortDevice): void {
    for (const range of device.ports) {
      for (let port = range.first; port <= range.last; port++) {
        const owner = this.claims.get(port);
        if (owner) {
          throw new Error(`port 0x${port.toString(16)}: ${owner.device.name}, ${device.name}`);
        }
        this.claims.set(port, { device, range });
      }
    }
  }

  /** Connects a device whose `ports` are other ones from time to time. */
  attachMovable(device: PortDevice): void {
    this.movable.push(device);
  }

  /** The device at a port. */
  deviceAt(port: number): PortDevice | undefined {
    return this.claimOf(port)?.device;
  }

  private claimOf(port: number): Claim | undefined {
    const fixed = this.claims.get(port);
    if (fixed) return fixed;
    for (const device of this.movable) {
      const range = device.ports.find(({ first, last }) => port >= first && port <= last);
      if (range) return { device, range };
    }
    return undefined;
  }

  /** Ports that were used although nobody is there, for whoever wants to know. */
  get unclaimed(): ReadonlyMap<number, UnclaimedPort> {
    return this.unclaimedPorts;
  }

  /** Reads `width` bytes, little-endian; the result is not negative. */
  read(port: number, width: PortWidth): number {
    this.onAccess?.(port, width, false);
    return this.readFrom(port, width);
  }

  private readFrom(port: number, width: PortWidth): number {
    const claim = this.claimOf(port);
    if (claim && takes(claim, port, width)) {
      return (claim.device.readPort(port, width) & mask(width)) >>> 0;
    }
    if (!claim && !this.anyClaimed(port, width)) {
      this.count(port).reads++;
      return mask(width);
    }
    let value = 0;
    for (let i = 0; i < width; i++) {
      value |= this.readFrom((port + i) & 0xffff, 1) << (8 * i);
    }
    return value >>> 0;
  }

  /** Writes the low `width` bytes of `value`. */
  write(port: number, width: PortWidth, value: number): void {
    this.onAccess?.(port, width, true);
    this.writeTo(port, width, value);
  }

  private writeTo(port: number, width: PortWidth, value: number): void {
    const claim = this.claimOf(port);
    if (claim && takes(claim, port, width)) {
      claim.device.writePort(port, width, (value & mask(width)) >>> 0);
      return;
    }
    if (!claim && !this.anyClaimed(port, width)) {
      const counted = this.count(port);
      counted.writes++;
      counted.last = (value & mask(width)) >>> 0;
      return;
    }
    for (let i = 0; i < width; i++) {
      this.writeTo((port + i) & 0xffff, 1, (value >>> (8 * i)) & 0xff);
    }
  }

  save(): Record<string, UnclaimedPort> {
    return structuredClone(Object.fromEntries(this.unclaimedPorts));
  }

  restore(state: Record<string, UnclaimedPort>): void {
    this.unclaimedPorts = new Map(
      Object.entries(structuredClone(state)).map(([port, counted]) => [Number(port), counted]),
    );
  }

  reset(): void {
    this.unclaimedPorts.clear();
  }

  private anyClaimed(port: number, width: PortWidth): boolean {
    for (let i = 0; i < width; i++) {
      if (this.claimOf((port + i) & 0xffff)) return true;
    }
    return false;
  }

  private count(port: number): UnclaimedPort {
    let counted = this.unclaimedPorts.get(port);
    if (!counted) {
      counted = { reads: 0, writes: 0, last: undefined };
      this.unclaimedPorts.set(port, counted);
    }
    return counted;
  }
}

function takes({ range }: Claim, port: number, width: PortWidth): boolean {
  return width <= range.widest && port + width - 1 <= range.last;
}

function mask(width: PortWidth): number {
  return width === 4 ? 0xffffffff : width === 2 ? 0xffff : 0xff;
}
