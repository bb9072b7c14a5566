/** What lies outside the processor's pins: port I/O and the interrupt controller. */
export interface Bus {
  /** Reads 1, 2 or 4 bytes from an I/O port; an unsigned value. */
  readPort(port: number, bytes: 1 | 2 | 4): number;
  writePort(port: number, bytes: 1 | 2 | 4, value: number): void;
  /** INTR: whether an interrupt is requested. */
  interruptRequested(): boolean;
  /** The interrupt-acknowledge cycle: gives the vector. */
  acknowledgeInterrupt(): number;
  /**
   * FERR#: with CR0.NE = 0 an x87 instruction that waits has met a pending exception, and waits on for
   * an interrupt (SDM 1 8.7.2). Where the computer has no such wire the processor says that it is missing.
   */
  ferr?(): void;
}
