import assert from 'node:assert/strict';
import { Hypercall, HypercallError } from '../../hypercalls';
import { call, kernel32, kernel64, runParavirt } from '../running.testing';

/** Tables of 4-KByte pages for the second 2 MBytes: 0x13000 has their entries. */
const SMALL_PAGES = `
        mov     edi, 0x13000
        xor     eax, eax
        mov     ecx, 1024
        rep stosd
        mov     dword [0x12008], 0x13003
        mov     qword [0x50000], 'fifty'
        mov     qword [0x51000], 'more'
`;

describe('a list of updates of page tables', () => {
  it('maps pages, and maps them elsewhere without INVLPG', async () => {
    const body = `${SMALL_PAGES}
        mov     dword [0x13000], 0x50003
        mov     rax, [0x200000]
        mov     [0x6010], rax
        ${call(Hypercall.UPDATE_PAGE_TABLES, ['list', '2'], '0x6000')}
        mov     rax, [0x200000]
        mov     [0x6018], rax
        mov     rax, [0x201000]
        mov     [0x6020], rax`;
    const more = 'align 8\nlist: dq 0x13000, 0x51003, 0x13008, 0x50003\n';
    const { word, end } = await runParavirt(kernel64(body, more));
    assert.equal(end, 'exit-device');
    assert.equal(word(0x6000), 0n);
    assert.equal(word(0x6018), word(0x51000));
    assert.equal(word(0x6020), word(0x6010));
    assert.notEqual(word(0x6018), word(0x6020));
  });

  it('is refused as a whole for one update that is not right', async () => {
    const { BAD_ADDRESS, BAD_ARGUMENT } = HypercallError;
    const wrong: [string, bigint][] = [
      ['0x13004, 0', BAD_ARGUMENT],
      ['0x100000, 0', BAD_ADDRESS],
      ['-8, 0', BAD_ADDRESS],
      ['0xfee00000, 0', BAD_ADDRESS],
    ];
    for (const [second, error] of wrong) {
      const body = SMALL_PAGES + call(Hypercall.UPDATE_PAGE_TABLES, ['list', '2'], '0x6000');
      const { word } = await runParavirt(
        kernel64(body, `align 8\nlist: dq 0x13000, 0x51003, ${second}\n`),
      );
      assert.deepEqual([word(0x6000), word(0x13000)], [error, 0n], second);
    }
  });
});

describe('a switch of context', () => {
  const TSS = `
        lgdt    [gdtr2]
        mov     eax, 0x20
        ltr     ax
`;
  const TABLES = `
gdtr2:  dw      6 * 8 - 1
        dd      gdt2
gdt2:   dq      0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00af9a000000ffff
        dq      0x0000890080000067, 0
`;

  it('changes CR3 and the stack for traps by one call', async () => {
    const body = `${TSS}
        mov     dword [0x8004], -1
        mov     dword [0x8008], -1
        mov     rax, [0x10000]
        mov     [0x14000], rax
        ${call(Hypercall.SWITCH_CONTEXT, ['0x14000', '0xffffffff80007000'], '0x6000')}
        mov     rax, cr3
        mov     [0x6008], rax`;
    const { word, end } = await runParavirt(kernel64(body, TABLES));
    assert.equal(end, 'exit-device');
    assert.deepEqual(
      [word(0x6000), word(0x6008), word(0x8004)],
      [0n, 0x14000n, 0xffffffff80007000n],
    );
  });

  it('changes ESP0 alone in a 32-bit TSS', async () => {
    const body = `
        mov     eax, 0x28
        ltr     ax
        mov     dword [0x8008], 0x10
        mov     eax, ${String(Hypercall.SWITCH_CONTEXT)}
        xor     ebx, ebx
        mov     ecx, 0x7000
        vmcall
        mov     [0x6000], eax`;
    const { word, end } = await runParavirt(kernel32(body));
    assert.equal(end, 'exit-device');
    assert.deepEqual(
      [0x6000, 0x8004, 0x8008].map((at) => word(at) & 0xffffffffn),
      [0n, 0x7000n, 0x10n],
    );
  });

  it('changes neither where one is not right', async () => {
    const switched = (root: string, stack: string, result: string): string =>
      call(Hypercall.SWITCH_CONTEXT, [root, stack], result);
    const body = `${switched('0x10000', '0x7000', '0x6000')}${TSS}
        ${switched('0xfff0000000010000', '0x7000', '0x6008')}
        mov     rax, cr3
        mov     [0x6010], rax`;
    const { word } = await runParavirt(kernel64(body, TABLES));
    const { BAD_ADDRESS, BAD_ARGUMENT } = HypercallError;
    assert.deepEqual([word(0x6000), word(0x6008)], [BAD_ADDRESS, BAD_ARGUMENT]);
    assert.deepEqual([word(0x6010), word(0x8004)], [0x10000n, 0n]);
  });
});
