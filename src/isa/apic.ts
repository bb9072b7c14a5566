/**
 * Registers of the local APIC by their offsets in its page (SDM 3A table 11-1). The virtual-APIC page of
 * VMX has them at the same places (SDM 3C 30.1.1).
 */
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
  /** As an MSR only (SDM 3A 11.12.11); in the virtual-APIC page its operand. */
  SELF_IPI: 0x3f0,
} as const;

/** Interrupt command register (11.6.1). */
export const Icr = {
  VECTOR: 0xff,
  DELIVERY: 0x700,
  DELIVERY_SHIFT: 8,
  LOGICAL: 0x800,
  ASSERT: 0x4000,
  LEVEL: 0x8000,
  SHORTHAND: 0xc_0000,
  SHORTHAND_SHIFT: 18,
  SELF: 0x4_0000,
  ALL: 0x8_0000,
  WRITABLE: 0xc_cfff,
} as const;
