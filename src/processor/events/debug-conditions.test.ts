import assert from 'node:assert/strict';
import { CODE, IDT, protectedMode } from '../modes.testing';

/** What DR6 tells of a debug exception, and how many there are (SDM 3B 18.2.3, 18.3.1.1). */

const HANDLER = 0x9000;
const WATCHED = 0xa000;
const [INT1, INT_1] = [[0xf1], [0xcd, 0x01]] as const;
const MOV_SS = [0x8e, 0x15, 0, 0xa0, 0, 0]; // mov ss, [WATCHED]
const STORE = [0xa3, 0, 0xa0, 0, 0]; // mov [WATCHED], eax

/** Runs code with a watchpoint of DR1, and DR6 as software has left it; gives what DR6 was after each #DB. */
function raised(dr6: bigint, ...code: (readonly number[])[]): bigint[] {
  const cpu = protectedMode('interpreter');
  const { physical, state } = cpu;
  physical.write64(IDT + 8, 0x00008e0000089000n);
  physical.write8(HANDLER, 0xcf); // iretd
  physical.write32(WATCHED, state.segment(2).selector);
  physical.writeBytes(CODE, Uint8Array.from([...code.flat(), 0x90, 0xeb, 0xfe]));
  state.dr[1] = BigInt(WATCHED);
  state.dr[6] = dr6;
  state.dr[7] = 0xf0_0408n; // 4 bytes, reads and writes
  state.rip = BigInt(CODE);
  const seen: bigint[] = [];
  cpu.observer = {
    delivered: ({ vector }) => {
      if (vector === 1) seen.push(state.dr[6] ?? 0n);
    },
  };
  cpu.updateDerivedState();
  cpu.run(20);
  return seen;
}

describe('conditions of debug exceptions', () => {
  it('of breakpoints take the place of earlier ones; others stay', () => {
    assert.deepEqual(raised(0xffff0ff0n | 0x4004n, STORE), [0xffff4ff2n]);
    assert.deepEqual(raised(0xffff0ff0n, STORE), [0xffff0ff2n]);
  });

  it('are none of INT1, which leaves DR6 as it is', () => {
    assert.deepEqual(raised(0xffff0ff4n, INT1), [0xffff0ff4n]);
  });

  it('that MOV SS holds back come with the #DB of INT1, and after that of INT 1', () => {
    assert.deepEqual(raised(0xffff0ff0n, MOV_SS, INT1), [0xffff0ff2n]);
    assert.deepEqual(raised(0xffff0ff0n, MOV_SS, INT_1), [0xffff0ff0n, 0xffff0ff2n]);
  });
});
