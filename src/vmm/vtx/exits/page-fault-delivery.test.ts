import assert from 'node:assert/strict';
import { LONG } from '../../../machine/long-mode.testing';
import { assembleText, flatImage, Machine, MachineRun } from '../../../session';
import { attempt, LOG, LOGGING, sameAsBare, word32 } from '../against-bare.testing';

/** Page faults that the delivery of events meets, with shadow paging: as on the bare computer. */

const READ_ABSENT = 'mov dword [0x13800], 0\n invlpg [0x100000]\n mov al, [0x100000]\n';
/** The page of the stack is not there. */
const NO_STACK = 'mov rsp, 0x101000\n mov dword [0x13800], 0\n invlpg [0x100000]\n';
/** The page of IST1, on which double faults arrive, neither. */
const NO_IST = 'mov dword [0x13000 + 4 * 8], 0\n invlpg [0x4000]\n';
/** A page that nothing has used before. */
const FRESH_STACK = 'mov rsp, 0x103000\n';

/** An interrupt gate for vector 32 to a handler that tells where its frame is, and returns. */
const HANDLER = `
        mov word [idt + 3 * 16], told
        mov word [idt + 3 * 16 + 2], 24
        mov byte [idt + 3 * 16 + 5], 0xee
        jmp told_end
told:   mov [0x1f000], rsp
        mov rax, [rsp]
        mov [0x1f008], rax
        iretq
told_end:
`;

interface Case {
  readonly name: string;
  readonly body: string;
  /** What the handlers print: D and the page of the stack for a double fault. */
  readonly text: string;
  readonly why: 'halted' | 'shutdown';
}

const CASES: readonly Case[] = [
  {
    name: 'a page fault during a page fault',
    body: NO_STACK + 'mov al, [0x100000]\n',
    text: 'D4',
    why: 'halted',
  },
  {
    name: 'a page fault during a contributory exception',
    body:
      'mov word [idt + 14 * 16 + 4], 0x8e01\n' +
      NO_STACK +
      'xor ecx, ecx\n mov word [idt + 2], 24\n mov byte [idt + 5], 0x8e\n div ecx\n',
    text: 'Pc',
    why: 'halted',
  },
  {
    name: 'a page fault during a double fault',
    body: NO_STACK + NO_IST + 'mov al, [0x100000]\n',
    text: '',
    why: 'shutdown',
  },
  {
    name: 'a page fault during a software interrupt',
    body: HANDLER + 'mov word [idt + 14 * 16 + 4], 0x8e01\n' + NO_STACK + 'int 3\n',
    text: 'Pc',
    why: 'halted',
  },
  {
    name: 'a hidden fault during a page fault',
    body: FRESH_STACK + READ_ABSENT,
    text: 'Pa',
    why: 'halted',
  },
  {
    name: 'a hidden fault during a software interrupt',
    body: HANDLER + FRESH_STACK + 'int 3\n',
    text: '',
    why: 'halted',
  },
  {
    name: 'a hidden fault during INT3',
    body: HANDLER + FRESH_STACK + 'db 0xcc\n',
    text: '',
    why: 'halted',
  },
  {
    name: 'a contributory exception during a page fault',
    body: 'mov word [idt + 14 * 16 + 2], 0x100\n' + READ_ABSENT,
    text: 'D4',
    why: 'halted',
  },
  {
    name: 'a frame that is pushed onto a page table, by INT n',
    body: HANDLER + 'mov rsp, 0x14000\n int 3\n',
    text: '',
    why: 'halted',
  },
  {
    name: 'a frame that is pushed onto a page table, by a page fault',
    body:
      LOGGING +
      'mov rsp, 0x14000\n' +
      attempt('mov al, [0x200000]') +
      attempt('mov al, [0x201000]'),
    text: '',
    why: 'halted',
  },
  {
    name: 'a frame that is pushed onto a page table, by #DB',
    body:
      HANDLER +
      'mov rsp, 0x14000\n pushfq\n or dword [rsp], 0x100\n popfq\n nop\n nop\n pushfq\n and dword [rsp], ~0x100\n popfq\n',
    text: 'TTTTT',
    why: 'halted',
  },
];

describe('page faults during the delivery of events, with shadow paging', function () {
  this.timeout(60_000);
  for (const { name, body, text, why } of CASES) {
    it(name, async () => {
      const seen = await sameAsBare(LONG(body));
      assert.deepEqual([seen.text, seen.why], [text, why]);
    });
  }

  it('the handler of INT n on a page table saw its frame there', async () => {
    const seen = await sameAsBare(LONG(`${HANDLER}mov rsp, 0x14000\n int 3\n`));
    assert.equal(word32(seen, 0x1f000), 0x14000 - 40);
  });
});

describe('a machine with shadow paging that is saved', function () {
  this.timeout(60_000);
  const BODY = `${LOGGING}mov rbx, 0x100000\nagain:\n${attempt('mov byte [rbx], 1')}
    mov dword [0x13900], 0x102003\n invlpg [0x120000]\n add rbx, 0x1000\n cmp rbx, 0x180000\n jb again\n
    mov rax, cr3\n mov cr3, rax\n`;

  it('goes on in another one as it did itself', async () => {
    const image = flatImage(await assembleText(LONG(BODY)));
    const create = () => new Machine(image, { monitor: 'vtx', paging: 'shadow', memory: 4 << 20 });
    const first = create();
    const run = new MachineRun(first);
    for (let exits = 0; exits < 60;) {
      const stop = run.inMonitor ? run.operate() : run.execute(100_000);
      assert.notEqual(stop?.kind, 'end');
      if (stop?.kind === 'exit') exits++;
    }
    const second = create();
    second.restore(first.save());
    assert.equal(second.stateHash, first.stateHash);
    for (const machine of [first, second]) {
      const again = new MachineRun(machine);
      while ((again.inMonitor ? again.operate() : again.execute(100_000))?.kind !== 'end');
    }
    assert.equal(second.stateHash, first.stateHash);
    assert.equal(first.vm?.guestMemory.readBytes(BigInt(LOG), 1)[0], 0);
  });
});
