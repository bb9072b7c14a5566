import { fromHex, fromLittleEndian, littleEndian, numberOf } from '../hex';
import type { Handlers } from '../handlers';
import { malformed, refused } from '../errors';
import type { GdbRegister } from '../registers';
import type { Session } from '../session';

/** Registers of the thread that `Hg` has chosen, all at once or one by its number. */
export const registerPackets: Handlers = {
  g: ({ world, registers }) =>
    registers.map((register) => littleEndian(register.read(world), register.bits / 8)).join(''),

  G: (session, rest) => {
    const bytes = fromHex(rest);
    const size = session.registers.reduce((sum, { bits }) => sum + bits / 8, 0);
    if (bytes?.length !== size) throw malformed();
    let at = 0;
    for (const register of session.registers) {
      const end = at + register.bits / 8;
      write(session, register, fromLittleEndian(bytes.subarray(at, end)));
      at = end;
    }
    return 'OK';
  },

  p: ({ world, registers }, rest) => {
    const { read, bits } = registerAt(registers, rest);
    return littleEndian(read(world), bits / 8);
  },

  P: (session, rest) => {
    const [number = '', value = ''] = rest.split('=');
    const register = registerAt(session.registers, number);
    const bytes = fromHex(value);
    if (bytes?.length !== register.bits / 8) throw malformed();
    write(session, register, fromLittleEndian(bytes));
    return 'OK';
  },
};

function registerAt(registers: readonly GdbRegister[], text: string): GdbRegister {
  const register = registers[Number(numberOf(text) ?? -1n)];
  if (!register) throw malformed();
  return register;
}

/** Only another value is an edit: writing a selector loads its descriptor. */
function write({ world, debuggee }: Session, register: GdbRegister, value: bigint): void {
  if (BigInt.asUintN(register.bits, register.read(world)) === value) return;
  try {
    register.write(world, value);
  } catch (error) {
    throw refused(error instanceof Error ? error.message : `${register.name} takes no such value`);
  } finally {
    debuggee.edited();
  }
}
