import { laneOf, type LaneType } from '../../isa/registers/lanes';
import { DOUBLE, SINGLE, type Format } from '../../processor/floating-point';
import { realText } from './reals';

/** What a lane's bits encode, where that is a floating-point number. */
export function laneFormat({ kind, bits }: LaneType): Format | undefined {
  if (kind !== 'float') return undefined;
  return bits === 32 ? SINGLE : DOUBLE;
}

/** A lane's bits as a number: with a fraction, or signed or unsigned decimal. */
export function laneText(lanes: LaneType, bits: bigint): string {
  const format = laneFormat(lanes);
  if (format) return realText(format, bits);
  return String(lanes.kind === 'signed' ? BigInt.asIntN(lanes.bits, bits) : bits);
}

/** All lanes, the lowest first: `{1.0, 2.5, 0.0, 0.0}`. */
export function lanesText(
  value: bigint,
  width: number,
  lanes: LaneType,
  text: (bits: bigint) => string = (bits) => laneText(lanes, bits),
): string {
  const all = Array.from({ length: width / lanes.bits }, (_, n) => text(laneOf(value, lanes, n)));
  return `{${all.join(', ')}}`;
}
