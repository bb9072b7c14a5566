import assert from 'node:assert/strict';
import { LONG } from '../../../machine/long-mode.testing';
import { attempt, LOG, LOGGING, sameAsBare, word32 } from '../against-bare.testing';

/** Guests in long mode: whatever page faults they meet, it is as on the bare computer. */

const page = (linear: number, low: number, high = 0): string =>
  `mov dword [0x13000 + ${String((linear >> 12) * 8)}], ${String(low)}
   mov dword [0x13004 + ${String((linear >> 12) * 8)}], ${String(high)}
   invlpg [${String(linear)}]\n`;
const setCr4 = (bits: number): string => `mov rax, cr4\n or rax, ${String(bits)}\n mov cr4, rax\n`;
const writeProtect = (on: boolean): string =>
  `mov rax, cr0\n ${on ? 'bts' : 'btr'} rax, 16\n mov cr0, rax\n`;
const READ = 'mov al, [0x100000]';
/** RET, so that it can be called. */
const WRITE = 'mov byte [0x100000], 0xc3';
const EXECUTE = 'mov rbx, 0x100000\n call rbx';
/** RET at 100000H. */
const RETURN = 'mov byte [0x100000], 0xc3\n';
const P = 1;
const RW = 2;
const US = 4;
const NX = 0x8000_0000;

const all = (...instructions: string[]): string =>
  instructions.map((each) => attempt(each)).join('');

/** What supervisor code does with a page of each right. */
const everyRight = (): string =>
  [P, P | RW, P | US, P | RW | US]
    .map((rights) => page(0x100000, 0x100000 | rights) + all(READ, WRITE, EXECUTE))
    .join('');

