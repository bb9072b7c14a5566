import fc from 'fast-check';

/**
 * Random guests that do what a debugger could disturb: they change modes, edit page tables without
 * INVLPG, write code, take interrupts of a timer, make VM exits, fault.
 */

/** Where page tables lie; long mode maps the first 2 MBytes in 4-KByte pages by the table at PT. */
const PML4 = 0x10000;
const PT = PML4 + 0x3000;
/** Pages that programs map elsewhere, and the frames that they map there. */
const WINDOW = 0x40000;
const FRAMES = 0x50000;

/** What 16-, 32- and 64-bit code can do alike. Labels are made unique by a number. */
const ANYWHERE: readonly ((n: number) => string)[] = [
  (n) => `mov eax, ${String(n * 7919)}\n add ebx, eax\n rol ebx, ${String(n % 31)}`,
  (n) =>
    `mov ecx, ${String((n % 40) + 2)}\n.l${String(n)}: add ebx, ecx\n dec ecx\n jnz .l${String(n)}`,
  (n) => `mov eax, ${String(n % 5)}\n xor ecx, ecx\n cpuid\n xor ebx, edx`,
  () => 'mov al, 0x2e\n mov dx, 0x3f8\n out dx, al',
  () => 'in al, 0x61\n xor bl, al',
  (n) => `call .f${String(n)}\n jmp .e${String(n)}\n.f${String(n)}: inc ebx\n ret\n.e${String(n)}:`,
  (n) =>
    `mov byte [.p${String(n)} + 1], ${String(n & 0x7f)}\n.p${String(n)}: mov al, 0\n add bl, al`,
  () => 'pushf\n popf',
  () => 'sti\n nop\n nop\n cli',
  () => 'sti\n hlt\n cli',
  (n) =>
    `mov edi, 0x30000 - 0x20000\n mov ecx, ${String((n % 60) + 1)}\n mov al, bl\n cld\n rep stosb`,
  () => 'int 0x41',
  () => 'rdtsc\n xor ebx, eax',
  () => 'pause',
];

const map = (page: number, frame: number): string =>
  `mov dword [${String(PT + ((WINDOW >> 12) + page) * 8)}], ${String(FRAMES + frame * 4096 + 3)}`;
const at = (page: number): string => `[${String(WINDOW + page * 4096)}]`;

/** What only long mode can: paging. Stale translations are read on purpose. */
const LONG: readonly ((n: number) => string)[] = [
  (n) => `add ebx, ${at(n % 4)}\n ${map(n % 4, n % 3)}\n add ebx, ${at(n % 4)}`,
  (n) => `${map(n % 4, (n >> 2) % 3)}\n invlpg ${at(n % 4)}\n add ebx, ${at(n % 4)}`,
  (n) => `mov dword ${at(n % 4)}, ebx\n add ebx, ${at((n + 1) % 4)}`,
  () => 'mov rax, cr3\n mov cr3, rax',
  (n) => `and dword [${String(PT + ((WINDOW >> 12) + (n % 4)) * 8)}], ~0x20`,
  // Code in a page of its own, reached by a stale translation or a new one.
  (n) =>
    `mov word [${String(FRAMES + (n % 3) * 4096 + 0x800)}], 0xc343\n ${map(n % 4, n % 3)}\n mov eax, ${String(WINDOW + (n % 4) * 4096 + 0x800)}\n call rax`,
  () => 'mov ecx, 0xc0000082\n rdmsr\n inc eax\n wrmsr',
  () => 'ud2',
  () => 'mov rax, cr0\n mov cr0, rax',
  () => 'xor eax, eax\n cpuid',
];

