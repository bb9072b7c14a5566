import { WideRflags } from '../../../isa/registers/flags';
import { State } from '../../state/layout';
import { instruction } from '../instruction';
import { Value } from '../value';
import { clearInterruptFlag, setInterruptFlag } from '../../system/interrupt-flag';

/** SDM 2: CLC, STC, CMC, CLD, STD, LAHF, SAHF, SALC; CLI and STI go to TypeScript. */

instruction('CLC', (m) => {
  m.flags.setCarry(Value.constant(1, 0));
});
instruction('STC', (m) => {
  m.flags.setCarry(Value.constant(1, 1));
});
instruction('CMC', (m) => {
  m.flags.setCarry(m.let(m.flags.cf().xor(1)));
});

const { DF } = WideRflags;
instruction('CLD', (m) => {
  m.writeState(State.SYSTEM_FLAGS, 64, m.readState(State.SYSTEM_FLAGS, 64).and(~DF));
});
instruction('STD', (m) => {
  m.writeState(State.SYSTEM_FLAGS, 64, m.readState(State.SYSTEM_FLAGS, 64).or(DF));
});

instruction('LAHF', (m) => {
  m.highByteOfRax().write(m.flags.status().or(2).resize(8));
});
instruction('SAHF', (m) => {
  m.flags.setSzapcKeepingOverflow(m.let(m.highByteOfRax().read().resize(64)));
});
instruction('SALC', (m) => {
  m.register(0, 8).write(m.flags.cf().signExtend(8));
});

instruction('CLI', (m) => {
  m.slow(clearInterruptFlag);
});
instruction('STI', (m) => {
  m.slow(setInterruptFlag);
});
