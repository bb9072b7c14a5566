import type { SlowPath } from '../semantics/slow-path';
import { Units } from '../state/layout';
import type { CpuState } from '../state/cpu-state';
import { requireAvailable } from '../system/unit-available';
import { checkMxcsr } from './vector-image';

/** LDMXCSR and STMXCSR, as they were and with a VEX prefix (SDM 2A, 2B). */

const load =
  (require: (state: CpuState) => void): SlowPath =>
  (cpu) => {
    require(cpu.state);
    const value = cpu.readOperand(0, 4);
    checkMxcsr(Number(value));
    cpu.state.setSlot(Units.MXCSR, value);
    return 'continue';
  };
export const ldmxcsr = load(requireAvailable('SSE'));
export const vldmxcsr = load(requireAvailable('AVX'));

const store =
  (require: (state: CpuState) => void): SlowPath =>
  (cpu) => {
    require(cpu.state);
    cpu.writeOperand(0, 4, cpu.state.slot(Units.MXCSR));
    return undefined;
  };
export const stmxcsr = store(requireAvailable('SSE'));
export const vstmxcsr = store(requireAvailable('AVX'));
