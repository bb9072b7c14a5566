/** Registers of the local APIC by their offsets (SDM 3A table 11-1), and their bits. */

export const Apic = {
  ID: 0x20,
  VERSION: 0x30,
  TPR: 0x80,
  PPR: 0xa0,
  EOI: 0xb0,
  LDR: 0xd0,
  DFR: 0xe0,
  SVR: 0xf0,
  ISR: 0x100,
  TMR: 0x180,
  IRR: 0x200,
  ESR: 0x280,
  ICR_LOW: 0x300,
  ICR_HIGH: 0x310,
  LVT_TIMER: 0x320,
  LVT_THERMAL: 0x330,
  LVT_PERFORMANCE: 0x340,
  LVT_LINT0: 0x350,
  LVT_LINT1: 0x360,
  LVT_ERROR: 0x370,
  INITIAL_COUNT: 0x380,
  CURRENT_COUNT: 0x390,
  DIVIDE: 0x3e0,
} as const;

/** Spurious-interrupt vector register (11.9). */
export const Svr = { VECTOR: 0xff, ENABLED: 0x100, WRITABLE: 0x1ff } as const;

/** Local vector table (11.5.1). */
export const Lvt = {
  VECTOR: 0xff,
  DELIVERY: 0x700,
  FIXED: 0,
  EXTINT: 0x700,
  MASKED: 0x1_0000,
  TIMER_MODE: 0x6_0000,
  PERIODIC: 0x2_0000,
  TSC_DEADLINE: 0x4_0000,
} as const;

/** What can be written of each register of the table. */
export const LVT_WRITABLE: Readonly<Record<number, number>> = {
  [Apic.LVT_TIMER]: 0x7_00ff,
  [Apic.LVT_THERMAL]: 0x1_07ff,
  [Apic.LVT_PERFORMANCE]: 0x1_07ff,
  [Apic.LVT_LINT0]: 0x1_a7ff,
  [Apic.LVT_LINT1]: 0x1_a7ff,
  [Apic.LVT_ERROR]: 0x1_00ff,
};

/** Interrupt command register (11.6.1). */
export const Icr = {
  DELIVERY: 0x700,
  FIXED: 0,
  LOWEST_PRIORITY: 0x100,
  LOGICAL: 0x800,
  SHORTHAND: 0xc_0000,
  SELF: 0x4_0000,
  ALL: 0x8_0000,
  WRITABLE: 0xc_cfff,
} as const;

/** Error status register: received and sent illegal vectors, illegal register (11.5.3). */
export const Esr = { SEND_VECTOR: 0x20, RECEIVE_VECTOR: 0x40, REGISTER: 0x80 } as const;

/** Version 14h with six entries in the local vector table (11.4.8). */
export const VERSION = 0x5_0014;
