import { msr, type MsrRow } from './msr-row';

/** The local APIC in x2APIC mode (SDM 3A 11.12.1.2, table 11-6). */

const SECTION = 'SDM 3A 11.12.1.2';
const READ_ONLY = { only: 'RDMSR' } as const;
const WRITE_ONLY = { only: 'WRMSR' } as const;

/** Eight registers of 32 bits each: one bit for each vector. */
const vectors = (name: string, first: number, gloss: string): MsrRow[] =>
  Array.from({ length: 8 }, (_, n) =>
    msr(`X2APIC_${name}${n}`, first + n, SECTION, gloss, READ_ONLY),
  );

const lvt = (name: string, number: number): MsrRow =>
  msr(`X2APIC_LVT_${name}`, number, SECTION, 'How an interrupt of the local APIC is delivered.');

export const X2APIC_MSRS: readonly MsrRow[] = [
  msr('X2APIC_APICID', 0x802, SECTION, 'Identifier of the local APIC.', READ_ONLY),
  msr('X2APIC_VERSION', 0x803, SECTION, 'Version of the local APIC.', READ_ONLY),
  msr('X2APIC_TPR', 0x808, SECTION, 'Task priority.'),
  msr('X2APIC_PPR', 0x80a, SECTION, 'Processor priority.', READ_ONLY),
  msr('X2APIC_EOI', 0x80b, SECTION, 'A write ends the interrupt in service.', WRITE_ONLY),
  msr('X2APIC_LDR', 0x80d, SECTION, 'Logical destination.', READ_ONLY),
  msr('X2APIC_SIVR', 0x80f, SECTION, 'Spurious-interrupt vector; enables the APIC.'),
  ...vectors('ISR', 0x810, 'Interrupts in service.'),
  ...vectors('TMR', 0x818, 'Interrupts that are level-triggered.'),
  ...vectors('IRR', 0x820, 'Interrupts that wait.'),
  msr('X2APIC_ESR', 0x828, SECTION, 'Errors of the local APIC.'),
  lvt('CMCI', 0x82f),
  msr('X2APIC_ICR', 0x830, SECTION, 'A write sends an interrupt to other processors.'),
  lvt('TIMER', 0x832),
  lvt('THERMAL', 0x833),
  lvt('PMI', 0x834),
  lvt('LINT0', 0x835),
  lvt('LINT1', 0x836),
  lvt('ERROR', 0x837),
  msr('X2APIC_INIT_COUNT', 0x838, SECTION, 'Where the APIC timer begins to count down.'),
  msr('X2APIC_CUR_COUNT', 0x839, SECTION, 'What is left of the APIC timer.', READ_ONLY),
  msr('X2APIC_DIV_CONF', 0x83e, SECTION, 'Divider of the APIC timer.'),
  msr('X2APIC_SELF_IPI', 0x83f, SECTION, 'A write interrupts this processor.', WRITE_ONLY),
];
