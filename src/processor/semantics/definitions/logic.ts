import { instruction } from '../instruction';
import type { Value } from '../value';

/** SDM 2: AND, OR, XOR, TEST, NOT. */

function bitwise(mnemonic: string, combine: (a: Value, b: Value) => Value): void {
  instruction(mnemonic, (m) => {
    const target = m.operand(0);
    const a = target.readForUpdate();
    const result = m.let(combine(a, m.operand(1).read()));
    target.write(result);
    m.flags.ofLogic(result);
  });
}

bitwise('AND', (a, b) => a.and(b));
bitwise('OR', (a, b) => a.or(b));
bitwise('XOR', (a, b) => a.xor(b));

instruction('TEST', (m) => {
  m.flags.ofLogic(m.let(m.operand(0).read().and(m.operand(1).read())));
});

instruction('NOT', (m) => {
  const target = m.operand(0);
  target.write(target.readForUpdate().not());
});
