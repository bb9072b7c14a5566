import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble } from '../../../program';
import { flatImage, Machine, MachineRun } from '../../../session';
import type { MachineOptions } from '../../../session/machine';
import { runGuest } from '../../guest.testing';

/** A guest that has guests itself sees what it sees on the bare computer. */

const SAMPLES = join(__dirname, '../../../../samples');
const NESTED = { monitor: 'vtx', nested: true } as const;

/** What is another text in a sample's sources. */
type Change = readonly [from: string, to: string];

async function imageOf(program: string, [from, to]: Change = ['', '']) {
  const read = (path: string): Promise<Uint8Array> => {
    const text = readFileSync(path, 'utf8');
    return Promise.resolve(new TextEncoder().encode(from === '' ? text : text.replace(from, to)));
  };
  return flatImage(await assemble(join(SAMPLES, program), { read }, { defines: { FIXED: '1' } }));
}

type Options = Pick<MachineOptions, 'monitor' | 'nested' | 'tlbTags' | 'intercepts'>;

async function started(program: string, options: Options, change?: Change) {
  const output = { text: '' };
  const serial = (byte: number): string => (output.text += String.fromCharCode(byte));
  const image = await imageOf(program, change);
  const machine = new Machine(image, { memory: 4 << 20, ...options }, { serial });
  return { machine, run: new MachineRun(machine), output };
}

async function ended(program: string, options: Options, change?: Change) {
  const { run, output } = await started(program, options, change);
  assert.equal(run.turn(100_000, 10_000_000).kind, 'end');
  return output.text;
}

const PROGRAM = 'hypervisor-vtx/hypervisor.asm';

describe('a hypervisor under the monitor', function () {
  this.timeout(120_000);

  const ways: Readonly<Record<string, Partial<Options>>> = {
    'all intercepts': {},
    'no intercepts': { intercepts: [] },
    'no VPIDs': { tlbTags: false },
  };
  for (const [name, options] of Object.entries(ways)) {
    it(`has the guest that it has on the bare computer, ${name}`, async () => {
      const bare = await ended(PROGRAM, { monitor: 'none' });
      assert.match(bare, /out of VMX operation after 250 VM exits/);
      assert.equal(await ended(PROGRAM, { ...NESTED, ...options }), bare);
    });
  }

  const changes: Readonly<Record<string, Change>> = {
    'ports are not L1’s (SDM 3C 25.6.2)': ['PRIMARY_HLT | PRIMARY_IO', 'PRIMARY_HLT'],
    'ports are not in its I/O bitmaps (SDM 3C 25.6.4)': [
      'mov ebx, PRIMARY_HLT | PRIMARY_IO',
      'put 0x2000, 0x1000\n put 0x2002, 0x1000\n mov ebx, PRIMARY_HLT | 1 << 25',
    ],
    'HLT is not (SDM 3C 26.1.3)': ['PRIMARY_HLT | PRIMARY_IO', 'PRIMARY_IO'],
    'L2 starts with a tick that waits': ['ticks:          dd 0', 'ticks: dd 2'],
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`sees the same where ${what}`, async () => {
      const bare = await ended(PROGRAM, { monitor: 'none' }, change);
      assert.match(bare, /out of VMX operation/);
      assert.equal(await ended(PROGRAM, NESTED, change), bare);
    });
  }

  it('has a guest without an EPT of its own for it', async () => {
    const program = 'broken-entries/09-resume.asm';
    const said = await ended(program, NESTED);
    assert.match(said, /The guest has run/);
  });

  it('goes on as before from any state that was saved, of L1, L2 or the monitor between them', async () => {
    const end = finished(await started(PROGRAM, NESTED));
    const { machine, run } = await started(PROGRAM, NESTED);
    const states = new Set<string>();
    for (let limit = 40_000; limit <= 400_000; limit += 40_000) {
      run.turn(100_000, limit);
      for (let n = 0; n < 7 * (limit / 40_000); n++) if (run.inMonitor) run.operate();
      states.add(machine.vm?.host.virtualVmx?.runsL2 === true ? 'L2' : 'L1');
      const other = await started(PROGRAM, NESTED);
      other.machine.restore(machine.save());
      assert.equal(finished(other), end);
    }
    assert.deepEqual([...states].sort(), ['L1', 'L2']);
  });
});

type Started = Awaited<ReturnType<typeof started>>;

/** Runs to the end. @returns the hash of the state there */
function finished({ run, machine }: Started): string {
  assert.equal(run.turn(100_000, 10_000_000).kind, 'end');
  return machine.stateHash;
}

