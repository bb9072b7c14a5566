import type { Flags } from '../flags';
import { instruction } from '../instruction';
import type { Value } from '../value';

/** ADX (SDM 2A ADCX, ADOX): additions that use one flag as carry in and out, and leave the others. */

interface CarryFlag {
  get(flags: Flags): Value;
  set(flags: Flags, carry: Value): void;
}

function addWithCarryIn(mnemonic: string, flag: CarryFlag): void {
  instruction(mnemonic, (m) => {
    const target = m.operand(0);
    const a = target.read();
    const b = m.operand(1).read();
    const carry = m.let(flag.get(m.flags));
    const sum = m.let(a.add(b).add(carry.resize(a.width)));
    target.write(sum);
    flag.set(m.flags, m.let(a.and(b).or(a.or(b).and(sum.not())).sign()));
  });
}

addWithCarryIn('ADCX', {
  get: (flags) => flags.cf(),
  set: (flags, carry) => {
    flags.setCarry(carry);
  },
});
addWithCarryIn('ADOX', {
  get: (flags) => flags.of(),
  set: (flags, carry) => {
    flags.setOverflow(carry);
  },
});
