import { setBits, type BitTable } from '../../isa/bits';
import { CR0, CR4, EFER } from '../../isa/registers/control';
import { DR6 } from '../../isa/registers/debug';
import { RFLAGS } from '../../isa/registers/flags';

/** Registers whose bits have names of their own. */
const TABLES: Readonly<Record<string, BitTable>> = {
  rflags: RFLAGS,
  eflags: RFLAGS,
  flags: RFLAGS,
  cr0: CR0,
  cr4: CR4,
  efer: EFER,
  dr6: DR6,
};

/** `IF ZF PF`: the bits of a register that are set; undefined for registers that are plain numbers. */
export function bitsOfRegister(name: string, value: bigint): string | undefined {
  const table = TABLES[name.toLowerCase()];
  return table && setBits(table, value).reverse().join(' ');
}
