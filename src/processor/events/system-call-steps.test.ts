import assert from 'node:assert/strict';
import { Msr } from '../../isa/registers/msr';
import { CODE, IDT, longMode, setRing, TSS } from '../modes.testing';
import type { Processor } from '../processor';

/** SYSCALL and SYSRET under TF, which counts as they leave it. */

const KERNEL = 0x9000;
const HANDLER = 0x9800;
const TF = 0x100;

/** In ring 3 before its code, or in ring 0 before the kernel's; gives from where #DBs came. */
function traps(ring: 0 | 3, fmask: number, kernel: number[], flags: number, r11 = 0n): number[] {
  const cpu: Processor = longMode('interpreter');
  const { physical, state } = cpu;
  state.efer |= 1n;
  state.setMsr(Msr.STAR, 0x0023_0028_0000_0000n);
  state.setMsr(Msr.LSTAR, BigInt(KERNEL));
  state.setMsr(Msr.FMASK, BigInt(fmask));
  physical.writeBytes(CODE, Uint8Array.from([0x0f, 0x05, 0x90, 0x90, 0xeb, 0xfe]));
  physical.write64(IDT + 16, BigInt(HANDLER) | 0x8e00_0028_0000n);
  physical.write64(IDT + 24, 0n);
  physical.writeBytes(HANDLER, Uint8Array.from([0xeb, 0xfe]));
  physical.write64(TSS + 4, 0x7000n);
  physical.writeBytes(KERNEL, Uint8Array.from(kernel));
  setRing(cpu, ring);
  state.rflags = BigInt(2 | flags);
  state.setGpr(1, BigInt(CODE + 2));
  state.setGpr(11, 2n | r11);
  state.rip = BigInt(ring === 0 ? KERNEL : CODE);
  const seen: number[] = [];
  cpu.observer = {
    delivered: ({ vector, from }) => {
      if (vector === 1) seen.push(Number(from));
    },
  };
  cpu.updateDerivedState();
  cpu.run(3);
  return seen;
}

describe('single steps over system calls', () => {
  const NOPS = [0x90, 0xeb, 0xfe];

  it('do not trap in a kernel whose FMASK has TF', () => {
    assert.deepEqual(traps(3, TF, NOPS, TF), []);
  });

  it('trap there where it has not', () => {
    assert.deepEqual(traps(3, 0, NOPS, TF), [KERNEL]);
  });

  it('trap right behind SYSRET that loads TF', () => {
    const sysretq = [0x48, 0x0f, 0x07];
    assert.deepEqual(traps(0, 0, sysretq, 0, BigInt(TF)), [CODE + 2]);
    assert.deepEqual(traps(0, 0, sysretq, TF), []);
  });
});
