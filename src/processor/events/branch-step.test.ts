import assert from 'node:assert/strict';
import { Msr } from '../../isa/registers/msr';
import { CODE, IDT, protectedMode } from '../modes.testing';
import type { Processor } from '../processor';

/** IA32_DEBUGCTL.BTF (SDM 3B 18.4.3). */

const HANDLER = 0x9000;
const BTF = 2n;

/** Runs code with TF until #DB: where it returns to. */
function stepped(btf: boolean, ...code: number[]): { cpu: Processor; returns: number } {
  const cpu = protectedMode('interpreter');
  const { physical, state } = cpu;
  physical.write64(IDT + 8, 0x00008e0000089000n);
  physical.writeBytes(HANDLER, Uint8Array.of(0xeb, 0xfe));
  physical.writeBytes(CODE, Uint8Array.from([...code, 0x90, 0x90, 0x90, 0xeb, 0xfe]));
  state.setMsr(Msr.DEBUGCTL, btf ? BTF : 0n);
  state.rflags = 0x102n;
  state.rip = BigInt(CODE);
  for (let n = 0; n < 20 && state.rip !== BigInt(HANDLER); n++) cpu.run(1);
  return { cpu, returns: physical.read32(Number(state.gpr(4))) - CODE };
}

describe('single-stepping on branches', () => {
  it('without BTF stops after each instruction', () => {
    assert.equal(stepped(false, 0x90).returns, 1);
  });

  it('with BTF stops after a branch that is taken', () => {
    assert.equal(stepped(true, 0x90, 0x90, 0xeb, 0x01).returns, 5); // jmp
    assert.equal(stepped(true, 0x39, 0xc0, 0x75, 0x01, 0x74, 0x01).returns, 7); // cmp; jne; je
    assert.equal(stepped(true, 0x90, 0xe8, 0x02, 0, 0, 0).returns, 8); // call
    assert.equal(stepped(true, 0xeb, 0x00).returns, 2); // a jump to the next instruction is one
  });

  it('is not stopped by instructions that stay where they are', () => {
    assert.equal(stepped(true, 0xb9, 3, 0, 0, 0, 0xf3, 0xac, 0xeb, 0x00).returns, 9); // rep lodsb
  });

  it('ends with the debug exception', () => {
    assert.equal(stepped(true, 0xeb, 0x00).cpu.state.msr(Msr.DEBUGCTL), 0n);
  });
});