const SAME: readonly (readonly [name: string, body: string, pages?: string, user?: string])[] = [
  [
    'hidden faults and true ones',
    page(0x101000, 0) + all(READ, WRITE, 'mov al, [0x101234]', 'mov [0x101ffc], rax'),
  ],
  [
    'a write over the end of a page',
    page(0x102000, 0) + all('mov [0x101ffc], rax', 'mov rax, [0x101ffd]'),
  ],
  [
    'a string instruction',
    page(0x102000, 0) +
      all('mov rdi, 0x101000\n mov ecx, 0x2000\n cld\n rep stosb') +
      'mov [0x1f000], rcx\n mov [0x1f008], rdi\n',
  ],
  ['rights with CR0.WP', RETURN + writeProtect(true) + everyRight()],
  ['rights without CR0.WP', RETURN + writeProtect(false) + everyRight()],
  [
    'CR0.WP toggled over one page',
    page(0x100000, 0x100001) +
      writeProtect(false) +
      all(WRITE) +
      writeProtect(true) +
      all(WRITE, READ) +
      writeProtect(false) +
      all(WRITE),
  ],
  [
    'a page that turns user-readable without CR0.WP',
    writeProtect(false) +
      page(0x100000, 0x100005) +
      all(WRITE, READ) +
      'mov rbx, user\n jmp to_user',
    '',
    'mov al, [0x100000]\n mov r15, $ + 13\n mov byte [0x100000], 1\n hlt',
  ],
  [
    'SMEP',
    RETURN + setCr4(1 << 20) + everyRight(),
    'and dword [0x13000 + 7 * 8], ~4\n and dword [0x13000 + 8 * 8], ~4\n',
  ],
  [
    'SMAP',
    RETURN +
      page(0x7000, 0x7003) +
      page(0x8000, 0x8003) +
      page(0x6000, 0x6003) +
      page(0x20000, 0x20003) +
      page(0x13000, 0x13003) +
      setCr4(1 << 21) +
      everyRight() +
      'stac\n' +
      everyRight() +
      'clac\n' +
      everyRight(),
  ],
  [
    'NX',
    RETURN +
      page(0x100000, 0x100003, NX) +
      all(EXECUTE, READ, WRITE) +
      page(0x100000, 0x100003) +
      all(EXECUTE),
  ],
  [
    'NX in an upper entry, and NXE off',
    RETURN +
      'bts qword [0x12000 + 8], 63\n' +
      'mov dword [0x12008], 0x83\n' +
      all('mov rbx, 0x300000\n mov byte [rbx], 0xc3\n call rbx') +
      'mov ecx, 0xc0000080\n rdmsr\n btr eax, 11\n wrmsr\n' +
      'mov rax, cr3\n mov cr3, rax\n' +
      all('mov rbx, 0x300000\n call rbx', 'mov al, [0x300000]'),
  ],
  [
    'reserved bits',
    page(0x100000, 0x100003, 0x0008_0000) + all(READ, WRITE) + page(0x100000, 0x100003) + all(READ),
  ],
  [
    'pages of 2 MBytes',
    'mov dword [0x12008], 0x200083\n' +
      all('mov al, [0x234567]', 'mov [0x345678], al') +
      'mov dword [0x12008], 0x81\n invlpg [0x200000]\n' +
      all('mov al, [0x220000]', 'mov [0x2fffff], al') +
      'mov dword [0x12008], 0x2083\n invlpg [0x200000]\n' +
      all('mov al, [0x220000]'),
  ],
  [
    'pages of 1 GByte',
    'mov dword [0x11008], 0x83\n' +
      all('mov al, [0x40234567]', 'mov [0x40100000], al', 'mov [0x40100008], rax') +
      'mov dword [0x11008], 0\n invlpg [0x40000000]\n' +
      all('mov al, [0x40100000]'),
  ],
  [
    'accessed and dirty flags that the guest clears',
    all(WRITE) +
      page(0x100000, 0x100003) +
      all(READ) +
      page(0x101000, 0x100003) +
      all('mov [0x101000], al') +
      page(0x100000, 0x100063) +
      all(WRITE),
  ],
  [
    'a recursive page table',
    'mov qword [0x10000 + 511 * 8], 0x10003\n' +
      all(
        'mov rax, [0xffffffffffffff80 + 0x78]',
        'mov rax, 0xfffffffffffff000\n mov rbx, [rax]',
        'mov rax, 0xffffff8000000000\n mov rbx, [rax + 8 * 0x100]\n mov qword [rax + 8 * 0x100], 0x101003',
        READ,
        'invlpg [0x100000]\n mov byte [0x100000], 7',
      ),
  ],
  [
    'a page table used at two levels',
    'mov dword [0x12008], 0x12003\n' +
      all(
        'mov al, [0x200000]',
        'mov dword [0x201010], 0x300083',
        'mov al, [0x400000]',
        'mov [0x400000], al',
        'mov qword [0x200000], 0x13007',
      ),
  ],
  [
    'another address space and back',
    'mov rsi, 0x10000\n mov rdi, 0x30000\n mov ecx, 0x800\n cld\n rep movsq\n mov dword [0x30000], 0x31007\n mov dword [0x31000], 0x32007\n mov dword [0x32000], 0x33007\n mov qword [0x33800], 0x101003\n mov rax, 0x30000\n mov cr3, rax\n' +
      all(WRITE, READ) +
      'mov rax, cr3\n mov [0x1f000], rax\n mov rax, 0x10018\n mov cr3, rax\n' +
      all(READ) +
      'mov rax, cr3\n mov [0x1f008], rax\n mov al, [0x100000]\n mov [0x1f010], al\n',
  ],
  [
    'global pages',
    setCr4(0x80) +
      page(0x100000, 0x100103) +
      all(WRITE, READ) +
      'mov rax, cr4\n btr rax, 7\n mov cr4, rax\n mov dword [0x13800], 0x101003\n' +
      'mov rax, cr4\n bts rax, 7\n mov cr4, rax\n' +
      all(WRITE),
  ],
  [
    'PCIDs',
    setCr4(1 << 17) +
      'mov rax, 0x10005\n mov cr3, rax\n mov rax, cr3\n mov [0x1f000], rax\n' +
      all(WRITE) +
      'mov dword [0x13800], 0x101003\n mov rax, 0x10005\n mov cr3, rax\n' +
      all(WRITE) +
      'mov rax, cr4\n mov [0x1f008], rax\n mov rax, 0x10000\n mov cr3, rax\n mov rax, cr4\n btr rax, 17\n mov cr4, rax\n mov [0x1f010], rax\n',
  ],
  [
    'control registers read back',
    [
      'bts rax, 1',
      'bts rax, 3',
      'bts rax, 16',
      'bts rax, 18',
      'btr rax, 1',
      'btr rax, 16',
      'btr rax, 18',
    ]
      .map(
        (change, n) =>
          `mov rax, cr0\n ${change}\n mov cr0, rax\n mov rbx, cr0\n mov [0x1f000 + ${String(n * 8)}], rbx\n`,
      )
      .join('') +
      'clts\n mov rbx, cr0\n mov [0x1f080], rbx\n' +
      'smsw ax\n mov [0x1f090], ax\n' +
      [4, 7, 9, 10]
        .map(
          (bit, n) =>
            `mov rax, cr4\n bts rax, ${String(bit)}\n mov cr4, rax\n mov rbx, cr4\n mov [0x1f100 + ${String(n * 8)}], rbx\n`,
        )
        .join(''),
  ],
  [
    'EFER read back',
    'mov ecx, 0xc0000080\n rdmsr\n mov [0x1f000], eax\n bts eax, 0\n wrmsr\n rdmsr\n mov [0x1f004], eax\n btr eax, 11\n wrmsr\n rdmsr\n mov [0x1f008], eax\n',
  ],
  [
    'protection keys',
    writeProtect(false) +
      setCr4(1 << 22) +
      page(0x100000, 0x100007, 0x0800_0000) +
      ['0', '4', '8', '12']
        .map(
          (pkru) => `mov eax, ${pkru}\n xor ecx, ecx\n xor edx, edx\n wrpkru\n` + all(READ, WRITE),
        )
        .join('') +
      writeProtect(true) +
      ['0', '4', '8', '12']
        .map(
          (pkru) => `mov eax, ${pkru}\n xor ecx, ecx\n xor edx, edx\n wrpkru\n` + all(READ, WRITE),
        )
        .join(''),
  ],
  [
    'devices and nobody',
    all('mov eax, [0xb8000]', 'mov dword [0xb8000], 0x07410742', 'mov eax, [0xb8000]') +
      'mov [0x1f000], eax\n mov qword [0x13800], 0xfee00003\n invlpg [0x100000]\n' +
      all('mov eax, [0x100030]') +
      'mov [0x1f004], eax\n mov dword [0x13800], 0xd0000003\n invlpg [0x100000]\n' +
      all('mov eax, [0x100000]', 'mov [0x100000], eax') +
      'mov [0x1f008], eax\n',
  ],
  [
    'ROM',
    all('mov byte [0xffff0], 0x12', 'mov al, [0xffff0]', 'add byte [0xffff0], 3') +
      'mov al, [0xffff0]\n mov [0x1f000], al\n',
  ],
];

describe('page faults of a guest with shadow paging are those of the bare computer', function () {
  this.timeout(120_000);
  for (const [name, body, pages, user] of SAME) {
    for (const allocation of ['eager', 'on-demand'] as const) {
      it(`${name}, memory ${allocation}`, async () => {
        const seen = await sameAsBare(LONG(LOGGING + body, pages, user), { allocation });
        // Ring 3 ends with HLT, which is #GP.
        assert.deepEqual([seen.text, seen.why], [user === undefined ? '' : 'G', 'halted']);
      });
    }
  }

  it('a hidden fault is none of the guest, a true one tells error code, CR2 and RIP', async () => {
    const seen = await sameAsBare(
      LONG(LOGGING + page(0x101000, 0) + all(READ, 'mov [0x101234], al')),
    );
    assert.deepEqual([word32(seen, LOG), word32(seen, LOG + 8)], [2, 0x101234]);
    assert.equal(word32(seen, LOG + 40), 0);
    assert.ok(seen.faults > 1);
  });
});
