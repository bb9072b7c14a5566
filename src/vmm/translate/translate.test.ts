import assert from 'node:assert/strict';
import { Vector } from '../../isa/exceptions';
import { kernel32, kernel64, runTranslated, type Ran } from './running.testing';

const trapped = ({ traps }: Ran, vector: number): number => traps.get(vector) ?? 0;

/** Code that has to leave the same behind by translation as by itself; each in both kinds of kernels that can have it. */
const ANYWHERE: Readonly<Record<string, string>> = {
  'CLI, STI and PUSHF': `
        sti
        pushf
        pop ebx
        cli
        pushf
        pop edx`,
  'POPF sets and clears IF, and keeps the others': `
        push 0x202 | 0x8d5
        popf
        pushf
        pop ebx
        push 0x8d5 & ~0x200
        popf
        pushf
        pop edx`,
  'POPF with IOPL and NT': `
        push 0x7202
        popf
        pushf
        pop ebx
        push 0x2
        popf
        pushf
        pop edx`,
  'PUSHF of 16 bits': `
        cli
        pushfw
        pop bx
        stc
        pushfw
        popfw
        setc dl`,
  'helper instructions keep the flags': `
        stc
        sti
        cli
        setc bl
        mov eax, 0x80000000
        add eax, eax
        call .sub
        seto cl
        jmp .over
.sub:   ret
.over:`,
  'near and far loops': `
        mov ecx, 5
.one:   inc ebx
        loop .one
        mov ecx, 3
.two:   inc edx
        cmp edx, 2
        loopne .two
        xor ecx, ecx
        jecxz .three
        inc ebx
.three: mov ecx, 300
.four:  dec ecx
        jnz .four`,
  'registers that helper instructions use, through calls and returns': `
        mov ecx, 0x11111111
        mov edx, 0x22222222
        call .sub
        mov [0x6000], ecx
        mov [0x6004], edx
        mov [0x6008], eax
        jmp .over
.sub:   mov eax, ecx
        xor eax, edx
        ret
.over:`,
  'control registers': `
        mov esi, 1`,
  selectors: `
        mov ebx, cs
        mov edx, ss
        mov esi, ds`,
  'descriptor tables and the task register': `
        sgdt [0x6000]
        sidt [0x6010]
        str ebx
        sldt edx
        smsw esi`,
  'code that writes itself': `
        mov ecx, 4
.again: mov byte [.p + 1], cl
.p:     mov al, 0
        add bl, al
        loop .again`,
};

const IN_64_BITS: Readonly<Record<string, string>> = {
  'operands relative to RIP': `
        mov rax, cr4
        or eax, 0x200
        mov cr4, rax
        mov rax, [rel .data]
        add rax, [rel .data + 8]
        mov [rel .data], rax
        mov rsi, [rel .data]
        mov [rel .data + 8], rsi
        xchg rdi, [rel .data]
        lea r9, [rel .data]
        lea ebx, [rel .data]
        lea si, [rel .data]
        mov r15, [rel .data]
        inc dword [rel .data]
        push qword [rel .data]
        pop qword [rel .data + 8]
        movdqu xmm9, [rel .data]
        movdqu [rel .data + 16], xmm9
        cmp byte [rel .data], 0
        sete cl
        jmp .over
        align 8
.data:  dq 0x1122334455667788, 3, 0, 0
.over:`,
  'addresses that the lowest 32 bits do not tell': `
        mov qword [0x10000 + 8 * 4], 0x11003
        mov rax, cr3
        mov cr3, rax
        mov rax, 0x20000000000 + .high
        jmp rax
.high:  call .sub
        mov rsi, [rel .value]
        lea rdi, [rel .value]
        call [rel .pointer]
        mov rax, .low
        jmp rax
.sub:   mov rbx, [rsp]
        ret
.value: dq 0x123456789abcdef0
.pointer: dq 0x20000000000 + .sub
.low:   mov edx, 1`,
  'branches through registers and memory': `
        mov rax, .a
        jmp rax
.b:     mov r9, .c
        mov qword [0x6000], .c
        mov ecx, 0x6000 - 8
        mov edx, 1
        jmp [rcx + rdx * 8]
.a:     call .sub
        mov r12, .sub
        call r12
        mov qword [0x6008], .sub
        call [0x6008]
        push .b
        ret
.sub:   inc ebx
        ret
.c:     add rsp, 0
        push .d
        push 0
        pop rax
        ret
        hlt
.d:     sub esp, 8`,
  'RET with a number': `
        push 1
        push 2
        push 3
        call .sub
        pop rbx
        jmp .over
.sub:   mov rax, [rsp + 8]
        ret 16
.over:`,
  'control registers of 64 bits': `
        mov rbx, cr0
        mov rdx, cr3
        mov r9, cr4
        mov r10, cr2
        mov r11, cr8`,
  'FS and GS': `
        mov ecx, 0xc0000101
        mov eax, 0x6000
        xor edx, edx
        wrmsr
        mov dword [gs:8], 0x55
        mov ebx, [0x6008]
        add ebx, [gs:rel .x - 0x6000]
        jmp .over
.x:     dd 9
.over:`,
};

