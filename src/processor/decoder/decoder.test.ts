import assert from 'node:assert/strict';
import { Register } from 'iced-x86';
import { CS, DS, ES, FS, GS, gprSlot, segmentSlot, SS, State } from '../state/layout';
import { InstructionDecoder, registerSlot } from './decoder';
import { formTable } from './forms';

/** What records hold of an instruction; encodings by SDM 2A chapter 2. */

const [RAX, RCX, RBX, RSP, RBP, RSI] = [0, 1, 3, 4, 5, 6].map(gprSlot) as [
  number,
  number,
  number,
  number,
  number,
  number,
];
const [M16, M32, M64] = [0xffffn, 0xffffffffn, 0xffffffffffffffffn];
const decoder = new InstructionDecoder();
const decode = (bits: 16 | 32 | 64, ...bytes: number[]) =>
  decoder.decode(Uint8Array.from(bytes), bits, 0x100);

describe('a decoded memory operand', () => {
  type Case = readonly [string, 16 | 32 | 64, readonly number[], readonly unknown[]];
  const cases: readonly Case[] = [
    // instruction, bits, bytes, [segment, base, index, scale, displacement, address mask]
    ['mov eax, [rbx]', 64, [0x8b, 0x03], [DS, RBX, State.ZERO, 0, 0n, M64]],
    [
      'mov eax, [rbp-8]',
      64,
      [0x8b, 0x45, 0xf8],
      [SS, RBP, State.ZERO, 0, 0xfffffffffffffff8n, M64],
    ],
    ['mov eax, [rbx+rcx*8+0x10]', 64, [0x8b, 0x44, 0xcb, 0x10], [DS, RBX, RCX, 3, 0x10n, M64]],
    ['mov eax, [rsp]', 64, [0x8b, 0x04, 0x24], [SS, RSP, State.ZERO, 0, 0n, M64]],
    ['mov eax, fs:[rbx]', 64, [0x64, 0x8b, 0x03], [FS, RBX, State.ZERO, 0, 0n, M64]],
    ['mov eax, [ebx]', 64, [0x67, 0x8b, 0x03], [DS, RBX, State.ZERO, 0, 0n, M32]],
    ['mov eax, [r12]', 64, [0x41, 0x8b, 0x04, 0x24], [DS, gprSlot(12), State.ZERO, 0, 0n, M64]],
    // relative to the next instruction, at 0x106, given relative to RIP_BASE
    [
      'mov eax, [rip+0x10]',
      64,
      [0x8b, 0x05, 0x10, 0, 0, 0],
      [DS, State.RIP_BASE, State.ZERO, 0, 0x116n, M64],
    ],
    [
      'mov eax, [0x1234]',
      32,
      [0xa1, 0x34, 0x12, 0, 0],
      [DS, State.ZERO, State.ZERO, 0, 0x1234n, M32],
    ],
    ['mov ax, [bp+si+2]', 16, [0x8b, 0x42, 0x02], [SS, RBP, RSI, 0, 2n, M16]],
    ['mov ax, [0x1234]', 16, [0xa1, 0x34, 0x12], [DS, State.ZERO, State.ZERO, 0, 0x1234n, M16]],
    ['mov ax, [eax+ebx*4]', 16, [0x67, 0x8b, 0x04, 0x98], [DS, RAX, RBX, 2, 0n, M32]],
    ['es mov ax, [bx]', 16, [0x26, 0x8b, 0x07], [ES, RBX, State.ZERO, 0, 0n, M16]],
  ];
  for (const [instruction, bits, bytes, [segment, ...expected]] of cases) {
    it(`${instruction} (${String(bits)} bits)`, () => {
      const out = decode(bits, ...bytes);
      const { base, index, scale, displacement, addressMask } = out;
      assert.equal(out.segment, segmentSlot(segment as number));
      assert.deepEqual([base, index, scale, displacement & addressMask, addressMask], expected);
      assert.deepEqual([out.kind, out.length], ['instruction', bytes.length]);
    });
  }
});