/** Real mode code, then the way to long mode, long mode code, and the end by the exit device. */
function program(real: readonly string[], long: readonly string[], period: number): string {
  return `
        org 0x7c00
        bits 16
start:  cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7000
        mov word [0x41 * 4], int16
        mov word [0x41 * 4 + 2], 0
        mov word [8 * 4], tick16
        mov word [8 * 4 + 2], 0
        mov al, 0x11
        out 0x20, al
        mov al, 8
        out 0x21, al
        mov al, 4
        out 0x21, al
        mov al, 1
        out 0x21, al
        mov al, 0xfe
        out 0x21, al
        mov al, 0x34
        out 0x43, al
        mov al, ${String(period & 0xff)}
        out 0x40, al
        mov al, ${String(period >> 8)}
        out 0x40, al
real:
        ${real.join('\n        ')}
        cli
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:protected
int16:  iret
tick16: push ax
        mov al, 0x20
        out 0x20, al
        pop ax
        inc ebx
        iret
        bits 32
protected:
        mov ax, 16
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov edi, ${String(PML4)}
        xor eax, eax
        mov ecx, 0x1000
        rep stosd
        mov dword [${String(PML4)}], ${String(PML4 + 0x1003)}
        mov dword [${String(PML4 + 0x1000)}], ${String(PML4 + 0x2003)}
        mov dword [${String(PML4 + 0x2000)}], ${String(PT + 3)}
        mov edi, ${String(PT)}
        mov eax, 3
.map:   mov [edi], eax
        add eax, 0x1000
        add edi, 8
        cmp edi, ${String(PT + 0x1000)}
        jb .map
        mov eax, 0x20
        mov cr4, eax
        mov eax, ${String(PML4)}
        mov cr3, eax
        mov ecx, 0xc0000080
        rdmsr
        or ah, 1
        wrmsr
        mov eax, cr0
        or eax, 1 << 31
        mov cr0, eax
        jmp 24:long
        bits 64
long:   mov ax, 16
        mov ss, ax
        mov esp, 0x7000
        lidt [idtr]
        ${long.join('\n        ')}
        mov al, bl
        out 0xf4, al
        hlt
skip:   add qword [rsp], 2          ; #UD: behind the instruction
        inc ebx
int64:  iretq
tick64: push rax
        mov al, 0x20
        out 0x20, al
        pop rax
        inc ebx
        iretq
        align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00af9a000000ffff
gdtr:   dw $ - gdt - 1
        dd gdt
%macro gate 1
        dw %1, 24
        db 0, 0x8e
        dw 0, 0, 0, 0, 0
%endmacro
        align 16
idt:    times 6 dq 0, 0
        gate skip
        dq 0, 0
        gate tick64
        times 0x41 - 9 dq 0, 0
        gate int64
idtr:   dw $ - idt - 1
        dq idt
`;
}

type Pieces = typeof ANYWHERE;

/** Random guests as source text, of pieces for all modes and of pieces for long mode. */
const programsOf = (anywhere: Pieces, long: Pieces): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(anywhere.length - 1), fc.nat(999)), { minLength: 1, maxLength: 8 }),
      fc.array(fc.tuple(fc.nat(anywhere.length + long.length - 1), fc.nat(999)), {
        minLength: 4,
        maxLength: 20,
      }),
      fc.integer({ min: 20, max: 400 }),
    )
    .map(([inReal, inLong, period]) => {
      // A number for each piece keeps labels apart.
      const piece = (all: Pieces, [which, n]: [number, number], place: number): string =>
        all[which]?.(n * 100 + place) ?? '';
      return program(
        inReal.map((choice, n) => piece(anywhere, choice, n)),
        inLong.map((choice, n) => piece([...anywhere, ...long], choice, n + 50)),
        period,
      );
    });

/** A random guest as source text. */
export const randomProgram = programsOf(ANYWHERE, LONG);

/** What lets a guest see time, or what its processor claims to be: that may differ from monitor to monitor. */
const tells = (piece: (n: number) => string): boolean => /rdtsc|sti|in al|cpuid/.test(piece(0));
/** Writes to page tables (REP STOSB: to the PML4) without INVLPG: what comes of it depends on the TLB. */
const isStale = (piece: (n: number) => string): boolean =>
  [map(0, 0), '~0x20', 'rep stosb'].some((write) => piece(0).includes(write)) &&
  !piece(0).includes('invlpg');

/** A random guest that ends in one state whoever runs it, as soon as translations stay as long as they do there. */
export const timelessProgram = programsOf(
  ANYWHERE.filter((piece) => !tells(piece)),
  LONG.filter((piece) => !tells(piece)),
);

/** The same, of guests that never rely on a translation that may be stale. */
export const timelessFreshProgram = programsOf(
  ANYWHERE.filter((piece) => !tells(piece) && !isStale(piece)),
  LONG.filter((piece) => !tells(piece) && !isStale(piece)),
);
