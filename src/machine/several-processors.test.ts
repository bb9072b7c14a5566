import assert from 'node:assert/strict';
import type { EngineKind } from '../processor/execution/engine';
import { assembleText, flatImage, Machine, MachineRun, type ProfileName } from '../session';

/**
 * Programs on a computer with several processors: one starts the others by INIT and start-up IPIs (SDM 3A 9.4), and
 * each is told from the others by its local APIC.
 */

const APIC = `ICR equ 0xfee00300
SVR     equ 0xfee000f0
EOI     equ 0xfee000b0`;

/** Protected mode with flat segments for each processor, which go on at `.first` and `.other`. */
const program = (others: string, first: string, other: string): string => `org 0x7c00
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

const START_ALL = `mov dword [ICR], 0xc4500
        mov dword [ICR], 0xc4608`;
/** Waits until so many have counted. */
const wait = (count: number): string => `.w${String(count)}:
        cmp dword [.done], ${String(count)}
        jne .w${String(count)}`;
const EXIT = (text: string): string => `${text}
        out 0xf4, al`;

interface Options {
  readonly cpus: number;
  readonly engine?: EngineKind;
  readonly cpu?: ProfileName;
}

async function boot(source: string, options: Options) {
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
async function result(source: string, options: Options): Promise<{ text: string; value: number }> {
  const { run, printed } = await boot(source, options);
  const stop = run.turn(60_000, 3_000_000);
  assert.ok(stop.kind === 'end' && stop.end.kind === 'exit-device', stop.kind);
  return { text: printed(), value: stop.end.value };
}

/** Each adds to a counter under a lock that is held across turns, and says its number. */
const COUNTING = program(
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

describe('a computer with several processors', () => {
  for (const engine of ['interpreter', 'reference'] as const) {
    it(`starts them, and they share memory (${engine})`, async () => {
      const { text, value } = await result(COUNTING, { cpus: 4, engine });
      assert.equal(value, 3); // 3 × 256
      assert.deepEqual([...text].sort(), ['1', '2', '3']);
    });
  }

  it('is told by CPUID how many there are', async () => {
    for (const cpu of ['intel', 'amd'] as const) {
      const ask = `mov eax, 1
        cpuid
        shr ebx, 16
        mov al, bl
        add al, '0'
        out 0xe9, al
        mov eax, 0xb
        mov ecx, 1
        cpuid
        add bl, '0'
        mov al, bl
        out 0xe9, al`;
      const told = program(ask, EXIT('mov al, 0'), '');
      assert.equal((await result(told, { cpus: 3, cpu })).text, '33');
    }
  });

  it('interrupts another one, which rests in HLT, by an IPI', async () => {
    const handler = `mov dword [0x9000 + 8 * 0x40], 0x00080000 + (.handler - $$ + 0x7c00)
        mov dword [0x9004 + 8 * 0x40], 0x8e00`;
    const first = `${wait(1)}
        mov dword [ICR + 0x10], 1 << 24
        mov dword [ICR], 0x4040
        ${wait(2)}
        ${EXIT('mov al, 7')}`;
    const other = `lidt [.idtr]
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
    const { text, value } = await result(program(`${handler}\n${START_ALL}`, first, other), {
      cpus: 2,
    });
    assert.deepEqual([text, value], ['i', 7]);
  });

  it('starts one anew that has run already', async () => {
    const other = `lock inc dword [.done]
.on:    jmp .on`;
    const first = `${wait(1)}
        ${START_ALL}
        ${wait(2)}
        ${EXIT('mov al, 2')}`;
    const { value } = await result(program(START_ALL, first, other), { cpus: 2 });
    assert.equal(value, 2);
  });

  it('lets each have translations of its own: one is stale until its processor drops it', async () => {
    // The same page tables for both: 4-MByte pages one to one, and the page table at 0x22000 for the second 4 MBytes.
    const tables = `mov dword [0x21000], 0x83
        mov dword [0x21004], 0x22003
        mov dword [0x21000 + 4 * 0x3fb], 0xfec00083
        mov dword [0x22000], 0x30003
        mov dword [0x30000], 'old'
        mov dword [0x31000], 'new'`;
    const paging = `mov eax, 0x21000
        mov cr3, eax
        mov eax, cr4
        or al, 0x10
        mov cr4, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax`;
    const say = `mov al, [0x400000]
        out 0xe9, al`;
    const first = `${paging}
        ${say}
        ${wait(1)}
        mov dword [0x22000], 0x31003
        ${say}
        invlpg [0x400000]
        ${say}
        inc dword [.value]
        ${wait(2)}
        ${EXIT('mov al, 0')}`;
    const other = `${paging}
        mov dl, [0x400000]
        lock inc dword [.done]
.wait:  cmp dword [.value], 0
        je .wait
        ${say}
        invlpg [0x400000]
        ${say}
        lock inc dword [.done]`;
    const { text } = await result(program(`${tables}\n${START_ALL}`, first, other), { cpus: 2 });
    assert.equal(text, 'oonon');
  });

  it('executes code that another one has just written', async () => {
    const other = `lock inc dword [.done]
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
    const first = `${wait(1)}
        call .code
        out 0xe9, al
        mov byte [.code + 1], 'b'
        inc dword [.value]
        ${wait(2)}
        call .code
        out 0xe9, al
        ${EXIT('mov al, 0')}`;
    assert.equal((await result(program(START_ALL, first, other), { cpus: 2 })).text, 'abcc');
  });

  it('comes to the same state however the run is cut, and from any moment that was saved', async () => {
    const whole = await boot(COUNTING, { cpus: 3 });
    whole.run.turn(60_000, 12_000);
    const expected = whole.machine.stateHash;
    const { machine, run } = await boot(COUNTING, { cpus: 3 });
    const saved: ReturnType<Machine['save']>[] = [];
    for (let done = 0; done < 12_000;) {
      const before = machine.computer.processor.work;
      run.execute(Math.min(1 + ((done * 7919) % 613), 12_000 - done), true);
      done += machine.computer.processor.work - before;
      saved.push(machine.save());
    }
    assert.equal(machine.stateHash, expected);
    for (const moment of [saved[3], saved[11], saved[25]]) {
      if (!moment) continue;
      const again = await boot(COUNTING, { cpus: 3 });
      again.machine.restore(moment);
      again.run.turn(60_000, 12_000);
      assert.equal(again.machine.stateHash, expected);
    }
  });
});
