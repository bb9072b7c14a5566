import assert from 'node:assert/strict';
import { COMMON_CALLS, callMask, Hypercall, HypercallError } from '../hypercalls';
import { PARAVIRT_CALLS } from './hypercalls';
import { call, kernel32, kernel64, runParavirt } from './running.testing';

/** Asks CPUID by the prefix for leaf 40000001H; a handler of #UD goes past a prefix that nobody knows. */
const FORCED = `
        mov     word [idt + 6 * 16], undefined
        mov     word [idt + 6 * 16 + 2], 24
        mov     dword [idt + 6 * 16 + 4], 0x8e00
        mov     eax, 0x40000001
        db      0x0f, 0x0b, 'vmm'
        cpuid
        mov     [0x6000], eax
        mov     eax, 0x40000000
        db      0x0f, 0x0b, 'vmm'
        cpuid
        mov     [0x6008], ebx
        mov     [0x600c], ecx
        mov     [0x6010], edx
`;
const UNDEFINED = 'undefined: inc dword [0x6018]\n add qword [rsp], 5\n iretq\n';

describe('a paravirtual guest', () => {
  it('asks the virtual processor by a prefix for CPUID, which does not trap', async () => {
    const { word, end } = await runParavirt(kernel64(FORCED, UNDEFINED));
    assert.equal(end, 'exit-device');
    assert.equal(word(0x6000), BigInt(callMask(PARAVIRT_CALLS)));
    const signature = Buffer.alloc(16);
    signature.writeBigUInt64LE(word(0x6008));
    signature.writeBigUInt64LE(word(0x6010), 8);
    assert.equal(signature.toString('latin1', 0, 12), 'Ringside VMM');
    assert.equal(word(0x6018), 0n);
  });

  it('is undefined to all other monitors, and to the bare computer', async () => {
    for (const monitor of ['none', 'deprivilege', 'emulate', 'vtx'] as const) {
      const { word, end } = await runParavirt(kernel64(FORCED, UNDEFINED), { monitor });
      assert.equal(end, 'exit-device', monitor);
      assert.equal(word(0x6018), 2n, monitor);
    }
  });

  it('is told by CPUID of the calls that there are under VT-x and emulation', async () => {
    const source = kernel64('mov eax, 0x40000001\n cpuid\n mov [0x6000], eax');
    for (const monitor of ['emulate', 'vtx'] as const) {
      const { word } = await runParavirt(source, { monitor });
      assert.equal(word(0x6000), BigInt(callMask(COMMON_CALLS)), monitor);
    }
    const { word: bare } = await runParavirt(source, { monitor: 'none' });
    const { word: hole, holes } = await runParavirt(source);
    assert.equal(hole(0x6000), bare(0x6000));
    assert.ok(holes.some(({ mnemonic }) => mnemonic === 'CPUID'));
  });

  it('finds no call by a number that stands for none, nor where the monitor has it not', async () => {
    const print = call(Hypercall.CONSOLE_PRINT, ['begin', '1'], '0x6000');
    const wild = call(63, [], '0x6008');
    const { word } = await runParavirt(kernel64(print + wild));
    assert.equal(word(0x6000), 0n);
    assert.equal(word(0x6008), HypercallError.NO_SUCH_CALL);
    for (const monitor of ['deprivilege', 'emulate', 'vtx'] as const) {
      const { word: other } = await runParavirt(kernel64(print), { monitor });
      assert.equal(other(0x6000), HypercallError.NO_SUCH_CALL, monitor);
    }
  });

  it('runs a 32-bit kernel in ring 1, whose calls have 32-bit arguments', async () => {
    const body = `
        mov     eax, ${String(Hypercall.CONSOLE_PRINT)}
        mov     ebx, text
        mov     ecx, 5
        vmcall
        mov     [0x6000], eax`;
    const { output, word, end } = await runParavirt(kernel32(body, "text: db 'hello'\n"));
    assert.equal(end, 'exit-device');
    assert.equal(output, 'hello');
    assert.equal(word(0x6000) & 0xffffffffn, 0n);
  });
});

describe('the console of a paravirtual guest', () => {
  const printed = async (address: string, length: string) => {
    const body = call(Hypercall.CONSOLE_PRINT, [address, length], '0x6000');
    const { word, output } = await runParavirt(
      kernel64(`mov dword [0x12008], 0\n${body}`, "text: db 'a text', 10\n"),
    );
    return { result: word(0x6000), output };
  };

  it('prints a text by its address', async () => {
    assert.deepEqual(await printed('text', '7'), { result: 0n, output: 'a text\n' });
  });

  it('prints nothing of a text that is not all there', async () => {
    const { BAD_ADDRESS, BAD_ARGUMENT } = HypercallError;
    const wrong: [string, string, bigint][] = [
      ['0x1fffff', '2', BAD_ADDRESS], // beyond the tables
      ['0xfffff', '2', BAD_ADDRESS], // beyond RAM
      ['0xfee00000', '1', BAD_ADDRESS],
      ['0x800000000000', '1', BAD_ADDRESS], // not canonical
      ['-1', '2', BAD_ADDRESS],
      ['text', '4097', BAD_ARGUMENT],
      ['text', '-1', BAD_ARGUMENT],
      ['0xffff800000000000', '8', BAD_ADDRESS], // the monitor's
    ];
    for (const [address, length, error] of wrong) {
      assert.deepEqual(await printed(address, length), { result: error, output: '' }, address);
    }
  });
});