describe('decoded operands', () => {
  it('registers are their places: AH lies above AL, SPL is no AH', () => {
    const slots = [
      Register.AL,
      Register.AH,
      Register.BH,
      Register.SPL,
      Register.R15L,
      Register.EDI,
    ];
    const expected = [0x400, 0x401, 0x419, 0x420, 0x478, 0x438];
    assert.deepEqual(slots.map(registerSlot), expected);
    assert.equal(registerSlot(Register.CS), undefined);
  });

  it('immediates are sign-extended to the operand size', () => {
    assert.equal(decode(32, 0x83, 0xc0, 0xff).immediate & M32, 0xffffffffn); // add eax, -1
    assert.equal(decode(64, 0x48, 0xc7, 0xc0, 0xff, 0xff, 0xff, 0xff).immediate, M64); // mov rax, -1
  });

  it('a second immediate stands where a branch’s target does', () => {
    const { immediate, target } = decode(64, 0xc8, 0x10, 0x00, 0x03); // enter 16, 3
    assert.deepEqual([immediate, target], [16n, 3n]);
  });

  it('branch targets are relative to the next instruction', () => {
    const back = decode(64, 0xeb, 0xfe); // jmp $
    assert.deepEqual([back.isBranch, back.target, back.endsBlock], [true, 0x100n, true]);
    const ahead = decode(32, 0x0f, 0x84, 0x00, 0x01, 0x00, 0x00); // je $+0x106
    assert.deepEqual([ahead.target, ahead.endsBlock], [0x206n, false]);
  });

  it('LOOP and JCXZ count by the address size', () => {
    const mask = (bits: 16 | 32 | 64, ...bytes: number[]): bigint =>
      decode(bits, ...bytes).addressMask;
    assert.equal(mask(64, 0xe2, 0xfe), M64);
    assert.equal(mask(64, 0x67, 0xe3, 0xfd), M32);
    assert.equal(mask(32, 0xe2, 0xfe), M32);
    assert.equal(mask(32, 0x67, 0xe3, 0xfd), M16);
    assert.equal(mask(16, 0xe2, 0xfe), M16);
  });

  it('string instructions have an address size and a source segment', () => {
    const { segment, addressMask } = decode(64, 0x65, 0x67, 0xa4); // gs movsb, 32-bit addresses
    assert.deepEqual([segment, addressMask], [segmentSlot(GS), M32]);
  });
});

describe('what stands at an address', () => {
  const form = (bits: 16 | 32 | 64, ...bytes: number[]): string => {
    const { kind, form: number } = decode(bits, ...bytes);
    return kind === 'instruction' ? (formTable().forms[number]?.mnemonic ?? '') : kind;
  };
  const cases: readonly (readonly [string, 16 | 32 | 64, ...number[]])[] = [
    ['NOP', 64, 0x90],
    ['MOVSB', 64, 0xa4],
    ['REP MOVSB', 64, 0xf3, 0xa4],
    ['REPNE SCASB', 64, 0xf2, 0xae],
    ['INC', 32, 0x40],
    ['incomplete', 64, 0x40], // a REX prefix alone
    ['incomplete', 64, 0x0f],
    ['invalid', 64, 0x06, 0x00], // push es
    ['PUSH', 32, 0x06],
    ['invalid', 64, 0x0f, 0x0a, 0x00],
    ['absent', 64, 0x0f, 0x38, 0xc9, 0xc1], // sha1msg1
    ['ANDN', 32, 0xc4, 0xe2, 0x60, 0xf2, 0xc3],
    // no VEX prefix in real mode: LES with a register is none either
    ['invalid', 16, 0xc4, 0xe2, 0x60, 0xf2, 0xc3],
  ];
  for (const [what, bits, ...bytes] of cases) {
    it(`${bytes.map((byte) => byte.toString(16)).join(' ')} (${String(bits)} bits): ${what}`, () => {
      assert.equal(form(bits, ...bytes), what);
    });
  }

  it('nothing longer than 15 bytes (SDM 2A 2.3.11)', () => {
    const prefixed = (count: number) => decode(64, ...Array<number>(count).fill(0x66), 0x90);
    assert.deepEqual([prefixed(14).kind, prefixed(14).length], ['instruction', 15]);
    assert.equal(prefixed(15).kind, 'incomplete');
    // LOCK NOP and LOCK FFh are no instructions however many prefixes stand before them.
    const locked = decode(64, ...Array<number>(12).fill(0x66), 0xf0, 0x90, 0x90);
    assert.equal(locked.kind, 'invalid');
  });

  it('CS is the segment of no operand unless a prefix says so', () => {
    assert.equal(decode(32, 0x2e, 0x8b, 0x03).segment, segmentSlot(CS));
    assert.equal(decode(32, 0x8b, 0x03).segment, segmentSlot(DS));
  });
});
