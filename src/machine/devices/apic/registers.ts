import { Apic } from '../../../isa/apic';

/** Bits of the local APIC's registers (SDM 3A chapter 11). */

export { Apic, Icr } from '../../../isa/apic';

/** Spurious-interrupt vector register (11.9). */
export const Svr = { VECTOR: 0xff, ENABLED: 0x100, WRITABLE: 0x1ff } as const;

/** Local vector table (11.5.1). */
export const Lvt = {
  VECTOR: 0xff,
  DELIVERY: 0x700,
  FIXED: 0,
  EXTINT: 0x700,
  NMI: 0x400,
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

/** Error status register: received and sent illegal vectors, illegal register (11.5.3). */
export const Esr = { SEND_VECTOR: 0x20, RECEIVE_VECTOR: 0x40, REGISTER: 0x80 } as const;

/** Version 14h with six entries in the local vector table (11.4.8). */
export const VERSION = 0x5_0014;
