import assert from 'node:assert/strict';
import { kernel32, kernel64, runDeprivileged } from '../running.testing';
import { REFUSED, type HoleKind } from './hole';
import { SENSITIVE } from './sensitive';

/** An instruction that does not trap though it should: which hole it is, what it shows, and what it should. */
interface Case {
  readonly code: string;
  readonly mnemonic: string;
  readonly kind: HoleKind;
  readonly found: bigint;
  readonly right: bigint;
  /** Where the guest finds what it got: a register, or memory at 0x6000. */
  readonly shown?: 'eax' | 'memory';
}

const GDT = 0x9000n;
const IDT = 0x9030n;
const [IF, NONE] = [0x200n, 0n];

const CASES: readonly Case[] = [
  {
    code: 'smsw ax',
    mnemonic: 'SMSW',
    kind: 'machine-register',
    found: 0x31n,
    right: 0x11n,
    shown: 'eax',
  },
  { code: 'str ax', mnemonic: 'STR', kind: 'machine-register', found: 0xfff0n, right: 0x28n },
  { code: 'mov ax, cs', mnemonic: 'MOV', kind: 'ring', found: 9n, right: 8n, shown: 'eax' },
  { code: 'mov eax, ss', mnemonic: 'MOV', kind: 'ring', found: 0x11n, right: 0x10n, shown: 'eax' },
  { code: 'push cs\n pop eax', mnemonic: 'PUSH', kind: 'ring', found: 9n, right: 8n, shown: 'eax' },
  { code: 'push ss\n pop eax', mnemonic: 'PUSH', kind: 'ring', found: 0x11n, right: 0x10n },
  {
    code: 'call 8:.far\n.far: pop eax\n pop eax',
    mnemonic: 'CALL',
    kind: 'ring',
    found: 9n,
    right: 8n,
    shown: 'eax',
  },
  {
    code: 'pushfd\n pop eax\n and eax, 0x200',
    mnemonic: 'PUSHFD',
    kind: 'flags-read',
    found: IF,
    right: NONE,
    shown: 'eax',
  },
  { code: 'push 0x202\n popfd', mnemonic: 'POPFD', kind: 'flags-kept', found: NONE, right: IF },
  {
    code: 'push word 0x3002\n popfw',
    mnemonic: 'POPF',
    kind: 'flags-kept',
    found: 0n,
    right: 0x3000n,
  },
  {
    code: 'push 0x202\n push cs\n push .on\n iretd\n.on:',
    mnemonic: 'IRETD',
    kind: 'flags-kept',
    found: NONE,
    right: IF,
  },
  {
    code: 'mov ebx, 16\n lar eax, ebx',
    mnemonic: 'LAR',
    kind: 'descriptor',
    found: 0xcfb300n,
    right: 0xcf9300n,
    shown: 'eax',
  },
  {
    code: 'mov ebx, 17\n lsl eax, ebx',
    mnemonic: 'LSL',
    kind: 'descriptor',
    found: 0xffffffffn,
    right: REFUSED,
    shown: 'eax',
  },
  {
    code: 'mov ebx, 17\n verr bx',
    mnemonic: 'VERR',
    kind: 'descriptor',
    found: 1n,
    right: REFUSED,
  },
  {
    code: 'mov ebx, 17\n verw bx',
    mnemonic: 'VERW',
    kind: 'descriptor',
    found: 1n,
    right: REFUSED,
  },
  {
    code: 'mov ebx, 0x28\n lar eax, ebx',
    mnemonic: 'LAR',
    kind: 'descriptor',
    found: REFUSED,
    right: 0x8900n,
  },
  { code: 'sldt ax', mnemonic: 'SLDT', kind: 'machine-register', found: 0xffd0n, right: 0x20n },
];