const IN_32_BITS: Readonly<Record<string, string>> = {
  'an invalid instruction': 'ud2\n mov ebx, 7',
  'segments that are loaded': `
        mov ax, 0x10
        mov ds, ax
        push ds
        pop es
        mov ebx, es
        push cs
        pop edx
        mov ax, 0x10
        mov fs, ax
        mov esi, fs
        mov dword [fs:0x6000], 0x77`,
  'a data segment that is null, and helper instructions': `
        xor eax, eax
        mov ds, ax
        cli
        pushf
        pop ebx
        call .sub
        mov ax, 16
        mov ds, ax
        jmp .over
.sub:   ret
.over:`,
  'branches through memory': `
        mov dword [0x6000], .sub
        call [0x6000]
        mov ecx, 0x6000
        call [ecx]
        mov edx, .sub
        call edx
        push .next
        ret
.sub:   inc ebx
        ret
.next:  pusha
        popa`,
  'far branches': `
        jmp 8:.there
.there: push cs
        push .back
        retf
.back:  call 8:.far
        jmp .over
.far:   inc ebx
        retf
.over:`,
};

describe('binary translation', () => {
  for (const [name, code] of Object.entries({ ...ANYWHERE, ...IN_32_BITS })) {
    it(`leaves the same behind in 32-bit code: ${name}`, async () => {
      await runTranslated(kernel32(code));
    });
  }

  for (const [name, code] of Object.entries({ ...ANYWHERE, ...IN_64_BITS })) {
    const wide = code.replace(/\b(push|pop) e(..)$/gm, '$1 r$2');
    it(`leaves the same behind in 64-bit code: ${name}`, async () => {
      await runTranslated(kernel64(wide));
    });
  }

  it('comes to the monitor once for each branch, and then no more', async () => {
    const loop = (times: number): string =>
      kernel32(`
        mov ecx, ${String(times)}
.again: call .sub
        cli
        dec ecx
        jnz .again
        jmp .over
.sub:   pushf
        popf
        ret
.over:`);
    const few = await runTranslated(loop(3));
    const many = await runTranslated(loop(3000));
    assert.deepEqual(many.traps, few.traps);
    assert.ok(many.left.instructions > few.left.instructions + 10_000);
  });

  it('gives the virtual IF to the guest: interrupts that wait come with STI', async () => {
    const ran = await runTranslated(kernel32('sti\n nop\n cli\n sti\n nop'));
    assert.equal(trapped(ran, Vector.GP), 0);
  });

  it('calls the monitor for an instruction that faults often', async () => {
    const store = kernel32(`
        mov ecx, 50
.again: mov dword [gdt + 0x18], ecx
        inc ebx
        loop .again`);
    const { guest, traps } = await runTranslated(store);
    assert.equal(guest.translator.adapted, 1);
    assert.ok((traps.get(Vector.PF) ?? 0) < 20);
  });

  it('follows pages that are mapped elsewhere', async () => {
    // Two frames with other code, by turns at 0x200000, through the page directory.
    const body = `
        mov     dword [0x12008], 0x83
        mov     rax, cr3
        mov     cr3, rax
        mov     word [0x8000], 0xc3 << 8 | 0x90
        mov     dword [0x13000], 0x8003
        mov     dword [0x13004], 0
        mov     dword [0x12008], 0x13003
        invlpg  [0x200000]
        mov     dword [0x9000 + 0x2000], 0x90c3c3ff
        mov     eax, 0x200000
        call    rax
        mov     dword [0xb000], 0xc3c3ff
        mov     dword [0x13000], 0xb003
        invlpg  [0x200000]
        mov     eax, 0x200000
        call    rax`;
    const { guest } = await runTranslated(kernel64(body));
    assert.ok(guest.translator.cache.counts.invalidated > 0);
  });

  it('gives all up when the cache is full, and goes on', async () => {
    const block = (n: number): string =>
      `${'pushf\n popf\n'.repeat(6)} jmp .l${String(n)}\n.l${String(n)}:`;
    const blocks = Array.from({ length: 900 }, (_, n) => block(n)).join('\n');
    const big = `
big:    mov esi, 3
.again: ${blocks}
        dec esi
        jnz near .again
        jmp done`;
    const { guest } = await runTranslated(`${kernel32('jmp big\ndone:')}\n${big}`);
    assert.ok(guest.translator.cache.counts.flushed > 1);
  });
});
