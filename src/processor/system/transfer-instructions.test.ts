import assert from 'node:assert/strict';
import { CODE, execute, IDT, longMode, protectedMode, Sel, setRing, stack } from '../modes.testing';
import type { Processor } from '../processor';
import { CS } from '../state/layout';

/** Far transfers, software interrupts (SDM 2A CALL, INT n, JMP). */

describe('far CALL and JMP', () => {
  it('take a pointer of 16:16, 16:32 or 16:64 from memory', () => {
    const pointer = (cpu: Processor, offset: bigint, bytes: 2 | 4 | 8, selector: number): void => {
      cpu.physical.write(0x9000, bytes, offset);
      cpu.physical.write16(0x9000 + bytes, selector);
    };
    const cpu = protectedMode();
    pointer(cpu, 0x8123n, 2, Sel.CODE);
    assert.equal(execute(cpu, 0x66, 0xff, 0x2d, 0x00, 0x90, 0x00, 0x00), 'nothing');
    assert.equal(cpu.state.rip, 0x8123n);
    pointer(cpu, 0x18123n, 4, Sel.CONFORMING);
    assert.equal(execute(cpu, 0xff, 0x1d, 0x00, 0x90, 0x00, 0x00), 'nothing');
    assert.deepEqual([cpu.state.rip, cpu.state.selector(CS)], [0x18123n, Sel.CONFORMING]);
    assert.deepEqual(stack(cpu, 2, 4), [BigInt(CODE + 6), BigInt(Sel.CODE)]);
    const long = longMode();
    pointer(long, 0x18123n, 8, Sel.CODE_64);
    assert.equal(execute(long, 0x48, 0xff, 0x2c, 0x25, 0x00, 0x90, 0x00, 0x00), 'nothing');
    assert.equal(long.state.rip, 0x18123n);
  });

  it('leave ESP and CS where the target faults', () => {
    const cpu = protectedMode();
    assert.equal(execute(cpu, 0x9a, 0, 0, 0, 0, Sel.DATA, 0), '#GP(10)');
    assert.deepEqual([cpu.state.gpr(4), cpu.state.selector(CS)], [0x7000n, Sel.CODE]);
  });
});

describe('software interrupts', () => {
  /** A gate for the vector that ring 3 may use. */
  const gate = (cpu: Processor, vector: number): void => {
    cpu.physical.write64(IDT + 8 * vector, 0x0000_ee00_0008_9000n);
  };
  /** Executes one instruction with the IDT in place. */
  const step = (cpu: Processor, ...bytes: number[]): bigint => {
    cpu.physical.writeBytes(CODE, Uint8Array.from(bytes));
    cpu.state.rip = BigInt(CODE);
    cpu.run(1);
    return cpu.state.rip;
  };

  it('INT n, INT3 and INTO return behind themselves', () => {
    for (const [vector, length, bytes] of [
      [0x41, 2, [0xcd, 0x41]],
      [3, 1, [0xcc]],
      [4, 1, [0xce]],
    ] as const) {
      const cpu = protectedMode();
      gate(cpu, vector);
      cpu.state.rflags = 0x802n; // OF
      assert.equal(step(cpu, ...bytes), 0x9000n);
      assert.equal(stack(cpu, 1, 4)[0], BigInt(CODE + length));
    }
  });

  it('INTO does nothing without OF, and is #UD in 64-bit mode', () => {
    const cpu = protectedMode();
    assert.equal(execute(cpu, 0xce), 'nothing');
    assert.equal(execute(longMode(), 0xce), '#UD');
  });

  it('INT n is #GP(0) in virtual-8086 mode with IOPL below 3', () => {
    const cpu = protectedMode();
    setRing(cpu, 3);
    for (let index = 0; index < 6; index++) {
      cpu.state.setSegment(index, { selector: 0, base: 0n, limit: 0xffff, accessRights: 0xf3 });
    }
    cpu.state.rflags = 0x22002n;
    cpu.updateDerivedState();
    assert.equal(execute(cpu, 0xcd, 0x41), '#GP(0)');
  });
});
