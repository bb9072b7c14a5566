import { instruction } from '../instruction';
import { Value } from '../value';

/** The polynomial 11EDC6F41H with its bits in reverse order, without the first (SDM 2A CRC32). */
const POLYNOMIAL = 0x82f63b78;

/**
 * CRC32 (SDM 2A): the remainder modulo 2 of the accumulator and the source, both with their bits
 * reversed; so the division goes from the lowest bit up. No flag changes.
 */
instruction('CRC32', (m) => {
  const target = m.operand(0);
  const source = m.operand(1);
  const accumulator = target.read().resize(32).resize(64);
  let rest = m.let(accumulator.xor(source.read().resize(64)));
  const zero = Value.constant(64, 0);
  for (let bit = 0; bit < source.width; bit++) {
    const divisor = rest.bit(0).select(Value.constant(64, POLYNOMIAL), zero);
    rest = m.let(rest.shr(1).xor(divisor));
  }
  target.write(rest.resize(target.width));
});
