/**
 * What takes time, in units of the machine's: long enough that nobody finds the answer with the next
 * instruction, but not the hundreds of milliseconds of a real drive, for which nobody wants to wait.
 */
export const FloppyTime = { RESET: 200, STEP: 100, SECTOR: 1000 } as const;
