import { kernel64 } from './kernels.testing';

/**
 * Attacks of a kernel on whoever runs it: it tries to read or write the monitor's memory, to run with its privilege, or
 * to keep the processor. Each is 64-bit code; whatever it raises leads behind it.
 */

/** Where a monitor in the guest's address space sees all of host memory. */
const DIRECT_MAP = 0xffff800000000000n;
const hex = (value: bigint): string => `0x${value.toString(16)}`;

export interface Attack {
  readonly name: string;
  /** @param n a number that varies addresses and values */
  readonly code: (n: number) => string;
  /** The kernel gets an exception of its own for it. */
  readonly faults?: true;
}

/** Where it counts the exceptions that it gets. */
export const CAUGHT = 0x6000n;

/** An address in the monitor's part of the address space. */
const target = (n: number): string => hex(DIRECT_MAP + 0x1000n * BigInt(n % 0x200));

/** An address in what the kernel of a translated guest has beside its own memory. */
const translated = (offset: number): string => hex(0xffff808000000000n + BigInt(offset));

export const ATTACKS: readonly Attack[] = [
  {
    name: 'writes to the monitor’s memory',
    faults: true,
    code: (n) => `mov rbx, ${target(n)}\n mov [rbx], rax`,
  },
  {
    name: 'reads the monitor’s memory',
    faults: true,
    code: (n) => `mov rbx, ${target(n)}\n mov rax, [rbx]\n mov [0x6100], rax`,
  },
  {
    name: 'jumps to a gate of the monitor’s',
    faults: true,
    code: (n) => `mov rax, ${hex(DIRECT_MAP + 0x1000n)} + ${String((n % 256) * 16)}\n jmp rax`,
  },
  {
    name: 'calls a gate of the monitor’s',
    faults: true,
    code: () => `mov rax, ${hex(DIRECT_MAP + 0x1000n)}\n call rax`,
  },
  {
    name: 'writes to the table that SGDT tells of',
    code: (n) =>
      `sgdt [0x6100]\n mov rbx, [0x6102]\n mov qword [rbx + ${String((n % 8192) * 8)}], -1`,
  },
  {
    name: 'writes to the table that SIDT tells of',
    code: (n) =>
      `sidt [0x6100]\n mov rbx, [0x6102]\n mov qword [rbx + ${String((n % 256) * 16)}], -1`,
  },
  {
    name: 'copies over the monitor’s memory',
    faults: true,
    code: (n) => `mov rdi, ${target(n)}\n mov ecx, 512\n rep stosq`,
  },
  {
    name: 'copies the monitor’s memory',
    faults: true,
    code: (n) => `mov rsi, ${target(n)}\n mov edi, 0x6200\n mov ecx, 64\n rep movsq`,
  },
  {
    name: 'pushes onto the monitor’s memory',
    code: (n) => `mov rsp, ${target(n + 1)}\n push rax`,
  },
  {
    name: 'saves its x87 state over the monitor’s memory',
    faults: true,
    code: (n) => `mov rbx, ${target(n)}\n fxsave [rbx]`,
  },
  {
    name: 'exchanges with the monitor’s memory',
    code: (n) => `mov rbx, ${target(n)}\n lock cmpxchg16b [rbx]\n lock bts qword [rbx], 3`,
  },
  { name: 'raises the monitor’s interrupts', code: (n) => `int ${String(n % 256)}` },
  {
    name: 'returns to the monitor’s code segment',
    faults: true,
    code: (n) =>
      `push qword ${String(0xffe8 | (n & 3))}\n mov rax, ${hex(DIRECT_MAP + 0x1000n)}\n push rax\n retfq`,
  },
  {
    name: 'returns from an interrupt into the monitor',
    faults: true,
    code: (n) =>
      `push 0\n push 0x7000\n push 2\n push ${String(0xffe8 | (n & 3))}\n mov rax, ${hex(DIRECT_MAP + 0x1000n)}\n push rax\n iretq`,
  },
  {
    name: 'loads selectors of the monitor’s',
    code: (n) =>
      `mov eax, ${String(0xff80 + ((n * 8) % 0x80) + (n & 3))}\n mov ds, eax\n mov fs, eax\n mov gs, eax\n mov rax, [gs:0x6000]`,
  },
  {
    name: 'loads a stack segment of the monitor’s',
    code: (n) => `mov eax, ${String(0xff80 + ((n * 8) % 0x80) + 3)}\n mov ss, eax\n push rax`,
  },
  {
    name: 'loads LDTR and TR with selectors of the monitor’s',
    code: (n) => `mov eax, ${String(0xffd0 + (n % 6) * 8)}\n lldt ax\n ltr ax`,
  },
  {
    name: 'maps guest-physical memory that it has not got',
    code: (n) =>
      `mov qword [0x11010], 0x13003\n mov rax, ${hex(BigInt(0x100000 * (1 + (n % 64))))} + 0x83\n mov [0x13000], rax\n mov rax, cr3\n mov cr3, rax\n mov qword [0x80000000], -1`,
  },
  {
    name: 'has page tables where it has no memory',
    code: (n) =>
      `mov rax, ${hex(0x1000n * BigInt(0x100 + (n % 0x400)))}\n mov cr3, rax\n mov qword [0x6100], 1`,
  },
  {
    name: 'maps its own page tables for itself and edits them',
    code: (n) =>
      `mov qword [0x12008], 0x${(0x83 + (n % 4) * 4).toString(16)}\n mov qword [0x212010], 0x83\n mov rax, [0x400000]\n mov qword [0x212010], 0\n mov rax, [0x400000]`,
  },
  {
    name: 'wants SYSCALL to lead into the monitor',
    code: () =>
      `mov ecx, 0xc0000082\n mov eax, 0x1000\n mov edx, 0xffff8000\n wrmsr\n mov ecx, 0xc0000080\n rdmsr\n or al, 1\n wrmsr\n syscall`,
  },
  {
    name: 'wants SYSENTER to lead into the monitor',
    code: () =>
      `mov ecx, 0x174\n mov eax, 0xffe8\n xor edx, edx\n wrmsr\n mov ecx, 0x176\n mov eax, 0x1000\n mov edx, 0xffff8000\n wrmsr\n sysenter`,
  },
  {
    name: 'sets breakpoints on the monitor’s code',
    code: () =>
      `mov rax, ${hex(DIRECT_MAP + 0x1000n)}\n mov dr0, rax\n mov rax, ${hex(DIRECT_MAP + 0x100000n)}\n mov dr1, rax\n mov eax, 0x00d0040f\n mov dr7, rax\n cpuid\n xor eax, eax\n mov dr7, rax`,
  },
  {
    name: 'is a hypervisor itself',
    code: () =>
      `mov rax, cr4\n or eax, 0x2000\n mov cr4, rax\n vmxon [0x6100]\n vmlaunch\n vmptrst [0x6100]\n vmread rax, rbx`,
  },
  {
    name: 'asks for services that there are not',
    code: (n) => `mov eax, ${String(3 + n)}\n vmcall`,
  },
  {
    name: 'asks for services with addresses of the monitor’s',
    // Not to yield: nothing would ever come.
    code: (n) =>
      `mov eax, ${String(9 + (n % 12))}\n mov rbx, ${target(n)}\n mov rcx, ${n % 2 ? target(7 * n) : '2'}\n mov edx, ${String(n % 5)}\n vmcall`,
  },
  {
    name: 'takes the host’s timer and interrupt controller',
    code: (n) =>
      `mov al, 0x11\n out 0x20, al\n mov al, ${String(n % 256)}\n out 0x21, al\n mov al, 0x30\n out 0x43, al\n mov al, 0\n out 0x40, al\n out 0x40, al\n mov dx, 0xcf8\n mov eax, 0x80000000\n out dx, eax`,
  },
  {
    name: 'gives itself all ports, and takes interrupts off',
    code: () =>
      `pushfq\n or dword [rsp], 0x3000\n popfq\n cli\n in al, 0x21\n pushfq\n and dword [rsp], ~0x200\n popfq`,
  },
  {
    name: 'steps into the monitor',
    code: () =>
      `pushfq\n or dword [rsp], 0x100\n popfq\n cpuid\n mov rax, cr3\n pushfq\n and dword [rsp], ~0x100\n popfq`,
  },
  {
    name: 'has a call gate of its own',
    code: () =>
      `mov qword [gdt + 8], 0\n mov dword [gdt + 8], 0xffe81000\n mov dword [gdt + 12], 0x0000ec00\n mov dword [gdt + 16], 0xffff8000\n mov dword [gdt + 20], 0\n call far qword [gate_pointer]`,
  },
  {
    name: 'has descriptors of every kind',
    code: (n) =>
      `mov rax, 0x${((BigInt(n) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn).toString(16)}\n mov [gdt + 16], rax\n mov eax, 16\n mov es, eax\n mov eax, 19\n mov es, eax`,
  },
  {
    name: 'writes to a translation cache',
    faults: true,
    code: (n) => `mov rbx, ${translated(0x1000 + n)}\n mov qword [rbx], -1`,
  },
  {
    name: 'writes where a translation keeps its data',
    code: (n) => `mov rbx, ${translated((n % 0x200) * 8)}\n mov qword [rbx], -1\n pushfq\n popfq`,
  },
  {
    name: 'jumps into a translation cache',
    code: (n) => `mov rax, ${translated(0x1000 + n)}\n jmp rax`,
  },
  {
    name: 'flushes what it has no business with',
    code: (n) => `mov rbx, ${target(n)}\n invlpg [rbx]\n clflush [rbx]\n wbinvd\n invd`,
  },
  {
    name: 'changes what CR0, CR4 and EFER say',
    code: (n) =>
      `mov rax, cr4\n xor eax, 1 << ${String(n % 24)}\n mov cr4, rax\n mov rax, cr0\n xor eax, 1 << ${String(1 + (n % 28))}\n mov cr0, rax`,
  },
];

/** A 64-bit kernel that makes attacks one after the other, whatever becomes of each; then it ends, or never does. */
export function attacker(attacks: readonly string[], keeps = false): string {
  const body = attacks.map(
    (code, n) => `mov qword [0x6008], behind${String(n)}
        ${code}
behind${String(n)}:
        mov     rax, 0x10000
        mov     qword [0x10000], 0x11003
        mov     qword [0x11000], 0x12003
        mov     qword [0x12000], 0x83
        mov     cr3, rax
        mov     esp, 0x7000`,
  );
  const end = keeps ? 'cli\nforever: jmp forever' : 'mov al, 0\n out 0xf4, al';
  return kernel64(
    `
        mov     edi, 0x14000
.gates: mov     word [rdi], caught
        mov     word [rdi + 2], 24
        mov     dword [rdi + 4], 0x8e00
        mov     qword [rdi + 8], 0
        add     edi, 16
        cmp     edi, 0x15000
        jb      .gates
        lidt    [gates]
${body.join('\n        ')}
        ${end}`,
    `
caught: inc     dword [0x6000]
        mov     esp, 0x7000
        jmp     qword [0x6008]
gates:  dw      0xfff
        dq      0x14000
gate_pointer: dq 0
        dw      8
`,
  );
}
