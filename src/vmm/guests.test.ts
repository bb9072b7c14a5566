import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LONG } from '../machine/long-mode.testing';
import { assembleText, flatImage, Machine, MachineRun } from '../session';
import { runGuest } from './guest.testing';

/** Whole guests under the monitor with VT-x and EPT. */

const SAMPLES = join(__dirname, '../../samples');
const sample = (name: string): string => readFileSync(join(SAMPLES, name, 'kernel.asm'), 'utf8');

/** Real mode with interrupts on and the timer at vector 8, as a PC starts. */
const TIMER = `
        org 0x7c00
        cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        mov word [8 * 4], tick
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
        mov al, 0
        out 0x40, al
        mov al, 4
        out 0x40, al
`;
const TICK = `
tick:   inc byte [count]
        push ax
        mov al, 0x20
        out 0x20, al
        pop ax
        iret
count:  db 0
`;

describe('guests under VT-x', function () {
  this.timeout(300_000);

  it('first-exits makes one exit of each kind and powers off', async () => {
    const { serial, exits, why } = await runGuest(sample('first-exits'), { memory: 64 << 20 });
    assert.equal(why, 'power-off');
    assert.match(
      serial,
      /^Hello from real mode\.\nNow in long mode\.\nThe timer has come three times\.\n/,
    );
    assert.match(serial, /there is a hypervisor\.\nNobody lives at 0x10000000\.\n!\nGoodbye\.\n$/);
    const kinds = new Set(exits);
    for (const kind of [
      'CPUID',
      'IO_INSTRUCTION',
      'HLT',
      'CR_ACCESS',
      'RDMSR',
      'WRMSR',
      'VMCALL',
      'INVLPG',
      'EPT_VIOLATION',
    ]) {
      assert.ok(kinds.has(kind), kind);
    }
  });

  it('rings goes to ring 3 and back by SYSCALL, INT, #GP and #PF without any exit for them', async () => {
    const { serial, exits, why } = await runGuest(sample('rings'));
    assert.equal(why, 'power-off');
    assert.equal(
      serial,
      'Ring 0: entering ring 3.\nRing 3: hello by SYSCALL.\nRing 3: hello by INT 0x80.\n' +
        'Ring 0: #GP, that instruction is not for you. Going on behind it.\n' +
        'Ring 0: #PF, the page was missing. Now it is there.\nRing 3: both mended, I am done.\n' +
        'Ring 0: goodbye.\n',
    );
    assert.ok(!exits.includes('EXCEPTION_NMI'));
  });

  it('is deterministic: two runs and the reference engine agree on every exit', async () => {
    const first = await runGuest(sample('rings'));
    const again = await runGuest(sample('rings'));
    const reference = await runGuest(sample('rings'), { engine: 'reference' });
    for (const other of [again, reference]) {
      assert.deepEqual(other.exits, first.exits);
      assert.equal(other.vm.computer.processor.retired, first.vm.computer.processor.retired);
      assert.equal(other.serial, first.serial);
    }
  });

  it('gives frames on the first EPT violation when memory is allocated on demand', async () => {
    const eager = await runGuest(sample('rings'));
    const lazy = await runGuest(sample('rings'), { allocation: 'on-demand' });
    assert.equal(lazy.serial, eager.serial);
    assert.ok(!eager.exits.includes('EPT_VIOLATION'));
    assert.ok(lazy.exits.filter((name) => name === 'EPT_VIOLATION').length >= 5);
  });

  it('asks for no exit that it was not told to ask for', async () => {
    const { exits } = await runGuest(sample('rings'), { intercepts: [] });
    assert.deepEqual([...new Set(exits)].sort(), ['CR_ACCESS', 'IO_INSTRUCTION']);
  });

  it('brings the timer by an external interrupt of the host and injects it while the guest spins', async () => {
    const source = `${TIMER}
        sti
spin:  cmp byte [count], 3
        jb spin
        cli
        hlt
        ${TICK}`;
    const { exits, why, vm } = await runGuest(source);
    assert.equal(why, 'halted');
    assert.ok(exits.filter((name) => name === 'EXTERNAL_INTERRUPT').length >= 3);
    assert.ok(vm.computer.processor.retired > 100_000);
  });

  it('waits for the interrupt window while the guest has interrupts off', async () => {
    const source = `${TIMER}
        mov ecx, 300000
spin:  dec ecx
        jnz spin
        sti
        nop
        nop
        cli
        hlt
        ${TICK}`;
    const { exits, why } = await runGuest(source);
    assert.equal(why, 'halted');
    assert.ok(exits.includes('INTERRUPT_WINDOW'), exits.join());
  });

  it('lets HLT pass time to the next interrupt instead of spinning', async () => {
    const source = `${TIMER}
        sti
        hlt
        hlt
        cli
        hlt
        ${TICK}`;
    const { vm, why } = await runGuest(source);
    assert.equal(why, 'halted');
    assert.ok(vm.computer.processor.retired < 200);
    assert.ok(vm.computer.processor.time > 100_000);
  });

  it('ends the guest at a triple fault and keeps the chain', async () => {
    const { why, vm } = await runGuest('org 0x7c00\nlidt [empty]\nud2\nempty: times 6 db 0');
    assert.equal(why, 'shutdown');
    assert.equal(vm.computer.processor.faultChain[0]?.vector, 6);
  });

  it('answers RDTSC, PAUSE, MOV DR, INVD and WBINVD, and refuses VMX instructions with #UD', async () => {
    const source = `
        org 0x7c00
        cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        mov word [6 * 4], undefined
        mov word [6 * 4 + 2], 0
        rdtsc
        pause
        mov eax, 0x1234
        mov dr0, eax
        xor eax, eax
        mov ebx, dr0
        invd
        wbinvd
        vmxoff
after:  cmp ebx, 0x1234
        jne fail
        cmp byte [seen], 1
        jne fail
        mov al, 'y'
        mov dx, 0x3f8
        out dx, al
fail:   hlt
undefined:
        inc byte [seen]
        mov bp, sp
        mov word [bp], after
        iret
seen:   db 0`;
    const { serial, exits } = await runGuest(source);
    assert.equal(serial, 'y');
    for (const name of ['RDTSC', 'PAUSE', 'MOV_DR', 'INVD']) assert.ok(exits.includes(name), name);
  });

  it('raises the page fault that INS has in store, and keeps the byte for its next try', async () => {
    const source = LONG(
      `mov dx, 0x71
        mov al, 0x0d                ; the RTC: a register that reads 0x80
        out 0x70, al
        mov edi, 0x9000
        insb`,
      'mov dword [0x13000 + 9 * 8], 0x9005  ; present and user, not writable',
    );
    const printed: number[] = [];
    const machine = new Machine(
      flatImage(await assembleText(source)),
      { monitor: 'vtx', memory: 4 << 20 },
      { debugConsole: (byte) => printed.push(byte) },
    );
    const run = new MachineRun(machine);
    for (let turns = 0; turns < 50 && run.turn(20).kind === 'spent'; turns++);
    assert.equal(String.fromCharCode(...printed), 'Pd'); // error code 3: present, a write
    assert.equal(machine.computer.processor.state.cr2, 0x9000n);
  });

  it('copies strings to and from ports, element by element', async () => {
    const source = `
        org 0x7c00
        xor ax, ax
        mov ds, ax
        mov es, ax
        cld
        mov si, text
        mov cx, 5
        mov dx, 0x3f8
        rep outsb
        cli
        hlt
text:   db "hello"`;
    const { serial, exits } = await runGuest(source);
    assert.equal(serial, 'hello');
    assert.equal(exits.filter((name) => name === 'IO_INSTRUCTION').length, 5);
  });

  it('gives the guest #GP for a value that the processor refuses to put in an MSR', async () => {
    const source = `org 0x7c00
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        mov word [13 * 4], refused
        mov word [13 * 4 + 2], 0
        mov ecx, 0x277          ; IA32_PAT: 2 is no memory type
        mov eax, 2
        xor edx, edx
        wrmsr
        jmp $
refused: mov dx, 0x3f8
        mov al, 'G'
        out dx, al
        cli
        hlt
`;
    const { serial } = await runGuest(source, { intercepts: ['msr'] });
    assert.equal(serial, 'G');
  });
});
