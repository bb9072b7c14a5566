import assert from 'node:assert/strict';
import { Vector } from '../../isa/exceptions';
import { kernel32, kernel64, runDeprivileged, type Deprivileged } from './running.testing';

const memory = ({ machine }: Deprivileged, address: bigint, bytes = 4): bigint =>
  machine.vm?.guestMemory.read(address, bytes) ?? 0n;
const trapped = ({ traps }: Deprivileged, vector: number): number => traps.get(vector) ?? 0;

/** Where the monitor sees all of host memory. */
const DIRECT_MAP = '0xffff800000000000';

/** A second set of tables: `user` in ring 3 with a stack, and a gate 0x30 back into the kernel. */
const TO_USER = `
        mov     word [idt + 0x30 * 8], back
        mov     word [idt + 0x30 * 8 + 2], 8
        mov     dword [idt + 0x30 * 8 + 4], 0xee00
        mov     dword [0x8004], 0x7000
        mov     dword [0x8008], 16
        mov     ax, 0x28
        ltr     ax
        push    0x23
        push    0x6800
        push    0x202
        push    0x1b
        push    user
        iretd
`;

describe('trap and emulate', () => {
  it('runs a kernel in ring 1 and does what ring 1 may not', async () => {
    const ran = await runDeprivileged(kernel32('sti\n cli\n mov eax, cr0\n mov [0x6000], eax'));
    assert.equal(ran.end, 'exit-device');
    assert.equal(memory(ran, 0x6000n), 0x11n);
    // LIDT, STI, MOV from CR0, OUT; CLI comes in the shadow of STI, which the virtual processor sits out.
    assert.equal(trapped(ran, Vector.GP), 4);
  });

  it('refuses all ports to the processor: the virtual devices answer', async () => {
    const ran = await runDeprivileged(kernel32('mov al, 0x5a\n out 0x70, al\n in al, 0x71'));
    assert.equal(ran.end, 'exit-device');
    assert.equal(trapped(ran, Vector.GP), 4);
  });

  it('brings users and the kernel to each other by the guest’s own tables', async () => {
    const body = `${TO_USER}
user:   mov     ax, 0x23
        mov     ds, ax
        mov     eax, cs
        mov     [0x6000], eax
        cli
        int     0x30
back:   mov     eax, [esp + 4]
        mov     [0x6004], eax
        mov     eax, ss
        mov     [0x6008], eax
        mov     word [idt + 13 * 8], 0`;
    const gate = `
        mov     word [idt + 13 * 8], gp
        mov     word [idt + 13 * 8 + 2], 8
        mov     dword [idt + 13 * 8 + 4], 0x8e00
`;
    const more = 'gp: inc dword [esp + 4]\n add esp, 4\n iretd\n';
    const ran = await runDeprivileged(kernel32(gate + body, more));
    assert.equal(ran.end, 'exit-device');
    assert.equal(memory(ran, 0x6000n), 0x1bn);
    assert.equal(memory(ran, 0x6004n), 0x1bn);
    assert.deepEqual(
      ran.holes.map(({ mnemonic, found, right }) => [mnemonic, found, right]),
      [['MOV', 0x11n, 0x10n]],
    );
  });

  it('follows the guest’s descriptor table: an edited descriptor is what is loaded next', async () => {
    const ran = await runDeprivileged(
      kernel32(`
        mov     dword [0x6000], 1
        mov     dword [0x6100], 2
        mov     ax, 0x20 | 3
        mov     fs, ax
        mov     word [gdt + 0x20 + 2], 0x100
        mov     ax, 0x20 | 3
        mov     fs, ax
        mov     eax, [fs:0x6000]
        mov     [0x6200], eax`),
    );
    assert.equal(ran.end, 'exit-device');
    assert.equal(memory(ran, 0x6200n), 2n);
  });

  it('loads a segment register of real mode that nobody has loaded anew', async () => {
    const ran = await runDeprivileged(
      kernel32('nop').replace('mov     gs, eax', 'mov ebx, [gs:0]'),
    );
    assert.equal(ran.end, 'exit-device');
    assert.ok(trapped(ran, Vector.GP) > 0);
  });

  it('delivers single steps where TF is set without a trap', async () => {
    const ran = await runDeprivileged(
      kernel32(
        `
        mov     word [idt + 8], step
        mov     word [idt + 10], 8
        mov     dword [idt + 12], 0x8e00
        push    0x102
        popfd
        nop
        nop
        push    2
        popfd
        mov     eax, [0x6000]
        mov     [0x6004], eax`,
        'step: inc dword [0x6000]\n iretd\n',
      ),
    );
    assert.equal(ran.end, 'exit-device');
    assert.equal(memory(ran, 0x6004n), 4n);
  });

  it('forgets a translation that the guest has changed while software went on with it', async () => {
    const ran = await runDeprivileged(
      kernel64(`
        mov     edi, 0x13000
        mov     dword [0x12008], 0x13003
        mov     dword [rdi], 0x14003
        mov     dword [0x14000], 1
        mov     dword [0x15000], 2
        mov     eax, [0x200000]
        mov     eax, 0x401              ; a breakpoint somewhere else: software does everything
        mov     dr7, rax
        mov     dword [rdi], 0x15003
        invlpg  [0x200000]
        nop
        mov     eax, 0x400
        mov     dr7, rax
        mov     eax, [0x200000]
        mov     [0x6000], eax`),
    );
    assert.equal(ran.end, 'exit-device');
    assert.equal(memory(ran, 0x6000n), 2n);
  });

  it('is a triple fault for a guest without handlers, and no concern of the monitor’s', async () => {
    const ran = await runDeprivileged(kernel32('lidt [zero]\n int3', 'zero: dq 0\n'));
    assert.equal(ran.end, 'shutdown');
  });
});

