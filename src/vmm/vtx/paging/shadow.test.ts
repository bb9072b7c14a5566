import assert from 'node:assert/strict';
import { attempt, LOG, sameAsBare, word32 } from '../against-bare.testing';

/** Guests that are not in long mode, and guests that change their mode, with shadow paging. */

/** Protected mode, flat, with a handler that logs page faults from `LOG` on; EBP is where the program goes on. */
const PROTECTED = (body: string): string => `
        org 0x7c00
        bits 16
        cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7000
        lgdt [gdtr]
        lidt [idtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:protected
        bits 32
protected:
        mov ax, 16
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, 0x7000
        mov dword [logp], ${String(LOG)}
        ${body}
stop:   cli
        hlt
other:  mov al, '!'
        out 0xe9, al
        cli
        hlt
page_fault:
        push eax
        push edi
        mov edi, [logp]
        mov eax, [esp + 8]
        mov [edi], eax
        mov eax, cr2
        mov [edi + 4], eax
        mov eax, [esp + 12]
        mov [edi + 8], eax
        mov eax, [esp + 20]
        mov [edi + 12], eax
        add dword [logp], 16
        mov [esp + 12], ebp
        pop edi
        pop eax
        add esp, 4
        iret
        align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00009a000000ffff, 0x000092000000ffff
        dq 0x00008901c0000067, 0x00008901c1000067 ; task-state segments at 1C000H and 1C100H
gdtr:   dw $ - gdt - 1
        dd gdt
idt:    times 13 dw other, 8, 0x8e00, 0
        dw other, 8, 0x8e00, 0
        dw page_fault, 8, 0x8e00, 0
idtr:   dw $ - idt - 1
        dd idt
logp:   dd 0
`;

const attempt32 = (instruction: string): string => attempt(instruction, 'ebp');
const all = (...instructions: string[]): string => instructions.map(attempt32).join('');

const setCr0 = (change: string): string => `mov eax, cr0\n ${change}\n mov cr0, eax\n`;
const setCr4 = (change: string): string => `mov eax, cr4\n ${change}\n mov cr4, eax\n`;

/** 32-bit paging: 4 MBytes by pages of 4 KBytes, the directory at 30000H. */
const PAGES_32 = `
        mov edi, 0x30000
        xor eax, eax
        mov ecx, 0x800
        cld
        rep stosd
        mov dword [0x30000], 0x31007
        mov edi, 0x31000
        mov eax, 7
.map:   stosd
        add eax, 0x1000
        cmp edi, 0x32000
        jb .map
        mov eax, 0x30000
        mov cr3, eax
`;

/** PAE paging: 2 MBytes at 0 by one page, PDPTEs at 30020H. */
const PAGES_PAE = `
        mov edi, 0x30000
        xor eax, eax
        mov ecx, 0x800
        cld
        rep stosd
        mov dword [0x30020], 0x31001
        mov dword [0x31000], 0x83
        mov dword [0x31008], 0x200083
        ${setCr4('bts eax, 5')}
        mov eax, 0x30020
        mov cr3, eax
`;
const ON = setCr0('bts eax, 31');
const OFF = setCr0('btr eax, 31');
const RELOAD = 'mov eax, cr3\n mov cr3, eax\n';
const page32 = (linear: number, entry: number): string =>
  `mov dword [0x31000 + ${String((linear >> 12) * 4)}], ${String(entry)}\n invlpg [${String(linear)}]\n`;

const RIGHTS_32 = (): string =>
  [1, 3, 5, 7]
    .map(
      (rights) =>
        page32(0x100000, 0x100000 | rights) + all('mov al, [0x100000]', 'mov [0x100000], eax'),
    )
    .join('');

/** To another task, in whose address space 100000H is another page, and back. */
const SWITCH_TASKS = `
        mov ax, 40
        ltr ax
        ${PAGES_32}
        mov esi, 0x30000
        mov edi, 0x32000
        mov ecx, 0x800
        rep movsd
        mov dword [0x32000], 0x33007
        mov dword [0x33400], 0x101007
        mov dword [0x1c11c], 0x32000
        mov dword [0x1c120], .task
        mov dword [0x1c124], 2
        mov dword [0x1c138], 0x6800
        mov dword [0x1c14c], 8
        mov dword [0x1c150], 16
        mov dword [0x1c154], 16
        mov dword [0x1c148], 16
        mov dword [0x1c01c], 0x30000
        ${ON}
        mov dword [0x100000], 1
        jmp 48:0
        mov eax, cr3
        mov [0x1f000], eax
        mov ebx, [0x100000]
        mov [0x1f004], ebx
        jmp .done
.task:  mov eax, cr3
        mov [0x1f008], eax
        mov eax, cr0
        mov [0x1f00c], eax
        mov dword [0x100000], 2
        jmp 40:0
.done:
`;

