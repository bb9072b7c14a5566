import { GDT, protectedMode, TSS } from '../modes.testing';
import { far, row, testReasons, type Setup } from './reasons.testing';

const TASK = 0x80;

/** A task at the TSS that is also the present one; only what is asked of it matters. */
const task =
  (limit: number, trap: number): Setup =>
  (cpu) => {
    cpu.physical.write64(GDT + TASK, 0x0000890030000000n | BigInt(limit));
    cpu.physical.write32(TSS + 0x64, trap);
    cpu.physical.write32(TSS + 0x24, 2);
    for (const [offset, selector] of [
      [0x4c, 8],
      [0x50, 0x10],
    ] as const) {
      cpu.physical.write16(TSS + offset, selector);
    }
  };

describe('reasons of task switches', () => {
  testReasons([
    row(
      'tss-limit',
      'The TSS of selector 0x80 has the limit 0x66; a task needs at least 0x67',
      protectedMode,
      task(0x66, 0),
      ...far(TASK),
    ),
    row(
      'task-trap',
      'The TSS of selector 0x80 has its T flag set',
      protectedMode,
      task(0x67, 1),
      ...far(TASK),
    ),
  ]);
});
