import type { SlowPath } from '../semantics/slow-path';

/** INVLPG (SDM 2A; 3A 4.10.4.1). */
export const invalidatePage: SlowPath = (cpu) => {
  cpu.requirePrivilege(0);
  const linear = cpu.linearOperand();
  if (cpu.guestMode.invlpg(linear)) return 'left';
  cpu.flushPage(linear);
  return undefined;
};