const SAME: readonly (readonly [string, string])[] = [
  [
    'protected mode without paging',
    'mov [0x200000], eax\n mov eax, [0x3ffffc]\n mov eax, cr0\n mov [0x1f000], eax\n mov eax, cr3\n mov [0x1f004], eax\n',
  ],
  [
    'CR4.SMEP and CR4.SMAP without paging',
    setCr4('or eax, 3 << 20') +
      'mov [0x200000], eax\n mov eax, [0x200000]\n mov [0x1f000], eax\n' +
      PAGES_32 +
      'mov dword [0x30000], 0x31003\n mov dword [0x30004], 0x31007\n' +
      ON +
      all('mov eax, [0x100000]', 'mov eax, [0x500000]') +
      page32(0x100000, 0x100003),
  ],
  [
    '32-bit paging',
    PAGES_32 +
      ON +
      all('mov [0x123456], eax', 'mov eax, [0x400000]', 'mov [0x400000], eax') +
      RIGHTS_32() +
      setCr0('bts eax, 16') +
      RIGHTS_32() +
      OFF +
      'mov eax, [0x100000]\n' +
      ON +
      all('mov [0x100000], al'),
  ],
  [
    'pages of 4 MBytes, and CR4.PSE toggled',
    PAGES_32 +
      'mov dword [0x30004], 0x83\n' +
      ON +
      setCr4('bts eax, 4') +
      all('mov eax, [0x412340]', 'mov [0x723450], eax') +
      setCr4('btr eax, 4') +
      all('mov eax, [0x412340]', 'mov [0x723450], eax') +
      setCr4('bts eax, 4') +
      all('mov eax, [0x412344]', 'mov [0x723454], eax') +
      'mov eax, cr4\n mov [0x1f000], eax\n',
  ],
  [
    'a recursive page directory',
    PAGES_32 +
      'mov dword [0x30ffc], 0x30003\n' +
      ON +
      all(
        'mov eax, [0xfffff000]',
        'mov dword [0xffc00400], 0x101003\n invlpg [0x100000]',
        'mov dword [0x100000], 0x1234',
        'mov eax, [0xffc00400]',
      ) +
      'mov [0x1f000], eax\n' +
      all('mov dword [0xfffff004], 0x31003', 'mov eax, [0x500000]', 'mov dword [0x500000], 0x5678'),
  ],
  [
    'a stack that is a page table',
    PAGES_32 +
      ON +
      'mov [0x1f000], esp\n mov esp, 0x32000\n' +
      all('mov eax, [0x400000]') +
      'push eax\n call near .next\n.next: pop ebx\n mov [0x1f008], ebx\n mov esp, [0x1f000]\n',
  ],
  [
    'a frame that was a page table',
    PAGES_32 +
      ON +
      'mov dword [0x30004], 0x33003\n mov dword [0x33000], 0x100003\n' +
      all('mov [0x400000], al') +
      'mov dword [0x30004], 0\n' +
      RELOAD +
      'mov edi, 0x33000\n mov ecx, 0x400\n.fill: mov [edi], ecx\n add edi, 4\n loop .fill\n',
  ],
  [
    'PAE paging',
    PAGES_PAE +
      ON +
      all(
        'mov eax, [0x3fffff]',
        'mov [0x234567], eax',
        'mov eax, [0x400000]',
        'mov eax, [0x40000000]',
      ) +
      'mov dword [0x30028], 0x31001\n' +
      all('mov eax, [0x40000004]', 'mov [0x40200004], eax') +
      RELOAD +
      all('mov eax, [0x40000004]', 'mov [0x40200004], eax'),
  ],
  [
    'PDPTEs change in memory without effect',
    PAGES_PAE +
      ON +
      'mov dword [0x30020], 0\n' +
      all('mov eax, [0x200000]', 'mov [0x210000], eax') +
      'mov dword [0x30020], 0x31001\n',
  ],
  [
    'PDPTEs are loaded with CR4.PGE',
    PAGES_PAE +
      ON +
      all('mov eax, [0x40000004]') +
      'mov dword [0x30028], 0x31001\n' +
      setCr4('bts eax, 7') +
      all('mov eax, [0x40000004]', 'mov [0x40200004], eax'),
  ],
  ['hardware task switches with a CR3 of their own', SWITCH_TASKS],
  [
    'EFER.LME while unpaged',
    'mov ecx, 0xc0000080\n rdmsr\n mov [0x1f000], eax\n bts eax, 8\n wrmsr\n rdmsr\n mov [0x1f004], eax\n btr eax, 8\n wrmsr\n rdmsr\n mov [0x1f008], eax\n',
  ],
  [
    'A20 off and on',
    PAGES_32 +
      ON +
      'mov dword [0x100000], 1\n mov dword [0], 2\n in al, 0x92\n and al, 0xfd\n out 0x92, al\n' +
      'mov eax, [0x100000]\n mov [0x1f000], eax\n mov dword [0x100004], 7\n in al, 0x92\n or al, 2\n out 0x92, al\n mov eax, [0x100000]\n mov [0x1f004], eax\n mov eax, [4]\n mov [0x1f008], eax\n',
  ],
  [
    'real mode, protected mode, real mode, unreal mode',
    'jmp 24:.half\n bits 16\n.half: mov ax, 32\n mov ds, ax\n mov es, ax\n mov ss, ax\n' +
      setCr0('and al, 0xfe') +
      'jmp 0:.real\n.real: xor ax, ax\n mov ss, ax\n mov ds, ax\n mov dword [0x1f0], 0x1234\n' +
      setCr0('or al, 1') +
      'mov bx, 16\n mov es, bx\n' +
      setCr0('and al, 0xfe') +
      'a32 mov dword [es:0x200000], 0x5678\n mov eax, cr0\n mov [0x1f4], eax\n' +
      setCr0('or al, 1') +
      'jmp 8:.again\n bits 32\n.again: mov ax, 16\n mov ds, ax\n mov es, ax\n mov ss, ax\n mov eax, [0x200000]\n mov [0x1f000], eax\n' +
      PAGES_32 +
      ON +
      all('mov [0x400000], eax'),
  ],
  [
    'virtual-8086 mode',
    PAGES_32 +
      ON +
      'mov eax, tss\n mov [gdt + 42], ax\n shr eax, 16\n mov [gdt + 44], al\n mov ax, 40\n ltr ax\n push 0\n push 0\n push 0\n push 0\n push 0\n push 0x6800\n push 0x20202\n push 0\n push .v86\n iret\n bits 16\n.v86: mov ax, 0x1000\n mov ds, ax\n mov word [0x5000], 0x4321\n push ax\n pop es\n mov dword [es:0x5004], 0x1\n int3\n jmp $\n align 4\ntss: dd 0, 0x7000, 16\n times 22 dd 0\n dd 0x680000\n bits 32\n',
  ],
];

