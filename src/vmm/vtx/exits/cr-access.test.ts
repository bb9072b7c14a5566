import assert from 'node:assert/strict';
import { LONG } from '../../../machine/long-mode.testing';
import { printed } from './printed.testing';

/** What the monitor decides of a move to a control register is what the processor decides without one. */

/** 'k' when the moves went well, 'G' after a #GP. */
const long = (moves: string): string => LONG(`${moves}\nmov al, 'k'\nout 0xe9, al`);

/** 32-bit code without paging; the handler of #GP prints. */
const protectedMode = (moves: string): string => `
        org 0x7c00
        bits 16
        cli
        lgdt [gdtr]
        lidt [idtr]
        mov eax, 1
        mov cr0, eax
        jmp 8:start
        bits 32
start:  mov ax, 16
        mov ds, ax
        mov ss, ax
        mov esp, 0x7000
        ${moves}
        mov al, 'k'
        out 0xe9, al
        cli
        hlt
refused:
        mov al, 'G'
        out 0xe9, al
        cli
        hlt
        align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:   dw $ - gdt - 1
        dd gdt
        align 8
idt:    times 13 dq 0
        dw refused, 8, 0x8e00, 0
idtr:   dw $ - idt - 1
        dd idt
        times 0x1000 - ($ - $$) db 0
bad:    dq 0x20000 | 3                  ; a PDPTE with a reserved bit, at 0x8c00
good:   times 4 dq 0
`;

const move = (register: string, value: string): string => `mov rax, ${value}\nmov ${register}, rax`;
const move32 = (register: string, value: string): string =>
  `mov eax, ${value}\nmov ${register}, eax`;

describe('moves to control registers under the monitor', function () {
  this.timeout(60_000);

  const cases: readonly (readonly [what: string, source: string, expected: 'k' | 'G'])[] = [
    ['CR3 as it is', long(move('cr3', '0x10000')), 'k'],
    ['CR3 beyond the physical-address width', long(move('cr3', '0x0010000000010000')), 'G'],
    ['CR3 with bit 63, without PCIDs', long(move('cr3', '0x8000000000010000')), 'G'],
    [
      'CR3 with bit 63, with PCIDs',
      long(
        `${move('cr4', '0x20020')}\n${move('cr3', '0x8000000000010000')}\nmov rbx, cr3\nbt rbx, 63\njc $`,
      ),
      'k',
    ],
    ['CR0 with bits 63:32', long(move('cr0', '0x180010001')), 'G'],
    ['CR0 without PG in 64-bit code', long(move('cr0', '0x11')), 'G'],
    ['CR0 without PE and PG', long(move('cr0', '0x10')), 'G'],
    ['CR0.NW without CD', long(move('cr0', '0xa0010001')), 'G'],
    ['CR0.CD and NW', long(move('cr0', '0xe0010001')), 'k'],
    ['CR4 without PAE', long(move('cr4', '0')), 'G'],
    ['CR4 with a reserved bit', long(move('cr4', '0x80000020')), 'G'],
    ['CR8 of 4 bits', long(`${move('cr8', '9')}\nmov rbx, cr8\ncmp rbx, 9\njne $`), 'k'],
    ['CR8 of 5 bits', long(move('cr8', '16')), 'G'],
    ['CR0.PG without PE', protectedMode(move32('cr0', '0x80000000')), 'G'],
    ['CR0.NW without CD in protected mode', protectedMode(move32('cr0', '0x20000001')), 'G'],
    [
      'CR0.PG with a PDPTE that has reserved bits',
      protectedMode(
        `${move32('cr4', '0x20')}\n${move32('cr3', '0x8c00')}\nor dword [0x8c00], 2\n${move32('cr0', '0x80000001')}`,
      ),
      'G',
    ],
    [
      'LMSW leaves the other bits alone',
      protectedMode(
        `${move32('cr0', '0x10001')}\nmov ax, 3\nlmsw ax\nmov eax, cr0\nand eax, 0x10003\ncmp eax, 0x10003\njne $`,
      ),
      'k',
    ],
  ];
  for (const [what, source, expected] of cases) {
    it(`${what}: ${expected === 'k' ? 'done' : '#GP(0)'}`, async () => {
      assert.equal(await printed(source, 'none'), `${expected} end`);
      assert.equal(await printed(source, 'vtx'), `${expected} end`);
    });
  }
});
