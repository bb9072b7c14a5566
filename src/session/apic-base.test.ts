import assert from 'node:assert/strict';
import { LONG } from '../machine/long-mode.testing';
import { bootProgram } from './boot/boot';
import type { BootImage } from './boot/boot-image';
import { assembleText, flatImage } from './boot/flat';
import { Machine, type MonitorName } from './machine';
import { MachineRun } from './run';

/** IA32_APIC_BASE: a local APIC that a program moves and turns off (SDM 3A 11.4.3 to 11.4.5). */

const MONITORS = ['none', 'vtx', 'svm'] satisfies MonitorName[];
const MEMORY = 4 << 20;
const VERSION = '0x50014';

const SAY = (letter: string): string => `mov al, '${letter}'\nout 0xe9, al`;
const BASE = (low: number, high = 0): string => `mov ecx, 0x1b
        mov eax, ${String(low)}
        mov edx, ${String(high)}
        wrmsr`;
const HOME = BASE(0xfee00900);
const EXPECT = (place: string, value: string): string => `cmp dword [${place}], ${value}\njne $`;

/** Of the pages that the page tables map, 30000h is the APIC's first place, 31000h another one. */
const pages = (low: number, high = 0): string => `mov dword [0x13180], 0xfee00007
        mov dword [0x13188], ${String(low | 7)}
        mov dword [0x1318c], ${String(high)}`;

/** An IDT whose vector 0x40 says 'T' and ends the interrupt at the register in RBX. */
const HANDLED = `sidt [0x9000]
        mov rsi, [0x9002]
        mov edi, 0x20000
        mov ecx, 512
        rep movsb
        mov eax, .handler
        mov [0x20400], ax
        mov dword [0x20402], 24 | 0x8e00 << 16
        mov word [0x20406], 0
        mov word [0x9010], 0xfff
        mov qword [0x9012], 0x20000
        lidt [0x9010]
        jmp .ready
.handler:
        push rax
        ${SAY('T')}
        pop rax
        mov dword [rbx], 0
        iretq
.ready:`;

/** The firmware configuration device copies its signature, 'QEMU', to 50030h. */
const COPY = `mov dword [0x60000], 0x0a000000
        mov dword [0x60004], 0x04000000
        mov dword [0x60008], 0
        mov dword [0x6000c], 0x30000500
        xor eax, eax
        mov dx, 0x514
        out dx, eax
        mov eax, 0x00000600
        mov dx, 0x518
        out dx, eax`;

/** Runs until something has been printed, at most so much; undefined when there is nothing to come. */
class Printing {
  private text = '';
  readonly machine: Machine;
  private readonly run: MachineRun;

  constructor(image: BootImage, monitor: MonitorName) {
    const debugConsole = (byte: number): void => void (this.text += String.fromCharCode(byte));
    this.machine = new Machine(image, { monitor, memory: MEMORY }, { debugConsole });
    this.run = new MachineRun(this.machine);
  }

  first(): string {
    const { processor } = this.machine.computer;
    for (let n = 0; n < 100_000 && this.text === ''; n++) this.run.turn(5, processor.work + 1);
    return this.text;
  }

  whole(): string {
    const stop = this.run.turn(1000, 3_000_000);
    return stop.kind === 'end' ? this.text : `${this.text} ${stop.kind}`;
  }
}

const printed = (image: BootImage, monitor: MonitorName): string =>
  new Printing(image, monitor).whole();

