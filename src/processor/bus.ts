/** What lies outside the processor's pins: port I/O and the interrupt controller. */
export interface Bus {
  /** Reads 1, 2 or 4 bytes from an I/O port; an unsigned value. */
  readPort(port: number, bytes: 1 | 2 | 4): number;
  writePort(port: number, bytes: 1 | 2 | 4, value: number): void;
  /** The processor's local APIC, where there is one. */
  readonly apic?: ApicRegisters;
  /** PAUSE: the program waits for another processor. */
  pause?(): void;
  /** INTR: whether an interrupt is requested. */
  interruptRequested(): boolean;
  /** The interrupt-acknowledge cycle: gives the vector. */
  acknowledgeInterrupt(): number;
  /**
   * FERR#, at each x87 instruction that waits while CR0.NE = 0: whether it has met a pending exception. Then it waits
   * on for an interrupt, unless the answer, IGNNE#, is that it goes on nevertheless (SDM 1 8.7.2). Where the
   * computer has no such wires the processor says that they are missing.
   */
  ferr?(pending: boolean): boolean;
}

/** What MSRs reach of a local APIC: the registers of x2APIC mode, 800H to 8FFH, and IA32_TSC_DEADLINE (SDM 3A 11). */
export interface ApicRegisters {
  /** undefined: there is no such register, or it cannot be read. */
  read(number: number): bigint | undefined;
  /** @returns whether it takes the value */
  write(number: number, value: bigint): boolean;
  /** It has been disabled out of x2APIC mode, and is as after reset. */
  reset(): void;
  /** INIT has come to its processor (SDM 3A 11.4.7.3). */
  initialize(): void;
  /** IA32_APIC_BASE has been written: its registers may lie elsewhere in memory, or nowhere. */
  baseChanged(): void;
  /** IA32_TIME_STAMP_COUNTER has been written. */
  timeStampChanged(): void;
}
