import { Cr4 } from '../../isa/registers/control';
import { LegacyRegion } from '../../isa/xsave-area';
import type { InstructionContext } from '../execution/instruction-context';
import type { SlowPath } from '../semantics/slow-path';
import { Units } from '../state/layout';
import { requireX87 } from './availability';
import { StateImage } from './image';
import { checkMxcsr, halvesSize, loadHalves, saveHalves, saveMxcsr } from './vector-image';
import { loadX87, saveX87 } from './x87-image';

/** FXSAVE and FXRSTOR, and their forms with REX.W (SDM 2A). */

/** With CR4.OSFXSR = 0 this processor leaves XMM registers and MXCSR out, as it may. */
const hasSse = (cpu: InstructionContext): boolean => cpu.state.hasCr4(Cr4.OSFXSR);

/** @param wide with REX.W */
const save =
  (wide: boolean): SlowPath =>
  (cpu) => {
    const { state } = cpu;
    requireX87(state);
    const image = new StateImage(cpu, 16);
    const sse = { offset: LegacyRegion.XMM_REGISTERS, bytes: saveHalves(state, 'lower') };
    image.write([...saveX87(state, wide), ...(hasSse(cpu) ? [saveMxcsr(state), sse] : [])]);
    return undefined;
  };
export const fxsave = save(false);
export const fxsave64 = save(true);

const restore =
  (wide: boolean): SlowPath =>
  (cpu) => {
    const { state } = cpu;
    requireX87(state);
    const image = new StateImage(cpu, 16);
    const legacy = image.read(0, LegacyRegion.XMM_REGISTERS + halvesSize(state));
    const mxcsr = new DataView(legacy.buffer).getUint32(LegacyRegion.MXCSR, true);
    if (hasSse(cpu)) {
      checkMxcsr(mxcsr);
      state.setSlot(Units.MXCSR, BigInt(mxcsr));
      loadHalves(state, 'lower', legacy.subarray(LegacyRegion.XMM_REGISTERS));
    }
    loadX87(state, legacy, wide);
    return undefined;
  };
export const fxrstor = restore(false);
export const fxrstor64 = restore(true);
