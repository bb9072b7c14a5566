import { undefinedOpcode } from '../faults';
import { wrongOperands } from '../reasons/instructions';
import type { InstructionContext } from '../execution/instruction-context';
import type { SlowPath } from '../semantics/slow-path';
import { Rec } from '../state/layout';
import { bytesOf, fromBytes, lanes, ofLanes, readSlot, slotOf, writeRegister } from './operands';

/**
 * VGATHER and VPGATHER (SDM 2C): elements from addresses that a vector of indices gives, where the mask is
 * negative. A fault leaves what has been loaded, and the mask tells what has not.
 */
export const gather =
  (indexWidth: 32 | 64, width: 32 | 64): SlowPath =>
  (cpu) => {
    const [target, mask] = [slotOf(cpu, 0), slotOf(cpu, 2)];
    const { view } = cpu.physical;
    const index = view.getUint16(cpu.instruction.record + Rec.INDEX, true);
    if (target === mask || target === index || mask === index) {
      throw undefinedOpcode(wrongOperands());
    }
    // As many elements as both the registers and the indices have.
    const memory = cpu.instruction.operands[1];
    const indexBytes = memory?.kind === 'memory' ? memory.indexBytes : 0;
    const count = Math.min((8 * bytesOf(cpu, 0)) / width, (8 * indexBytes) / indexWidth);
    const size = (count * width) / 8;
    const indices = lanes(readSlot(cpu, index, indexBytes), indexWidth, count);
    const masks = lanes(readSlot(cpu, mask, size), width, count);
    const values = lanes(readSlot(cpu, target, size), width, count);
    const keep = (): void => {
      writeRegister(cpu, target, size, ofLanes(values, width), true);
      writeRegister(cpu, mask, size, ofLanes(masks, width), true);
    };
    const addressOf = addressing(cpu);
    // The mask is made whole before the first element is loaded, as a fault may show it.
    masks.forEach((m, n) => (masks[n] = m >> BigInt(width - 1) !== 0n ? -1n : 0n));
    for (let n = 0; n < count; n++) {
      if (masks[n] === 0n) continue;
      const offset = addressOf(BigInt.asIntN(indexWidth, indices[n] ?? 0n));
      try {
        values[n] = fromBytes(cpu.loadBytes(cpu.operandSegment(), offset, width / 8));
      } catch (fault) {
        keep();
        throw fault;
      }
      masks[n] = 0n;
    }
    keep();
    return undefined;
  };

/** Base, scaled index and displacement, as the record has them. */
function addressing(cpu: InstructionContext): (index: bigint) => bigint {
  const { view } = cpu.physical;
  const { record } = cpu.instruction;
  const base = cpu.state.slot(view.getUint16(record + Rec.BASE, true));
  const scale = BigInt(view.getUint8(record + Rec.SCALE));
  const displacement = view.getBigUint64(record + Rec.DISPLACEMENT, true);
  const mask = view.getBigUint64(record + Rec.ADDRESS_MASK, true);
  return (index) => (base + (index << scale) + displacement) & mask;
}
