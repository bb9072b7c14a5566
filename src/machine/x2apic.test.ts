import assert from 'node:assert/strict';
import { runBare } from './bare.testing';
import { LONG } from './long-mode.testing';

/** The local APIC in x2APIC mode, and its timer in TSC-deadline mode (SDM 3A 11.5.4.1, 11.12). */

const SAY = (letter: string): string => `mov al, '${letter}'\nout 0xe9, al`;

const rdmsr = (number: number): string => `mov ecx, ${String(number)}\nrdmsr`;
const wrmsr = (number: number, low: number, high = 0): string => `mov ecx, ${String(number)}
        mov eax, ${String(low)}
        mov edx, ${String(high)}
        wrmsr`;

const ENTER = `${rdmsr(0x1b)}\nor eax, 1 << 10\nwrmsr`;
const LEAVE = `${rdmsr(0x1b)}\nand eax, ~(3 << 10)\nwrmsr`;

/** An IDT whose vector 0x40 says 'T' and ends the interrupt. */
const HANDLED = `sidt [0x9000]
        mov rsi, [0x9002]
        mov edi, 0x20000
        mov ecx, 512
        rep movsb
        mov eax, .handler
        mov [0x20400], ax
        mov dword [0x20402], 0x8e000018
        mov word [0x20402], 24
        mov word [0x20404], 0x8e00
        mov word [0x20406], 0
        mov word [0x9010], 0xfff
        mov qword [0x9012], 0x20000
        lidt [0x9010]
        jmp .ready
.handler:
        push rax
        push rcx
        push rdx
        ${SAY('T')}
        ${wrmsr(0x80b, 0)}
        pop rdx
        pop rcx
        pop rax
        iretq
.ready:`;

const IPI = 0x40;

/** The deadline is 1,000 after the present time. */
const ARM = `rdtsc
        add eax, 1000
        adc edx, 0
        mov ecx, 0x6e0
        wrmsr`;

describe('x2APIC mode', () => {
  const cases: readonly [what: string, body: string, prints: string][] = [
    [
      'has its registers as MSRs',
      `${ENTER}\n${rdmsr(0x803)}\ncmp eax, 0x50014\njne $\n${SAY('k')}`,
      'k',
    ],
    ['does not have them in other modes', `${rdmsr(0x803)}`, 'G'],
    [
      'sends an interrupt to itself',
      `${HANDLED}\n${ENTER}\n${wrmsr(0x83f, IPI)}\nsti\nnop\ncli\n${SAY('k')}`,
      'Tk',
    ],
    [
      'sends by an ICR of 64 bits',
      `${HANDLED}\n${ENTER}\n${wrmsr(0x830, IPI)}\nsti\nnop\ncli\n${SAY('k')}`,
      'Tk',
    ],
    [
      'to logical destinations',
      `${HANDLED}\n${ENTER}\n${wrmsr(0x830, IPI | 0x800, 1)}\nsti\nnop\ncli\n${SAY('k')}`,
      'Tk',
    ],
    [
      'sends an NMI to itself, whose handler no other one interrupts',
      `${HANDLED.replaceAll('0x2040', '0x2002')}\n${ENTER}\n${wrmsr(0x830, 0x4400)}\n${SAY('k')}`,
      'Tk',
    ],
    [
      'and not to other processors',
      `${HANDLED}\n${ENTER}\n${wrmsr(0x830, IPI, 5)}\nsti\nnop\ncli\n${SAY('k')}`,
      'k',
    ],
    ['refuses an EOI that is not 0', `${ENTER}\n${wrmsr(0x80b, 1)}`, 'G'],
    ['refuses reserved bits', `${ENTER}\n${wrmsr(0x808, 0x100)}`, 'G'],
    ['refuses writes of what is read-only', `${ENTER}\n${wrmsr(0x80d, 1)}`, 'G'],
    ['has no DFR', `${ENTER}\n${rdmsr(0x80e)}`, 'G'],
    [
      'has CR8 as its task priority',
      `${ENTER}\n${wrmsr(0x808, 0x50)}\nmov rax, cr8\ncmp eax, 5\njne $\n${SAY('k')}`,
      'k',
    ],
    ['cannot be left for xAPIC mode', `${ENTER}\n${rdmsr(0x1b)}\nand eax, ~(1 << 10)\nwrmsr`, 'G'],
    ['can be left for none', `${ENTER}\n${LEAVE}\n${SAY('k')}\n${rdmsr(0x803)}`, 'kG'],
    [
      'cannot be entered from none',
      `${LEAVE}\n${SAY('k')}\n${rdmsr(0x1b)}\nor eax, 3 << 10\nwrmsr`,
      'kG',
    ],
    [
      'is told of by CPUID',
      `mov eax, 1\ncpuid\ntest ecx, 1 << 21\njz $\nmov eax, 11\nxor ecx, ecx\ncpuid\ncmp ecx, 0x100\njne $\n${SAY('k')}`,
      'k',
    ],
  ];
  for (const [what, body, prints] of cases)
    it(what, async () => {
      assert.equal((await runBare(LONG(body))).text, prints);
    });
});

