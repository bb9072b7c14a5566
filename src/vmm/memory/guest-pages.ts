/** Where a guest-physical page lies in host memory. */
export interface GuestPage {
  /** Host-physical address. */
  readonly frame: number;
  /** Whether the guest may simply write to it: ROM is not. */
  readonly writable: boolean;
}

/** The map of a guest's physical memory, as whoever builds other tables from it needs it. */
export interface GuestPages {
  /** Undefined where a device answers, or nobody. RAM that has no frame yet has none here. */
  pageAt(guestPhysical: bigint): GuestPage | undefined;
  /** The same; RAM that has no frame yet gets one. */
  obtain(guestPhysical: bigint): GuestPage | undefined;
  /** Whether it is RAM, with or without a frame. */
  isRam(guestPhysical: bigint): boolean;
}
