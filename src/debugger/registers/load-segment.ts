import * as l10n from '@vscode/l10n';
import { Seg } from '../../isa/registers/segment';
import { decodeDescriptor } from '../../isa/segments';
import { UNUSABLE, type SegmentRegister } from '../../processor/state/cpu-state';
import type { DebugMemory } from '../memory';
import { isLongMode, modeOf, type Registers } from './registers';

/**
 * Gives a segment register a selector, as MOV would: with the paragraph as base in real mode, with the
 * descriptor from the GDT in protected mode. No privilege is checked.
 *
 * @throws RangeError when there is no such descriptor
 */
export function loadSegment(
  registers: Registers,
  memory: DebugMemory,
  index: number,
  selector: number,
): void {
  const { name } = modeOf(registers);
  if (name === 'real' || name === 'virtual-8086') {
    registers.setSegment(index, {
      ...registers.segment(index),
      selector,
      base: BigInt(selector) << 4n,
    });
    return;
  }
  if ((selector & ~3) === 0) {
    if (index === Seg.CS || index === Seg.SS) {
      throw new RangeError(l10n.t('the null selector cannot be loaded into CS or SS'));
    }
    registers.setSegment(index, { selector, base: 0n, limit: 0, accessRights: UNUSABLE });
    return;
  }
  const found = segmentOf(registers, memory, selector);
  if (typeof found === 'string') throw new RangeError(found);
  registers.setSegment(index, found);
}

/** The segment that a selector means in protected mode, by its descriptor in the GDT; or why there is none. */
export function segmentOf(
  registers: Registers,
  memory: DebugMemory,
  selector: number,
): SegmentRegister | string {
  if (selector & 4) return l10n.t('selectors of the LDT cannot be loaded here');
  const { base, limit } = registers.gdtr;
  const offset = selector & ~7;
  const { data } = memory.read('gva', base + BigInt(offset), 16);
  if (offset + 7 > limit || data.length < 8) {
    return l10n.t('selector 0x{0} lies beyond the GDT', selector.toString(16));
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const high = data.length >= 16 ? view.getBigUint64(8, true) : 0n;
  const descriptor = decodeDescriptor(view.getBigUint64(0, true), high, isLongMode(registers));
  if (descriptor.kind === 'gate' || !descriptor.present) {
    return l10n.t('selector 0x{0} is no present segment', selector.toString(16));
  }
  const { accessRights } = descriptor;
  return { selector, base: descriptor.base, limit: descriptor.limit, accessRights };
}
