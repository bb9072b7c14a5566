/** Bytes that an instruction has at most (SDM 2A 2.3.11). */
export const LONGEST_INSTRUCTION = 15;
