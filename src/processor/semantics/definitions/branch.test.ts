import assert from 'node:assert/strict';
import { Vector } from '../../../isa/exceptions';
import { CODE, longMode, protectedMode } from '../../modes.testing';
import type { Processor } from '../../processor';
import { CS } from '../../state/layout';

/** Near branches to where no instruction can be: #GP(0) of the branch, of which nothing has been done (SDM 2A JMP). */

const LIMIT = 0xffff;
const STACK = 0x7000;
const RCX = 1;
const RSP = 4;

/** 32-bit code of 64 KBytes; its fault ends in shutdown, for want of an IDT. */
function short(engine: 'interpreter' | 'reference'): Processor {
  const cpu = protectedMode(engine);
  cpu.state.setSegment(CS, { ...cpu.state.segment(CS), limit: LIMIT });
  return ready(cpu, 0x10000n);
}

function ready(cpu: Processor, target: bigint): Processor {
  cpu.state.idtr = { base: 0n, limit: 0 };
  cpu.state.setGpr(0, target);
  cpu.state.setGpr(RCX, 5n);
  cpu.state.setGpr(RSP, BigInt(STACK));
  cpu.physical.write64(STACK, target);
  cpu.physical.write64(STACK - 8, 0x1111_1111_1111_1111n);
  cpu.updateDerivedState();
  return cpu;
}

const far = (opcode: readonly number[], bytes: number): number[] => {
  const offset = 0x10000 - (CODE + opcode.length + bytes);
  return [...opcode, ...Array.from({ length: bytes }, (_, n) => (offset >> (8 * n)) & 0xff)];
};
/** Bytes of a branch to 10000h, and where it stands, so that short ones reach it. */
const BRANCHES: readonly (readonly [name: string, bytes: readonly number[], at?: number])[] = [
  ['JMP rel32', far([0xe9], 4)],
  ['JMP rel8', [0xeb, 0x10], 0xffee],
  ['JE rel32', far([0x0f, 0x84], 4)],
  ['JMP EAX', [0xff, 0xe0]],
  ['CALL rel32', far([0xe8], 4)],
  ['CALL EAX', [0xff, 0xd0]],
  ['RET', [0xc3]],
  ['RET 8', [0xc2, 8, 0]],
  ['LOOP', [0xe2, 0x10], 0xffee],
  ['JECXZ', [0xe3, 0x10], 0xffee],
];

function undone(cpu: Processor, bytes: readonly number[], at: number): void {
  const { state, physical } = cpu;
  physical.writeBytes(at, Uint8Array.from(bytes));
  state.rip = BigInt(at);
  state.rflags |= 0x40n; // ZF, for JE
  const before = Array.from(state.gprs);
  const stop = cpu.run(1);
  assert.equal(stop.kind, 'triple-fault');
  const [first] = stop.kind === 'triple-fault' ? stop.chain : [];
  assert.deepEqual([first?.vector, first?.errorCode], [Vector.GP, 0]);
  assert.equal(state.rip, BigInt(at));
  assert.deepEqual(Array.from(state.gprs), before);
  assert.equal(physical.read64(STACK - 8), 0x1111_1111_1111_1111n, 'nothing is pushed');
}

for (const engine of ['interpreter', 'reference'] as const) {
  describe(`near branches (${engine})`, () => {
    for (const [name, bytes, at = CODE] of BRANCHES) {
      it(`${name} beyond the limit is a fault of its own`, () => {
        const cpu = short(engine);
        if (name === 'JECXZ') cpu.state.setGpr(RCX, 0n);
        undone(cpu, bytes, at);
      });
    }

    for (const [name, bytes] of BRANCHES.filter(
      ([, [first]]) => first === 0xff || first === 0xc3,
    )) {
      it(`${name.replace('E', 'R')} to an address that is not canonical, too`, () => {
        for (const target of [0x0000_8000_0000_0000n, 0xffff_7fff_ffff_ffffn]) {
          undone(ready(longMode(engine), target), bytes, CODE);
        }
      });
    }

    it('the first and the last address are reached', () => {
      for (const target of [0n, BigInt(LIMIT)]) {
        const cpu = short(engine);
        cpu.physical.writeBytes(CODE, Uint8Array.of(0xff, 0xe0));
        cpu.state.setGpr(0, target);
        cpu.state.rip = BigInt(CODE);
        cpu.run(1);
        assert.equal(cpu.state.rip, target);
      }
    });

    it('with pages of five levels, addresses of 57 bits are canonical', () => {
      const cpu = ready(longMode(engine), 0x0000_8000_0000_0000n);
      cpu.state.cr4 |= 0x1000n;
      cpu.updateDerivedState();
      assert.equal(cpu.state.cr4 & 0x1000n, 0x1000n);
      const { state, physical } = cpu;
      physical.write64(0x14000, BigInt(0x10007));
      state.cr3 = 0x14000n;
      physical.writeBytes(CODE, Uint8Array.of(0xff, 0xe0));
      state.rip = BigInt(CODE);
      cpu.run(1);
      assert.equal(state.rip, 0x0000_8000_0000_0000n);
    });
  });
}