describe('guests with shadow paging see what they see on the bare computer', function () {
  this.timeout(120_000);
  for (const [name, body] of SAME) {
    for (const intercepts of [undefined, []] as const) {
      it(`${name}, ${intercepts ? 'no' : 'all'} intercepts`, async () => {
        const seen = await sameAsBare(PROTECTED(body), { ...(intercepts && { intercepts }) });
        assert.deepEqual(
          [seen.text, seen.why],
          [name === 'virtual-8086 mode' ? '!' : '', 'halted'],
        );
      });
    }
  }

  it('a frame is taken for a page table no longer once it is written a few times', async () => {
    const body = SAME.find(([name]) => name === 'a frame that was a page table')?.[1];
    const { exits } = await sameAsBare(PROTECTED(body ?? ''));
    assert.ok(exits < 100, `${String(exits)} exits for 1024 writes`);
  });

  it('the other task had its own CR3, and the first one its own again', async () => {
    const seen = await sameAsBare(PROTECTED(SWITCH_TASKS));
    const told = [0x1f008, 0x1f000, 0x1f004, 0x100000, 0x101000].map((at) => word32(seen, at));
    assert.deepEqual(told, [0x32000, 0x30000, 1, 1, 2]);
  });

  it('virtual-8086 mode was in its own segment', async () => {
    const body = SAME.find(([name]) => name === 'virtual-8086 mode')?.[1];
    const seen = await sameAsBare(PROTECTED(body ?? ''));
    assert.deepEqual([word32(seen, 0x15000), word32(seen, 0x15004)], [0x4321, 1]);
  });
});