for (const monitor of MONITORS) {
  describe(`the local APIC under ${monitor}`, () => {
    const cases: readonly [what: string, body: string, prints: string, pages: string][] = [
      [
        'lies over RAM, which is there again',
        `mov dword [0x50030], 0x11223344
        mov dword [0x50080], 0x55667788
        ${BASE(0x50900)}
        ${EXPECT('0x50030', VERSION)}
        ${EXPECT('0x30030', '-1')}
        mov dword [0x50080], 0x30
        mov rax, cr8
        cmp eax, 3
        jne $
        ${HOME}
        ${EXPECT('0x50030', '0x11223344')}
        ${EXPECT('0x50080', '0x55667788')}
        ${EXPECT('0x30080', '0x30')}
        ${SAY('k')}`,
        'k',
        pages(0),
      ],
      [
        'lies over video memory',
        `mov dword [0xb8030], 0x07410742
        ${BASE(0xb8900)}
        ${EXPECT('0xb8030', VERSION)}
        ${HOME}
        ${EXPECT('0xb8030', '0x07410742')}
        ${SAY('k')}`,
        'k',
        pages(0),
      ],
      [
        'lies over another device',
        `mov dword [0x31000], 1
        ${EXPECT('0x31010', '0x170011')}
        ${BASE(0xfec00900)}
        ${EXPECT('0x31030', VERSION)}
        ${HOME}
        ${EXPECT('0x31010', '0x170011')}
        ${SAY('k')}`,
        'k',
        pages(0xfec00000),
      ],
      [
        'lies beyond 4 GBytes',
        `${EXPECT('0x31030', '-1')}
        ${BASE(0x34567900, 0x12)}
        ${EXPECT('0x31030', VERSION)}
        mov ecx, 0x1b
        rdmsr
        cmp edx, 0x12
        jne $
        ${SAY('k')}`,
        'k',
        pages(0x34567000, 0x12),
      ],
      [
        'lies over the firmware below 4 GBytes',
        `${BASE(0xffff0900)}\n${EXPECT('0x31030', VERSION)}\n${SAY('k')}`,
        'k',
        pages(0xffff0000),
      ],
      [
        'interrupts from there',
        `${HANDLED}
        ${BASE(0x50900)}
        mov dword [0x500f0], 0x1ff
        mov ebx, 0x500b0
        mov dword [0x50300], 0x40040
        sti
        nop
        nop
        cli
        ${EXPECT('0x50120', '0')}
        ${SAY('k')}`,
        'Tk',
        pages(0),
      ],
      [
        'is nowhere while it is disabled, and CPUID tells of none',
        `${BASE(0x50100)}
        mov dword [0x50030], 0x11223344
        ${EXPECT('0x50030', '0x11223344')}
        mov eax, 1
        cpuid
        test edx, 1 << 9
        jnz $
        ${BASE(0x50900)}
        ${EXPECT('0x50030', VERSION)}
        mov eax, 1
        cpuid
        test edx, 1 << 9
        jz $
        ${SAY('k')}`,
        'k',
        pages(0),
      ],
      [
        'is the processor’s alone: devices reach what it covers',
        `${BASE(0x50900)}
        ${COPY}
        ${EXPECT('0x50030', VERSION)}
        ${HOME}
        ${EXPECT('0x50030', '0x554d4551')}
        ${SAY('k')}`,
        'k',
        pages(0),
      ],
      ['refuses reserved bits', BASE(0xfee00b00), 'G', pages(0)],
      ['refuses addresses beyond MAXPHYADDR', BASE(0xfee00900, 0x100), 'G', pages(0)],
    ];
    for (const [what, body, prints, mapping] of cases) {
      it(what, async () => {
        const image = flatImage(await assembleText(LONG(body, mapping)));
        assert.equal(printed(image, monitor), prints);
      });
    }

    it('lies over ROM', async () => {
      const program = `org 0x7c00
        bits 16
        cpu 686
        mov ax, 0xf000
        mov ds, ax
        mov esi, [0x30]
        ${BASE(0xf0900)}
        ${EXPECT('0x30', VERSION)}
        ${HOME}
        cmp [0x30], esi
        jne $
        ${SAY('k')}
        cli
        hlt
        times 510 - ($ - $$) db 0
        dw 0xaa55`;
      const image = await bootProgram(await assembleText(program), { name: 'a', memory: MEMORY });
      assert.equal(printed(image, monitor), 'k');
    });

    it('is held by snapshots', async () => {
      const body = `mov dword [0x50030], 0x11223344
        ${BASE(0x50900)}
        ${SAY('a')}
        ${EXPECT('0x50030', VERSION)}
        ${EXPECT('0x30030', '-1')}
        ${HOME}
        ${EXPECT('0x50030', '0x11223344')}
        ${SAY('k')}`;
      const image = flatImage(await assembleText(LONG(body, pages(0))));
      const one = new Printing(image, monitor);
      assert.equal(one.first(), 'a');
      const other = new Printing(image, monitor);
      other.machine.restore(structuredClone(one.machine.save()));
      assert.equal(other.machine.stateHash, one.machine.stateHash);
      assert.equal(other.whole(), 'k');
      assert.equal(one.whole(), 'ak');
      assert.equal(other.machine.stateHash, one.machine.stateHash);
      other.machine.restore(new Printing(image, monitor).machine.save());
      assert.equal(other.whole(), 'kak');
    });
  });
}
