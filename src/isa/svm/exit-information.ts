import { bit, masksOf, range, table, wideMasksOf, type BitTable } from '../bits';

/** EXITINFO1 and EXITINFO2, where they have bits (APM 2 15.8 to 15.14, 15.25.6). */

/** EXITINFO1 of IOIO_PROT (APM 2 15.10.2). */
export const IO_INFORMATION = table('I/O information', 'APM 2 15.10.2', [
  bit('TYPE', 0, 'Direction of the access.', { 0: 'OUT', 1: 'IN' }),
  bit('STR', 2, 'A string instruction: INS or OUTS.'),
  bit('REP', 3, 'A repeated one.'),
  bit('SZ8', 4, 'One byte.'),
  bit('SZ16', 5, 'Two bytes.'),
  bit('SZ32', 6, 'Four bytes.'),
  bit('A16', 7, 'Addresses of 16 bits.'),
  bit('A32', 8, 'Addresses of 32 bits.'),
  bit('A64', 9, 'Addresses of 64 bits.'),
  range('SEG', 12, 10, 'Segment of the operand in memory.'),
  range('PORT', 31, 16, 'The port.'),
]);
export const IoInformation = { ...masksOf(IO_INFORMATION), SEG_SHIFT: 10, PORT_SHIFT: 16 } as const;

/** EXITINFO2 of a task switch (APM 2 15.14.1). */
export const TASK_SWITCH_INFORMATION = table('Task-switch information', 'APM 2 15.14.1', [
  range('ERROR_CODE', 31, 0, 'The error code to be pushed, where there is one.'),
  bit('IRET', 36, 'By IRET.'),
  bit('JMP', 38, 'By a far jump.'),
  bit('HAS_ERROR_CODE', 44, 'There is an error code.'),
  bit('RF', 48, 'RFLAGS.RF as the outgoing TSS would have it.'),
]);
export const TaskSwitchInformation = wideMasksOf(TASK_SWITCH_INFORMATION);

/** EXITINFO1 of an access to a control register (APM 2 15.8.1). */
export const CR_INFORMATION = table('Access to a control register', 'APM 2 15.8.1', [
  range('GPR', 3, 0, 'General register of the MOV.'),
  bit('MOV', 63, 'Made by MOV: not by CLTS, LMSW or SMSW.'),
]);

/** EXITINFO1 of an access to a debug register (APM 2 15.8.2). */
export const DR_INFORMATION = table('Access to a debug register', 'APM 2 15.8.2', [
  range('GPR', 3, 0, 'General register of the MOV.'),
]);

/** EXITINFO1 of an access to an MSR (APM 2 15.11). */
export const MSR_INFORMATION = table('Access to an MSR', 'APM 2 15.11', [
  bit('WRITE', 0, 'Direction of the access.', { 0: 'RDMSR', 1: 'WRMSR' }),
]);

/** EXITINFO1 of an access to a control register: made by MOV, and with which general register (APM 2 15.8.1). */
export const MOV_CR = 1n << 63n;

/** EXITINFO1 of a nested page fault, beside an error code like that of #PF (APM 2 15.25.6). */
export const NESTED_PAGE_FAULT = table('Nested page fault', 'APM 2 15.25.6', [
  bit('FINAL', 32, 'It came while the final guest-physical address was translated.'),
  bit('TABLE', 33, 'It came while the address of a guest page table was translated.'),
]);
export const NestedPageFault = wideMasksOf(NESTED_PAGE_FAULT);

/** All of them. */
export const EXIT_INFORMATION_TABLES: readonly BitTable[] = [
  IO_INFORMATION,
  TASK_SWITCH_INFORMATION,
  CR_INFORMATION,
  DR_INFORMATION,
  MSR_INFORMATION,
  NESTED_PAGE_FAULT,
];
