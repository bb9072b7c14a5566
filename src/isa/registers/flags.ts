import { bit, masksOf, range, table, wideMasksOf } from '../bits';

/** RFLAGS (SDM 1 3.4.3). Bit 1 always reads 1; all other bits not listed read 0. */
export const RFLAGS = table('RFLAGS', 'SDM 1 3.4.3', [
  bit('CF', 0, 'Carry: the unsigned result did not fit.'),
  bit('PF', 2, 'Parity: the low byte of the result has an even number of ones.'),
  bit('AF', 4, 'Auxiliary carry: carry or borrow out of bit 3 (decimal arithmetic).'),
  bit('ZF', 6, 'Zero: the result is zero.'),
  bit('SF', 7, 'Sign: the highest bit of the result.'),
  bit('TF', 8, 'Trap: a debug exception follows each instruction (single step).'),
  bit('IF', 9, 'Interrupt enable: maskable hardware interrupts are accepted.'),
  bit('DF', 10, 'Direction: string instructions go towards lower addresses.'),
  bit('OF', 11, 'Overflow: the signed result did not fit.'),
  range('IOPL', 13, 12, 'I/O privilege level: the largest CPL that may use I/O, CLI and STI.'),
  bit('NT', 14, 'Nested task: IRET returns to the previous task.'),
  bit('RF', 16, 'Resume: instruction breakpoints are ignored for one instruction.'),
  bit('VM', 17, 'Virtual-8086 mode.'),
  bit('AC', 18, 'Alignment check in ring 3; with SMAP, allows supervisor access to user pages.'),
  bit('VIF', 19, 'Virtual interrupt flag: the IF a virtual-8086 task believes it has.'),
  bit('VIP', 20, 'Virtual interrupt pending.'),
  bit('ID', 21, 'That it can be changed shows that CPUID exists.'),
]);

/** Masks of the RFLAGS bits. */
export const Rflags = masksOf(RFLAGS);
/** The same as bigints, which is what the register holds. */
export const WideRflags = wideMasksOf(RFLAGS);
/** Position of the IOPL field. */
export const IOPL_SHIFT = 12n;

/** The bit that always reads 1. */
export const RFLAGS_FIXED = 0x2n;

/** The flags that arithmetic instructions set. */
export const STATUS_FLAGS =
  WideRflags.CF | WideRflags.PF | WideRflags.AF | WideRflags.ZF | WideRflags.SF | WideRflags.OF;

/** The bits that can be other than their fixed value. */
export const RFLAGS_WRITABLE = Object.values(WideRflags).reduce((all, mask) => all | mask);
