import fc from 'fast-check';

/**
 * Guests that do their worst: handlers that fault at once, code that rewrites itself, `rep` with devices,
 * descriptor tables and page tables full of anything, bytes that are no program at all. They need not make sense:
 * whatever they do, the machine must come back.
 */

/** Labels are made unique by a number. */
const ANYWHERE: readonly ((n: number) => string)[] = [
  () => 'ud2',
  (n) => `int ${String(n % 256)}`,
  () => 'xor cx, cx\n div cx',
  () => 'into',
  () => 'sti\n hlt',
  () => 'cli\n hlt',
  (n) => `l${String(n)}: jmp l${String(n)}`,
  (n) => `l${String(n)}: cpuid\n jmp l${String(n)}`,
  (n) => `l${String(n)}: inc byte [l${String(n)} + 5]\n mov al, 0\n jmp l${String(n)}`,
  (n) => `mov byte [l${String(n)}], ${String(n % 256)}\nl${String(n)}: nop\n nop`,
  (n) => `mov ecx, ${String(n * 65537)}\n mov dx, ${String(PORTS[n % PORTS.length])}\n rep outsb`,
  (n) => `mov ecx, -1\n mov dx, ${String(PORTS[n % PORTS.length])}\n a32 rep insw`,
  (n) => `mov ecx, -1\n mov edi, ${String(n * 4096)}\n a32 rep stosd`,
  () => 'mov ecx, -1\n a32 rep lodsb',
  (n) => `mov sp, ${String(n % 65536)}\n push ax\n call start`,
  (n) => `mov ax, ${String(n % 65536)}\n mov ${['ds', 'es', 'ss', 'fs'][n % 4] ?? 'gs'}, ax`,
  (n) => `jmp ${String(n % 64)}:0x7c00`,
  (n) => `lgdt [start + ${String(n % 300)}]`,
  (n) => `lidt [start + ${String(n % 300)}]`,
  (n) => `mov eax, ${String(n * 4099)}\n mov cr${String([0, 3, 4][n % 3])}, eax`,
  (n) => `mov eax, cr0\n xor eax, 1 << ${String(n % 32)}\n mov cr0, eax`,
  (n) => `mov eax, cr3\n mov cr3, eax\n invlpg [${String((n * 64) % 65536)}]`,
  (n) =>
    `mov ecx, 0x${(0xc0000080 + (n % 8)).toString(16)}\n rdmsr\n xor eax, ${String(n)}\n wrmsr`,
  (n) =>
    `mov al, ${String(n % 256)}\n out ${String([0x20, 0x21, 0x40, 0x43, 0x60, 0x64, 0x70, 0x92][n % 8])}, al`,
  () => 'pushf\n or word [0x7000 - 2], 0x100\n popf',
  () => 'vmcall',
  () => 'iret',
];

const PORTS = [0x20, 0x40, 0x60, 0x71, 0x80, 0x3f8, 0xe9, 0x1234] as const;

/** A descriptor or a page-table entry: often one that would do, else anything. */
const entry: fc.Arbitrary<bigint> = fc.oneof(
  fc.constantFrom(
    0n,
    0x00cf9a000000ffffn,
    0x00cf92000000ffffn,
    0x00af9a000000ffffn,
    0x83n,
    0x7003n,
  ),
  fc.constantFrom(0x8e0000087c00n, 0xee0000087c00n, 0x11003n, 0x12003n, 0x13003n, 0x10007n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);

interface Tables {
  readonly gdt: readonly bigint[];
  readonly idt: readonly bigint[];
  readonly pages: readonly bigint[];
}

/** To protected mode, and from there to long mode if it is wanted; the tables come as they are. */
const WAYS: Readonly<Record<string, string>> = {
  real: '',
  protected: `
        lgdt [gdtr]
        lidt [idtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:inside
        bits 32
inside: mov ax, 16
        mov ds, ax
        mov ss, ax
        mov esp, 0x7000`,
  paged: `
        lgdt [gdtr]
        lidt [idtr]
        mov eax, pages
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000001
        mov cr0, eax
        jmp 8:inside
        bits 32
inside:`,
  long: `
        lgdt [gdtr]
        lidt [idtr]
        mov eax, 0x20
        mov cr4, eax
        mov eax, pages
        mov cr3, eax
        mov ecx, 0xc0000080
        rdmsr
        or ah, 1
        wrmsr
        mov eax, cr0
        or eax, 0x80000001
        mov cr0, eax
        jmp 24:inside
        bits 64
inside:`,
};

const quads = (values: readonly bigint[]): string =>
  values.map((value) => `        dq 0x${value.toString(16)}`).join('\n');

function guest(
  way: string,
  pieces: readonly string[],
  bytes: Uint8Array,
  { gdt, idt, pages }: Tables,
): string {
  return `
        org 0x7c00
        bits 16
start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7000
        mov word [6 * 4], ${String(0x7c00)}
        ${WAYS[way] ?? ''}
        ${pieces.join('\n        ')}
        ${bytes.length > 0 ? `db ${[...bytes].join(', ')}` : ''}
        jmp start
gdtr:   dw 63
        dd gdt
idtr:   dw 255
        dd idt
        align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00af9a000000ffff
${quads(gdt)}
idt:
${quads(idt)}
        times 0x1400 - ($ - $$) db 0
pages:           ; at 0x9000
${quads(pages)}
`;
}

/** A random guest as source text, in 16-, 32- or 64-bit code. What its mode lacks is left out. */
export const randomGuest: fc.Arbitrary<string> = fc
  .record({
    way: fc.constantFrom(...Object.keys(WAYS)),
    pieces: fc.array(fc.tuple(fc.nat(ANYWHERE.length - 1), fc.nat(4095)), { maxLength: 12 }),
    bytes: fc.uint8Array({ maxLength: 24 }),
    tables: fc.record({
      gdt: fc.array(entry, { minLength: 4, maxLength: 4 }),
      idt: fc.array(entry, { minLength: 32, maxLength: 32 }),
      // Valid first entries let paged guests live long enough to do something.
      pages: fc
        .array(entry, { minLength: 32, maxLength: 32 })
        .chain((rest) => fc.boolean().map((live) => (live ? [0x83n, ...rest] : rest))),
    }),
  })
  .map(({ way, pieces, bytes, tables }) => {
    const lines = pieces.flatMap(([which, n], place) => {
      const text = ANYWHERE[which]?.(n * 16 + place) ?? '';
      return way === 'long' && /into|push ax|pushf|jmp \d+:|mov eax, cr|, eax$/m.test(text)
        ? []
        : [text];
    });
    return guest(way, lines, bytes, tables);
  });
