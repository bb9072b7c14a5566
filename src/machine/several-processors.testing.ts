import assert from 'node:assert/strict';
import type { EngineKind } from '../processor/execution/engine';
import type { HostingOptions } from '../vmm';
import {
  assembleText,
  flatImage,
  Machine,
  MachineRun,
  type MonitorName,
  type ProfileName,
} from '../session';

/** Programs for a computer with several processors, or a guest with several virtual ones: one starts the others. */

const APIC = `ICR equ 0xfee00300
SVR     equ 0xfee000f0
EOI     equ 0xfee000b0`;

/** Protected mode with flat segments for each processor, which go on at `.first` and `.other`. */
export const program = (others: string, first: string, other: string): string => `org 0x7c00
bits 16
        cli
        jmp 0:.begin
.begin: xor ax, ax
        mov ds, ax
        lgdt [.gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword 8:.flat
bits 32
.flat:  mov ax, 16
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, 0x7000
        mov esi, .start
        mov edi, 0x8000
        mov ecx, .start_end - .start
        rep movsb
        mov dword [SVR], 0x1ff
        ${others}
        ${first}
bits 16
.start: xor ax, ax
        mov ds, ax
        lgdt [.gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword 8:.other
.start_end:
bits 32
.other: mov ax, 16
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov eax, 1
        cpuid
        shr ebx, 24
        mov esp, ebx
        shl esp, 10
        add esp, 0x10000
        ${other}
.end:   cli
        hlt
        jmp .end
align 8
.gdt:   dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
.gdtr:  dw 23
        dd .gdt
.idtr:  dw 0x7ff
        dd 0x9000
.lock:  dd 0
.done:  dd 0
.value: dd 0
${APIC}`;

export const START_ALL = `mov dword [ICR], 0xc4500
        mov dword [ICR], 0xc4608`;
/** Waits until so many have counted. */
export const wait = (count: number): string => `.w${String(count)}:
        cmp dword [.done], ${String(count)}
        jne .w${String(count)}`;
export const EXIT = (text: string): string => `${text}
        out 0xf4, al`;

export interface Options {
  readonly cpus: number;
  readonly engine?: EngineKind;
  readonly cpu?: ProfileName;
  /** Default: 'none'. */
  readonly monitor?: MonitorName;
  readonly slice?: number;
  readonly hosting?: HostingOptions;
}

export async function boot(source: string, options: Options) {
  const image = flatImage(await assembleText(source));
  let text = '';
  const machine = new Machine(
    image,
    { monitor: 'none', memory: 1 << 20, ...options },
    { debugConsole: (byte) => (text += String.fromCharCode(byte)) },
  );
  return { machine, run: new MachineRun(machine), printed: () => text };
}

/** @returns what it printed, and what it wrote to the exit device */
export async function result(
  source: string,
  options: Options,
): Promise<{ text: string; value: number }> {
  const { run, printed } = await boot(source, options);
  const stop = run.turn(60_000, 3_000_000);
  assert.ok(stop.kind === 'end' && stop.end.kind === 'exit-device', JSON.stringify(stop));
  return { text: printed(), value: stop.end.value };
}

/** Each adds to a counter under a lock that is held across turns, and says its number. */
export const COUNTING = program(
  START_ALL,
  `${wait(3)}
        ${EXIT('mov al, [.value + 1]')}`,
  `mov ecx, 256
.again: lock bts dword [.lock], 0
        jc .again
        mov eax, [.value]
        inc eax
        mov [.value], eax
        lock btr dword [.lock], 0
        loop .again
        mov al, bl
        add al, '0'
        out 0xe9, al
        lock inc dword [.done]`,
);

/** The first one interrupts the other one, which rests in HLT, by an IPI: 'i', and 7. */
const IPI_HANDLER = `mov dword [0x9000 + 8 * 0x40], 0x00080000 + (.handler - $$ + 0x7c00)
    mov dword [0x9004 + 8 * 0x40], 0x8e00`;
const IPI_FIRST = `${wait(1)}
    mov dword [ICR + 0x10], 1 << 24
    mov dword [ICR], 0x4040
    ${wait(2)}
    ${EXIT('mov al, 7')}`;
