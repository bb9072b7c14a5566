import { bit, masksOf, range, table, wideMasksOf } from '../bits';

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

/** EXITINFO1 of an access to a control register: made by MOV, and with which general register (APM 2 15.8.1). */
export const MOV_CR = 1n << 63n;

/** EXITINFO1 of a nested page fault, beside an error code like that of #PF (APM 2 15.25.6). */
export const NESTED_PAGE_FAULT = table('Nested page fault', 'APM 2 15.25.6', [
  bit('FINAL', 32, 'It came while the final guest-physical address was translated.'),
  bit('TABLE', 33, 'It came while the address of a guest page table was translated.'),
]);
export const NestedPageFault = wideMasksOf(NESTED_PAGE_FAULT);
