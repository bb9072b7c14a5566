import { bit, bits, masksOf, named, range, table } from '../bits';

/** How the VMCS describes interrupts, exceptions and what blocks them. */

/** The type field of interruption information (SDM 3C tables 25-17, 25-19, 25-20). */
export const InterruptionType = {
  EXTERNAL_INTERRUPT: 0,
  NMI: 2,
  HARDWARE_EXCEPTION: 3,
  SOFTWARE_INTERRUPT: 4,
  PRIVILEGED_SOFTWARE_EXCEPTION: 5,
  SOFTWARE_EXCEPTION: 6,
  OTHER_EVENT: 7,
} as const;

export const INTERRUPTION_TYPE_NAMES: Readonly<Record<number, string>> = {
  0: 'External interrupt',
  1: 'Reserved',
  2: 'Non-maskable interrupt (NMI)',
  3: 'Hardware exception',
  4: 'Software interrupt',
  5: 'Privileged software exception',
  6: 'Software exception',
  7: 'Other event',
};

const VECTOR = range('VECTOR', 7, 0, 'Vector of the interrupt or exception.');
const TYPE = range('TYPE', 10, 8, 'Interruption type.', INTERRUPTION_TYPE_NAMES);
const NESTED = named(
  'Nested exception',
  bit('NESTED', 13, 'It came during the delivery of another event (FRED).'),
);
const VALID = named('Valid', bit('VALID', 31, 'The field describes an event.'));

/** VM-entry interruption-information field: what to inject (SDM 3C 25.8.3, table 25-17). */
export const ENTRY_INTERRUPTION_INFO = table('VM-entry interruption info', 'SDM 3C 25.8.3', [
  named('Vector', VECTOR),
  named('Interruption type', TYPE),
  named('Deliver error code', bit('ERROR_CODE', 11, 'An error code is pushed.')),
  NESTED,
  VALID,
]);

/** Bits of it that must be 0 on a processor without FRED (SDM 3C 27.2.1.3). */
export const INJECTION_RESERVED = bits(30, 12);

/** VM-exit interruption-information field: what caused the exit (SDM 3C 25.9.2, table 25-19). */
export const EXIT_INTERRUPTION_INFO = table('VM-exit interruption info', 'SDM 3C 25.9.2', [
  named('Vector', VECTOR),
  named('Interruption type', TYPE),
  named('Error code valid', bit('ERROR_CODE', 11, 'The error-code field is valid.')),
  named(
    'NMI unblocking due to IRET',
    bit('NMI_UNBLOCKING', 12, 'IRET had unblocked NMIs before the exception came.'),
  ),
  NESTED,
  VALID,
]);

/** IDT-vectoring information field: what was being delivered (SDM 3C 25.9.3, table 25-20). */
export const IDT_VECTORING_INFO = table('IDT-vectoring info', 'SDM 3C 25.9.3', [
  named('Vector', VECTOR),
  named('Interruption type', TYPE),
  named('Error code valid', bit('ERROR_CODE', 11, 'The error-code field is valid.')),
  NESTED,
  VALID,
]);

/** Masks and shift common to the three. */
export const InterruptionInfo = {
  ...masksOf(EXIT_INTERRUPTION_INFO),
  TYPE_SHIFT: 8,
} as const;

/** Guest activity state (SDM 3C 25.4.2). */
export const ActivityState = { ACTIVE: 0, HLT: 1, SHUTDOWN: 2, WAIT_FOR_SIPI: 3 } as const;
export const ACTIVITY_STATE = table('Activity state', 'SDM 3C 25.4.2', [
  named(
    'Activity state',
    range('STATE', 31, 0, 'What the logical processor is doing.', {
      0: 'Active',
      1: 'HLT',
      2: 'Shutdown',
      3: 'Wait-for-SIPI',
    }),
  ),
]);

/** Interruptibility state (SDM 3C 25.4.2, table 25-3). */
export const INTERRUPTIBILITY = table('Interruptibility state', 'SDM 3C 25.4.2', [
  named(
    'Blocking by STI',
    bit('BLOCKING_BY_STI', 0, 'STI has just set IF: interrupts wait for one more instruction.'),
  ),
  named(
    'Blocking by MOV SS',
    bit('BLOCKING_BY_MOV_SS', 1, 'SS has just been loaded: events wait for one more instruction.'),
  ),
  named('Blocking by SMI', bit('BLOCKING_BY_SMI', 2, 'System-management interrupts wait.')),
  named('Blocking by NMI', bit('BLOCKING_BY_NMI', 3, 'NMIs wait until IRET.')),
  named('Enclave interruption', bit('ENCLAVE_INTERRUPTION', 4, 'The exit came from an enclave.')),
]);
export const Interruptibility = masksOf(INTERRUPTIBILITY);

/** Pending debug exceptions (SDM 3C 25.4.2, table 25-4). */
export const PENDING_DEBUG = table('Pending debug exceptions', 'SDM 3C 25.4.2', [
  bit('B0', 0, 'The condition of breakpoint 0 was met.'),
  bit('B1', 1, 'The condition of breakpoint 1 was met.'),
  bit('B2', 2, 'The condition of breakpoint 2 was met.'),
  bit('B3', 3, 'The condition of breakpoint 3 was met.'),
  named('BLD', bit('BLD', 11, 'A bus lock was detected.')),
  named(
    'Enabled breakpoint',
    bit('ENABLED_BREAKPOINT', 12, 'At least one enabled breakpoint condition was met.'),
  ),
  bit('BS', 14, 'A single-step trap is pending.'),
  bit('RTM', 16, 'A debug exception came inside a transactional region.'),
]);
export const PendingDebug = masksOf(PENDING_DEBUG);
