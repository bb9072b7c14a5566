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

const out = (port: number, value: number): string =>
  `mov al, ${String(value)}\n out ${String(port)}, al\n`;

/** What shows a kernel where it is, or needs its ring: all that a monitor has to see to. */
const KERNEL: readonly ((n: number) => string)[] = [
  () => 'pushfq\n pop rax\n and eax, 0x3200\n xor ebx, eax',
  // Its timer is masked: when it comes is a matter of time.
  (n) =>
    `${out(0x21, 0xff)}push ${String((n % 2) * 0x200 + (n % 4) * 0x1000 + 2)}\n popfq\n pushfq\n pop rax\n xor ebx, eax\n push 2\n popfq`,
  () => 'sgdt [0x6100]\n mov eax, [0x6102]\n xor ebx, eax',
  () => 'sidt [0x6100]\n mov eax, [0x6102]\n xor ebx, eax',
  () => 'str ax\n sldt cx\n smsw edx\n xor ebx, eax\n xor ebx, ecx\n and edx, ~0x20\n xor ebx, edx',
  () => 'mov eax, cs\n xor ebx, eax\n mov eax, ss\n rol ebx, 3\n xor ebx, eax',
  (n) =>
    `mov ecx, ${String((n % 6) * 8)}\n xor eax, eax\n lar eax, ecx\n xor ebx, eax\n lsl eax, ecx\n xor ebx, eax`,
  (n) => `mov ecx, ${String((n % 6) * 8)}\n verr cx\n setz al\n verw cx\n setz ah\n add ebx, eax`,
  (n) => `push 24\n lea rax, [rel .r${String(n)}]\n push rax\n o64 retf\n.r${String(n)}: inc ebx`,
  (n) =>
    `mov rax, rsp\n push 16\n push rax\n push ${String((n % 2) * 0x8c4 + 2)}\n push 24\n lea rax, [rel .i${String(n)}]\n push rax\n iretq\n.i${String(n)}: setc al\n add bl, al`,
  (n) => `mov eax, ${String(n % 16)}\n mov cr8, rax\n mov rax, cr8\n add ebx, eax`,
  () =>
    'mov rax, cr4\n xor ebx, eax\n mov rax, cr3\n xor ebx, eax\n mov rax, cr0\n and eax, ~0x20\n xor ebx, eax',
  () => 'xor ecx, ecx\n div ecx',
  () => 'mov ecx, 0x12345\n rdmsr',
  (n) =>
    `mov dword [${String(PT + ((WINDOW >> 12) + (n % 4)) * 8)}], 0\n invlpg ${at(n % 4)}\n mov esi, ${String(WINDOW + (n % 4) * 4096)}\n mov al, [rsi]\n ${map(n % 4, n % 3)}`,
  (n) =>
    `add ebx, [rel start]\n lea rax, [rel .l${String(n)}]\n jmp rax\n.l${String(n)}: inc dword [rel .d${String(n)}]\n add ebx, [rel .d${String(n)}]\n jmp .o${String(n)}\n.d${String(n)}: dd ${String(n)}\n.o${String(n)}:`,
  (n) =>
    `mov ecx, ${String((n % 9) + 1)}\n.t${String(n)}: cli\n pushfq\n pop rax\n add ebx, eax\n loop .t${String(n)}`,
  // One interrupt, which comes in HLT however long everything takes.
  () => ONE_TICK,
];

/** The timer stands, the interrupt controller forgets what it has; then it counts once. */
const ONE_TICK = [
  out(0x43, 0x30),
  ...[0x11, 8, 4, 1, 0xfe].map((value, n) => out(n === 0 ? 0x20 : 0x21, value)),
  out(0x40, 0),
  out(0x40, 4),
  'sti\n hlt\n cli',
].join('');

const OTHERS_START_HERE = '; others start here';
/** Where other processors begin. */
const OTHERS = 0xe000;
/** What they count in and exchange. */
const COUNTED = 0xf000;

/** The same guest, which starts all its other processors: they count, write, exit and pass the turn on for as long as it lives. */
export const startingOthers = (source: string): string =>
  `${source.replace(
    OTHERS_START_HERE,
    `mov dword [0xfee000f0], 0x1ff
        mov dword [0xfee00300], 0xc4500
        mov dword [0xfee00300], 0xc4600 + ${String(OTHERS >> 12)}`,
  )}
        times ${String(OTHERS)} - 0x7c00 - ($ - $$) db 0
        bits 16
others: xor ax, ax
        mov ds, ax
.again: lock inc dword [${String(COUNTED)}]
        xchg ebx, [${String(COUNTED + 8)}]
        add ebx, [${String(COUNTED)}]
        mov cx, 20
.spin:  rol ebx, 3
        loop .spin
        mov eax, 1
        cpuid
        add [${String(COUNTED + 4)}], ebx
        pause
        jmp .again
`;

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
        ${OTHERS_START_HERE}
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
fault:  add rsp, 8                  ; #GP, #PF: the same, with an error code
        jmp skip
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
idt:    gate skip
        times 5 dq 0, 0
        gate skip
        dq 0, 0
        gate tick64
        times 13 - 9 dq 0, 0
        gate fault
        gate fault
        times 0x41 - 15 dq 0, 0
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

const isFresh = (piece: (n: number) => string): boolean => !tells(piece) && !isStale(piece);
const FRESH_ANYWHERE = ANYWHERE.filter(isFresh);
const FRESH_LONG = LONG.filter(isFresh);

/** A random guest that ends in one state whoever runs it, as soon as translations stay as long as they do there. */
export const timelessProgram = programsOf(
  ANYWHERE.filter((piece) => !tells(piece)),
  LONG.filter((piece) => !tells(piece)),
);

/** The same, of guests that never rely on a translation that may be stale. */
export const timelessFreshProgram = programsOf(FRESH_ANYWHERE, FRESH_LONG);

/** Kernels that also do all that is sensitive or privileged, take exceptions, and an interrupt now and then. */
export const kernelProgram = programsOf(FRESH_ANYWHERE, [...FRESH_LONG, ...KERNEL, ...KERNEL]);