const IPI_OTHER = `lidt [.idtr]
    mov dword [SVR], 0x1ff
    lock inc dword [.done]
    sti
.rest:  hlt
    jmp .rest
.handler:
    mov dword [EOI], 0
    mov al, 'i'
    out 0xe9, al
    lock inc dword [.done]
    iret`;
export const BY_IPI = program(`${IPI_HANDLER}\n${START_ALL}`, IPI_FIRST, IPI_OTHER);

/** The first one starts the other one once more, while that runs: 2. */
const ANEW_OTHER = `lock inc dword [.done]
.on:    jmp .on`;
const ANEW_FIRST = `${wait(1)}
    ${START_ALL}
    ${wait(2)}
    ${EXIT('mov al, 2')}`;
export const STARTED_ANEW = program(START_ALL, ANEW_FIRST, ANEW_OTHER);

/** One changes an entry of the page tables that both have, and each drops its own translation: it says what it sees. */
// The same page tables for both: 4-MByte pages one to one, and the page table at 0x22000 for the second 4 MBytes.
const TABLES = `mov dword [0x21000], 0x83
    mov dword [0x21004], 0x22003
    mov dword [0x21000 + 4 * 0x3fb], 0xfec00083
    mov dword [0x22000], 0x30003
    mov dword [0x30000], 'old'
    mov dword [0x31000], 'new'`;
const PAGING = `mov eax, 0x21000
    mov cr3, eax
    mov eax, cr4
    or al, 0x10
    mov cr4, eax
    mov eax, cr0
    or eax, 0x80000000
    mov cr0, eax`;
const SAY = `mov al, [0x400000]
    out 0xe9, al`;
const STALE_FIRST = `${PAGING}
    ${SAY}
    ${wait(1)}
    mov dword [0x22000], 0x31003
    ${SAY}
    invlpg [0x400000]
    ${SAY}
    inc dword [.value]
    ${wait(2)}
    ${EXIT('mov al, 0')}`;
const STALE_OTHER = `${PAGING}
    mov dl, [0x400000]
    lock inc dword [.done]
.wait:  cmp dword [.value], 0
    je .wait
    ${SAY}
    invlpg [0x400000]
    ${SAY}
    lock inc dword [.done]`;
export const STALE = program(`${TABLES}\n${START_ALL}`, STALE_FIRST, STALE_OTHER);

/** Each executes code that the other one has just written: 'abcc'. */
const WRITING_OTHER = `lock inc dword [.done]
.wait:  cmp dword [.value], 0
    je .wait
    call .code
    out 0xe9, al
    mov byte [.code + 1], 'c'
    call .code
    out 0xe9, al
    lock inc dword [.done]
    jmp .end
.code:  mov al, 'a'
    ret`;
const WRITING_FIRST = `${wait(1)}
    call .code
    out 0xe9, al
    mov byte [.code + 1], 'b'
    inc dword [.value]
    ${wait(2)}
    call .code
    out 0xe9, al
    ${EXIT('mov al, 0')}`;
export const WRITTEN_CODE = program(START_ALL, WRITING_FIRST, WRITING_OTHER);

/** The first one sends two NMIs to the other, which rests with interrupts off: the second one waits for IRET. 'nrnr', and 9. */
const NMI_HANDLER = `mov dword [0x9000 + 8 * 2], 0x00080000 + (.handler - $$ + 0x7c00)
        mov dword [0x9004 + 8 * 2], 0x8e00`;
const NMI_FIRST = `${wait(1)}
        mov dword [ICR + 0x10], 1 << 24
        mov dword [ICR], 0x4400
        ${wait(2)}
        mov dword [ICR], 0x4400
        mov dword [.value], 1
        ${wait(5)}
        ${EXIT('mov al, 9')}`;
const NMI_OTHER = `lidt [.idtr]
        lock inc dword [.done]
.rest:  hlt
        jmp .rest
.handler:
        mov al, 'n'
        out 0xe9, al
        lock inc dword [.done]
.wait:  cmp dword [.value], 0
        je .wait
        mov al, 'r'
        out 0xe9, al
        lock inc dword [.done]
        iret`;
export const NMIS = program(`${NMI_HANDLER}\n${START_ALL}`, NMI_FIRST, NMI_OTHER);