const LONG_MODE = (body: string): string => `
        org 0x7c00
        bits 16
        cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7000
        lgdt [gdtr]
        lidt [idtr]
        mov dword [0x1000], 0x2003
        mov dword [0x2000], 0x3003
        mov dword [0x3000], 0x83
        mov eax, cr4
        or eax, 1 << 5
        mov cr4, eax
        mov eax, 0x1000
        mov cr3, eax
        mov ecx, 0xc0000080
        rdmsr
        or eax, 1 << 8
        wrmsr
        mov eax, cr0
        or eax, 0x80000021
        mov cr0, eax
        jmp 8:wide
        bits 64
wide:   ${body}
        mov al, 0
        jmp tell
; Says how a VMX instruction has ended: with V, with i for VMfailInvalid, or with its VM-instruction error.
say:    jc .invalid
        jz .number
        mov al, 'V'
        jmp .out
.invalid: mov al, 'i'
        jmp .out
.number: mov ecx, 0x4400
        vmread rax, rcx
        add al, '@'
.out:   mov dx, 0x3f8
        out dx, al
        ret
undefined: mov al, '!'
        jmp tell
protection: mov al, '#'
tell:   mov dx, 0x3f8
        out dx, al
        cli
        hlt
enable: mov ecx, 0x3a
        mov eax, 5
        xor edx, edx
        wrmsr
        mov rax, cr4
        or eax, 1 << 13
        mov cr4, rax
        mov ecx, 0x480
        rdmsr
        mov [0x20000], eax
        mov [0x21000], eax
        ret
        align 8
gdt:    dq 0, 0x00af9a000000ffff, 0x00cf92000000ffff
gdtr:   dw $ - gdt - 1
        dd gdt
on:     dq 0x20000
vmcs:   dq 0x21000
odd:    dq 0x21001
other:  dq 0x22000
        align 16
idt:    times 6 dq 0, 0
        dw undefined, 8, 0x8e00, 0
        dq 0
        times 6 dq 0, 0
        dw protection, 8, 0x8e00, 0
        dq 0
idtr:   dw $ - idt - 1
        dd idt
`;

const each = (...instructions: string[]): string =>
  instructions.map((instruction) => `${instruction}\n call say\n`).join('');

/** What the program says, by letters: V for VMsucceed, i for VMfailInvalid, A for error 1 and so on, ! for #UD, # for #GP. */
const CASES: readonly (readonly [what: string, body: string, said: string])[] = [
  ['#UD for VMXON without CR4.VMXE (SDM 3C 24.7)', 'vmxon [rel on]', '!'],
  ['#UD for VMCLEAR outside of VMX operation', 'call enable\n vmclear [rel vmcs]', '!'],
  ['#UD for VMXOFF outside of VMX operation', 'call enable\n vmxoff', '!'],
  [
    '#GP for VMXON while IA32_FEATURE_CONTROL is not locked',
    'mov rax, cr4\n or eax, 1 << 13\n mov cr4, rax\n vmxon [rel on]',
    '#',
  ],
  [
    'VMfailInvalid for VMXON of a region that is not aligned, or has another revision',
    `call enable\n${each('vmxon [rel odd]', 'vmxon [rel other]', 'vmxon [rel on]')}`,
    'iiV',
  ],
  [
    'VMfailInvalid for VMXON in VMX operation without a current VMCS, then error 15',
    `call enable\n${each('vmxon [rel on]', 'vmxon [rel on]', 'vmptrld [rel vmcs]', 'vmxon [rel on]')}`,
    'ViVO',
  ],
  [
    'errors 2 and 3 for VMCLEAR, 9, 10 and 11 for VMPTRLD (SDM 3C 31.4)',
    `call enable\n${each(
      'vmxon [rel on]',
      'vmptrld [rel vmcs]',
      'vmclear [rel odd]',
      'vmclear [rel on]',
      'vmptrld [rel odd]',
      'vmptrld [rel on]',
      'vmptrld [rel other]',
    )}`,
    'VVBCIJK',
  ],
  [
    'errors 4, 5 and 7 for VM entries, and 26 behind MOV SS',
    `call enable\n${each(
      'vmxon [rel on]',
      'vmlaunch',
      'vmclear [rel vmcs]',
      'vmptrld [rel vmcs]',
      'vmresume',
      'vmlaunch',
      'mov ax, 16\n mov ss, ax\n vmlaunch',
    )}`,
    'ViVVEGZ',
  ],
  [
    'error 12 for fields that there are not, such as that of posted interrupts',
    `call enable\n${each(
      'vmxon [rel on]',
      'vmptrld [rel vmcs]',
      'mov ecx, 0x7ffe\n vmread rax, rcx',
      'mov ecx, 2\n vmwrite rcx, rax',
      'mov ecx, 0x681e\n vmwrite rcx, rax',
    )}`,
    'VVLLV',
  ],
  [
    'error 28 for INVEPT and INVVPID with operands that are none',
    `call enable\n${each(
      'vmxon [rel on]',
      'vmptrld [rel vmcs]',
      'xor eax, eax\n invept rax, [rel on]',
      'mov eax, 2\n invept rax, [rel on]',
      'mov eax, 1\n invvpid rax, [rel gdt]',
    )}`,
    'VV\\V\\',
  ],
  [
    '#GP for clearing CR4.VMXE in VMX operation (SDM 3C 24.8)',
    `call enable\n${each('vmxon [rel on]')} mov rax, cr4\n btr eax, 13\n mov cr4, rax`,
    'V#',
  ],
  [
    'VMXE can be cleared again after VMXOFF',
    `call enable\n${each('vmxon [rel on]', 'vmxoff')} mov rax, cr4\n btr eax, 13\n mov cr4, rax\n mov al, 'k'\n mov dx, 0x3f8\n out dx, al`,
    'VVk',
  ],
];

describe('VMX instructions of a guest that has VMX', () => {
  for (const [what, body, said] of CASES) {
    it(what, async () => {
      const { serial } = await runGuest(LONG_MODE(body), { nested: true });
      assert.equal(serial.replaceAll('\0', ''), said);
    });
  }

  it('do not exist where the guest is not told of VMX', async () => {
    const { serial } = await runGuest(LONG_MODE('vmxon [rel on]'));
    assert.equal(serial, '!');
  });
});
