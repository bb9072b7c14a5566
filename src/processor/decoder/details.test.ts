import assert from 'node:assert/strict';
import { gprSlot } from '../state/layout';
import type { OperandDetail } from '../execution/instruction-context';
import { decodeDetail } from './details';

describe('what a slow path is told of its instruction', () => {
  const register = (index: number, bytes: 1 | 2 | 4 | 8): OperandDetail => ({
    kind: 'register',
    slot: gprSlot(index),
    bytes,
  });
  const memory: OperandDetail = { kind: 'memory', indexBytes: 0 };
  type Case = readonly [
    string,
    16 | 32 | 64,
    readonly number[],
    string,
    number,
    readonly OperandDetail[],
  ];
  const cases: readonly Case[] = [
    // instruction, bits, bytes, mnemonic, operand size, operands
    [
      'mov cr3, rax',
      64,
      [0x0f, 0x22, 0xd8],
      'MOV',
      8,
      [{ kind: 'control', number: 3 }, register(0, 8)],
    ],
    [
      'mov rbx, dr7',
      64,
      [0x0f, 0x21, 0xfb],
      'MOV',
      8,
      [register(3, 8), { kind: 'debug', number: 7 }],
    ],
    ['mov ss, ax', 16, [0x8e, 0xd0], 'MOV', 2, [{ kind: 'segment', index: 2 }, register(0, 2)]],
    ['push fs', 32, [0x0f, 0xa0], 'PUSH', 4, [{ kind: 'segment', index: 4 }]],
    [
      'jmp 0x1234:0x5678',
      16,
      [0xea, 0x78, 0x56, 0x34, 0x12],
      'JMP',
      2,
      [{ kind: 'far', selector: 0x1234, offset: 0x5678 }],
    ],
    [
      'jmp 8:0x12345678',
      32,
      [0xea, 0x78, 0x56, 0x34, 0x12, 8, 0],
      'JMP',
      4,
      [{ kind: 'far', selector: 8, offset: 0x12345678 }],
    ],
    ['int 0x80', 64, [0xcd, 0x80], 'INT', 4, [{ kind: 'immediate', value: 0x80n }]],
    ['vmread [rax], rbx', 64, [0x0f, 0x78, 0x18], 'VMREAD', 8, [memory, register(3, 8)]],
    ['iretq', 64, [0x48, 0xcf], 'IRETQ', 8, []],
  ];
  for (const [instruction, bits, bytes, mnemonic, operandSize, operands] of cases) {
    it(instruction, () => {
      const detail = decodeDetail(Uint8Array.from(bytes), bits, 0x1234);
      assert.deepEqual(detail.operands, operands);
      const { length, record, repeat } = detail;
      assert.deepEqual(
        [detail.mnemonic, detail.operandSize, length, record, repeat],
        [mnemonic, operandSize, bytes.length, 0x1234, ''],
      );
    });
  }

  it('prefixes: REP and REPNE', () => {
    assert.equal(decodeDetail(Uint8Array.of(0xf3, 0x6c), 32, 0).repeat, 'rep');
    assert.equal(decodeDetail(Uint8Array.of(0xf2, 0xae), 32, 0).repeat, 'repne');
  });
});