it('x2APIC mode leaves nobody in memory', async () => {
  const body = `cmp dword [0x30030], 0x50014
        jne $
        ${SAY('a')}
        ${ENTER}
        cmp dword [0x30030], -1
        jne $
        ${SAY('k')}`;
  const pages = 'mov dword [0x13180], 0xfee00007'; // the APIC page at 0x30000
  assert.equal((await runBare(LONG(body, pages))).text, 'ak');
});

describe('TSC-deadline mode', () => {
  const timer = wrmsr(0x832, 0x40000 | IPI);
  const cases: readonly [what: string, body: string, prints: string][] = [
    [
      'interrupts when the time has come, once',
      `${HANDLED}\n${ENTER}\n${timer}\n${ARM}\n${SAY('a')}\nsti\nhlt\ncli\n${rdmsr(0x6e0)}\nor eax, edx\njnz $\n${SAY('k')}`,
      'aTk',
    ],
    [
      'at once for a time that is past',
      `${HANDLED}\n${ENTER}\n${timer}\n${wrmsr(0x6e0, 1)}\nsti\nnop\nnop\ncli\n${SAY('k')}`,
      'Tk',
    ],
    [
      'shows what it waits for',
      `${ENTER}\n${timer}\n${wrmsr(0x6e0, 0, 1)}\n${rdmsr(0x6e0)}\ncmp edx, 1\njne $\n${SAY('k')}`,
      'k',
    ],
    [
      'waits for nothing after a write of 0',
      `${HANDLED}\n${ENTER}\n${timer}\n${ARM}\n${wrmsr(0x6e0, 0)}\nsti\nmov ecx, 2000\nloop $\ncli\n${SAY('k')}`,
      'k',
    ],
    [
      'ignores the write in other modes',
      `${wrmsr(0x6e0, 1)}\n${rdmsr(0x6e0)}\ntest eax, eax\njnz $\n${SAY('k')}`,
      'k',
    ],
    [
      'keeps to the TSC when that is written',
      `${HANDLED}\n${ENTER}\n${timer}\n${wrmsr(0x6e0, 0, 1)}\n${wrmsr(0x10, 0, 2)}\nsti\nnop\nnop\ncli\n${SAY('k')}`,
      'Tk',
    ],
    [
      'ends where the mode does',
      `${ENTER}\n${timer}\n${ARM}\n${wrmsr(0x832, IPI)}\n${timer}\n${rdmsr(0x6e0)}\ntest eax, eax\njnz $\n${SAY('k')}`,
      'k',
    ],
  ];
  for (const [what, body, prints] of cases)
    it(what, async () => {
      assert.equal((await runBare(LONG(body))).text, prints);
    });
});