describe('holes through which a deprivileged kernel falls', () => {
  for (const { code, mnemonic, kind, found, right, shown } of CASES) {
    it(`${mnemonic}: ${code.replaceAll('\n', ';')}`, async () => {
      const local = 'mov dword [gdt + 0x20], 0x9000002f\n mov dword [gdt + 0x24], 0x00008200\n';
      const before =
        mnemonic === 'STR'
          ? 'mov ax, 0x28\n ltr ax\n'
          : mnemonic === 'SLDT'
            ? `${local} mov ax, 0x20\n lldt ax\n`
            : '';
      const ran = await runDeprivileged(
        kernel32(`${before} xor eax, eax\n ${code}\n mov [0x6000], eax`),
      );
      assert.equal(ran.end, 'exit-device');
      const holes = ran.holes.filter((hole) => hole.mnemonic === mnemonic);
      assert.deepEqual(
        holes.map((hole) => [hole.kind, hole.found, hole.right]),
        [[kind, found, right]],
      );
      // It is no tale: the guest has really got it.
      const got = ran.machine.vm?.guestMemory.read(0x6000n, 4);
      if (shown === 'eax') assert.equal(got, found);
    });
  }

  for (const { mnemonic, own } of [
    { mnemonic: 'SGDT', own: GDT },
    { mnemonic: 'SIDT', own: IDT },
  ]) {
    it(`${mnemonic}: shows where the monitor’s table lies`, async () => {
      const ran = await runDeprivileged(kernel32(`${mnemonic} [0x6000]`));
      const [hole] = ran.holes;
      assert.deepEqual(
        [hole?.mnemonic, hole?.kind, hole?.right],
        [mnemonic, 'machine-register', own],
      );
      const got = ran.machine.vm?.guestMemory.read(0x6002n, 4);
      assert.equal(got, (hole?.found ?? 0n) & 0xffffffffn);
      assert.notEqual(got, own);
    });
  }

  it('CPUID tells of the real processor', async () => {
    const ran = await runDeprivileged(kernel32('mov eax, 1\n cpuid\n mov [0x6000], ecx'));
    assert.deepEqual(
      ran.holes.map(({ mnemonic, kind }) => [mnemonic, kind]),
      [['CPUID', 'processor']],
    );
    const hypervisor = (ran.machine.vm?.guestMemory.read(0x6000n, 4) ?? 0n) >> 31n;
    assert.equal(hypervisor, 0n);
  });

  it('64-bit code is in ring 3: a kernel’s CS says so, and its empty SS is one of the monitor’s', async () => {
    const ran = await runDeprivileged(kernel64('mov eax, cs\n mov ebx, ss\n pushfq'));
    assert.deepEqual(
      ran.holes.map(({ mnemonic, found, right }) => [mnemonic, found, right]),
      [
        ['MOV', 0x1bn, 0x18n],
        ['MOV', 0xffe3n, 0n],
        ['PUSHFQ', 0x200n, 0n],
      ],
    );
  });

  it('what traps is no hole, and what is the same in every ring neither', async () => {
    const harmless = [
      'sti\n cli\n mov eax, cr0\n mov cr0, eax\n mov eax, cr3\n mov cr3, eax',
      'lgdt [gdtr]\n lidt [idtr]\n clts\n mov ax, 0x28\n ltr ax',
      'mov ax, ds\n mov es, ax\n push ds\n pop fs\n jmp 8:.near\n.near: nop',
      'xor ebx, ebx\n lar eax, ebx\n verr bx',
      'push 2\n popfd\n in al, 0x61\n invlpg [0]\n ud2',
    ];
    const ran = await runDeprivileged(kernel32(harmless.join('\n ')));
    assert.deepEqual(ran.holes, []);
    assert.equal(ran.end, 'exit-device');
  });

  it('are looked for at every instruction that Robin and Irvine list, as far as it does not trap', () => {
    const looked = new Set(SENSITIVE.flatMap(({ mnemonics }) => mnemonics));
    const listed = ['SGDT', 'SIDT', 'SLDT', 'SMSW', 'PUSHF', 'POPF', 'LAR', 'LSL', 'VERR', 'VERW'];
    for (const mnemonic of [...listed, 'PUSH', 'CALL', 'STR', 'MOV'])
      assert.ok(looked.has(mnemonic), mnemonic);
  });
});