describe('the address space that monitor and guest share', () => {
  it('is the monitor’s in part: without a mapping of its own a guest gets its own page fault there', async () => {
    const handler = `
        mov     word [idt + 14 * 16], fault
        mov     word [idt + 14 * 16 + 2], 24
        mov     dword [idt + 14 * 16 + 4], 0x8e00
        mov     rbx, ${DIRECT_MAP}
        mov     eax, [rbx + 0x100000]
        mov     [rbx + 0x100000], eax
`;
    const more =
      'fault: pop rax\n mov [0x6000], rax\n inc dword [0x6008]\n add qword [rsp], 6\n iretq\n';
    const ran = await runDeprivileged(kernel64(handler, more));
    assert.equal(ran.end, 'exit-device');
    // Not present, a read; not present, a write: the error codes of a kernel, and of tables that lead nowhere.
    assert.equal(memory(ran, 0x6000n), 2n);
    assert.equal(memory(ran, 0x6008n), 2n);
  });

  it('leads to the guest’s own page where it maps one there, at a trap for each access', async () => {
    const ran = await runDeprivileged(
      kernel64(`
        mov     qword [0x10000 + 256 * 8], 0x11003
        mov     rbx, ${DIRECT_MAP}
        mov     dword [rbx + 0x6000], 0x1234
        mov     eax, [rbx + 0x6000]
        mov     [0x6004], eax`),
    );
    assert.equal(ran.end, 'exit-device');
    assert.equal(memory(ran, 0x6004n), 0x1234n);
    assert.ok(trapped(ran, Vector.PF) >= 3);
    // Not in host memory at that address, which is the monitor's map of it.
    assert.equal(ran.machine.computer.memory.read32(0x6000), 0);
  });

  it('does not show a kernel’s pages to users of 64-bit code, who are in its ring', async () => {
    const tables = `
        lgdt    [gdtr2]
        mov     edi, 0x13000
        mov     eax, 3
.fill:  mov     [edi], rax
        add     edi, 8
        add     eax, 0x1000
        cmp     edi, 0x13800
        jb      .fill
        or      qword [0x13000 + 0x14 * 8], 4
        mov     qword [0x12000], 0x13007
        mov     qword [0x11000], 0x12007
        mov     qword [0x10000], 0x11007
        mov     rax, cr3
        mov     cr3, rax
        mov     word [idt + 14 * 16], fault
        mov     word [idt + 14 * 16 + 2], 24
        mov     dword [idt + 14 * 16 + 4], 0x8e00
        mov     dword [0x8004], 0x7000
        mov     ax, 0x30
        ltr     ax
        mov     dword [0x6000], 0x5ec2e7
        mov     dword [0x14000], 0x0025248b     ; mov esp, [0x6000]
        mov     dword [0x14004], 0x00000060
        mov     eax, [0x6000]                   ; a kernel may
        mov     [0x6004], eax
        push    0x2b
        push    0x14800
        push    2
        push    0x23
        push    0x14000
        iretq`;
    const more = `
fault:  pop     rax
        mov     [0x6008], eax
        mov     rax, cr2
        mov     [0x600c], eax
        mov     [0x6010], esp
        mov     al, 0
        out     0xf4, al
gdtr2:  dw      8 * 8 - 1
        dd      gdt2
gdt2:   dq      0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00af9a000000ffff
        dq      0x00affb000000ffff, 0x00cff3000000ffff, 0x0000890080000067, 0
`;
    const ran = await runDeprivileged(kernel64(tables, more));
    assert.equal(ran.end, 'exit-device');
    assert.equal(memory(ran, 0x6004n), 0x5ec2e7n);
    assert.equal(memory(ran, 0x6008n), 5n);
    assert.equal(memory(ran, 0x600cn), 0x6000n);
    // In the kernel's own stack, not in what it wanted to be told.
    assert.equal(memory(ran, 0x6010n) >> 12n, 6n);
  });
});
