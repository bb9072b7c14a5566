import {
  callFar,
  interrupt,
  interruptOnOverflow,
  jumpFar,
  returnFar,
  returnFromInterrupt,
  breakpointTrap,
  debugTrap,
} from '../../system/transfer-instructions';
import type { AbstractMachine } from '../abstract-machine';
import { CONDITION_CODES } from '../flags';
import { instruction } from '../instruction';
import { SS } from '../../state/layout';
import { Value } from '../value';

/** SDM 2: JMP, CALL, RET, Jcc, LOOPcc, JrCXZ; far transfers and interrupts go to TypeScript. */

CONDITION_CODES.forEach((suffix, code) => {
  instruction(`J${suffix}`, (m) => {
    m.if(m.flags.condition(code), () => {
      m.jumpRelative();
    });
  });
});

instruction('JMP', (m) => {
  const kind = m.shape(0).kind;
  if (kind === 'other') m.slow(jumpFar);
  else if (kind === 'branch') m.jumpRelative();
  else {
    const target = m.let(m.operand(0).read());
    m.requireTarget(target);
    m.jump(target);
  }
});

instruction('CALL', (m) => {
  const kind = m.shape(0).kind;
  if (kind === 'other') {
    m.slow(callFar);
    return;
  }
  const target = kind === 'branch' ? undefined : m.let(m.operand(0).read());
  m.requireTarget(target ?? m.relativeTarget());
  m.push(m.let(m.nextRip().resize(m.size)));
  if (target) m.jump(target);
  else m.jumpRelative();
});

instruction('RET', (m) => {
  const rsp = m.register(4, 64).read();
  const mask = m.stackMask();
  const target = m.let(m.load(SS, rsp.and(mask), m.size));
  m.requireTarget(target);
  const behind = rsp.add(m.size / 8);
  const dropped = m.form.operands.length > 0 ? m.immediate(16).resize(64) : 0;
  m.setStackPointer(rsp, mask, behind.add(dropped).and(mask));
  m.jump(target);
});

/** The counter is CX, ECX or RCX by the address size, which the record's address mask tells. */
function counter(m: AbstractMachine): { value: Value; mask: Value } {
  const mask = m.addressMask();
  return { value: m.let(m.register(1, 64).read().and(mask)), mask };
}

function loop(mnemonic: string, condition: (m: AbstractMachine) => Value): void {
  instruction(mnemonic, (m) => {
    const { value, mask } = counter(m);
    const left = m.let(value.sub(1).and(mask));
    m.if(
      left.ne(0).and(condition(m)),
      () => {
        m.requireTarget(m.relativeTarget());
        m.writeCounter(left, mask);
        m.jumpRelative();
      },
      () => {
        m.writeCounter(left, mask);
      },
    );
  });
}
loop('LOOP', () => Value.constant(1, 1));
loop('LOOPE', (m) => m.flags.zf());
loop('LOOPNE', (m) => m.flags.zf().xor(1));

instruction(['JCXZ', 'JECXZ', 'JRCXZ'], (m) => {
  m.if(counter(m).value.eq(0), () => {
    m.jumpRelative();
  });
});

instruction('RETF', (m) => {
  m.slow(returnFar);
});
instruction(['IRET', 'IRETD', 'IRETQ'], (m) => {
  m.slow(returnFromInterrupt);
});
instruction('INT', (m) => {
  m.slow(interrupt);
});
instruction('INT3', (m) => {
  m.slow(breakpointTrap);
});
instruction('INT1', (m) => {
  m.slow(debugTrap);
});
instruction('INTO', (m) => {
  m.slow(interruptOnOverflow);
});
