import { PAGE_SIZE } from '../../processor/state/layout';

/**
 * Where the monitor's part of a translated kernel's address space lies: a page of data that translated code reads
 * and writes, and behind it the translation cache, which it executes and cannot write.
 */

/** In bytes. */
export const CACHE_SIZE = 0x60000;
export const WINDOW_SIZE = PAGE_SIZE + CACHE_SIZE;

/** The bitness of code that is translated. */
export type Bits = 32 | 64;

/** The linear address of the page of data. */
const BASE: Readonly<Record<Bits, bigint>> = { 32: 0xf7c00000n, 64: 0xffff808000000000n };

export const windowBase = (bits: Bits): bigint => BASE[bits];

export const cacheBase = (bits: Bits): bigint => BASE[bits] + BigInt(PAGE_SIZE);

/** Whether a linear address lies in the window, for whichever code. */
export const isInWindow = (linear: bigint): boolean =>
  Object.values(BASE).some((base) => linear >= base && linear < base + BigInt(WINDOW_SIZE));
