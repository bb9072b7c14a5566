import assert from 'node:assert/strict';
import { Decoder, DecoderOptions } from 'iced-x86';
import { assembleText } from '../../session';
import { endsBlock, kindOf, type Kind } from './kinds';
import type { Bits } from './window';

const CASES: readonly (readonly [kind: Kind, instructions: string, bits?: Bits])[] = [
  ['identical', 'mov eax, [ebx + 4]'],
  ['identical', 'mov [rsp - 8], r15', 64],
  ['identical', 'mov ds, ax'],
  ['identical', 'pop es', 32],
  ['identical', 'rep movsd'],
  ['identical', 'arpl ax, bx', 32],
  ['rip-relative', 'lea rsi, [rel $ + 9]', 64],
  ['rip-relative', 'inc dword [gs:rel $]', 64],
  ['in-line', 'cli'],
  ['in-line', 'sti'],
  ['in-line', 'pushfd', 32],
  ['in-line', 'popfq', 64],
  ['in-line', 'mov eax, cr0', 32],
  ['in-line', 'mov rdx, cr3', 64],
  ['in-line', 'mov cr8, rax', 64],
  ['call-out', 'pushfw'],
  ['call-out', 'mov cr0, eax', 32],
  ['call-out', 'mov cr3, rax', 64],
  ['call-out', 'mov eax, dr7', 32],
  ['call-out', 'sgdt [ebx]'],
  ['call-out', 'str ax'],
  ['call-out', 'smsw eax'],
  ['call-out', 'lar eax, bx'],
  ['call-out', 'verw bx'],
  ['call-out', 'cpuid'],
  ['call-out', 'rdtsc'],
  ['call-out', 'mov eax, cs'],
  ['call-out', 'mov eax, ds'],
  ['call-out', 'push fs'],
  ['call-out', 'push cs', 32],
  ['call-out', 'mov ss, ax'],
  ['call-out', 'lss esp, [ebx]', 32],
  ['call-out', 'in al, 0x21'],
  ['call-out', 'rep outsb'],
  ['call-out', 'hlt'],
  ['call-out', 'invlpg [ebx]'],
  ['call-out', 'int 0x80'],
  ['call-out', 'int3'],
  ['call-out', 'ud2'],
  ['call-out', 'iretd', 32],
  ['call-out', 'retf'],
  ['call-out', 'jmp 8:0', 32],
  ['call-out', 'call far [ebx]'],
  ['call-out', 'syscall', 64],
  ['call-out', 'swapgs', 64],
  ['call-out', 'wrmsr'],
  ['call-out', 'jmp word [ebx]', 32],
  ['call-out', 'o16 ret', 32],
  ['jump', 'jmp short $'],
  ['jump', 'jmp near $'],
  ['conditional', 'jnz short $'],
  ['conditional', 'jo near $'],
  ['counting', 'loopne $'],
  ['counting', 'jecxz $'],
  ['call', 'call $'],
  ['return', 'ret'],
  ['return', 'ret 8'],
  ['indirect jump', 'jmp [ebx * 4]', 32],
  ['indirect jump', 'jmp rax', 64],
  ['indirect call', 'call [rel $]', 64],
];

async function kindsIn(text: string, bits: Bits): Promise<Kind> {
  const { image } = await assembleText(`bits ${String(bits)}\n${text}`);
  const decoder = new Decoder(bits, image, DecoderOptions.None);
  const decoded = decoder.decode();
  const kind = kindOf(decoded);
  decoded.free();
  decoder.free();
  return kind;
}

describe('how an instruction is translated', () => {
  for (const [kind, text, only] of CASES) {
    for (const bits of [32, 64] as const) {
      if (only !== undefined && only !== bits) continue;
      it(`${text}: ${kind} (${String(bits)} bits)`, async () => {
        assert.equal(await kindsIn(text, bits), kind);
      });
    }
  }

  it('ends a block where what comes next is not what follows', () => {
    assert.equal(endsBlock('call'), true);
    assert.equal(endsBlock('call-out'), true);
    assert.equal(endsBlock('conditional'), false);
    assert.equal(endsBlock('in-line'), false);
  });
});
