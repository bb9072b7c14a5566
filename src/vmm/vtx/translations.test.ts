import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LONG } from '../../machine/long-mode.testing';
import { sameAsBare } from './against-bare.testing';
import { runGuest } from '../guest.testing';
import { HandlerStack } from '../handler-stack';
import type { Handler } from '../operation';
import type { VtxPaging } from './paging/vtx-paging';
import { handleInvlpg } from './exits/invlpg';
import { handleInvpcid } from './exits/invpcid';
import { printed } from './exits/printed.testing';
import { eptPaging } from './paging/ept';
import { shadowPaging } from './paging/shadow';
import { TAGGED, UNTAGGED } from './translations';
import { vtxVcpu } from './vtx-vcpu';

/** The page at 40000H and its entry; the frames at 50000H and 51000H hold 'A' and 'B'. */
const ENTRY = '0x13000 + 0x40 * 8';
const SET_UP = `mov byte [0x50000], 'A'
        mov byte [0x51000], 'B'
        mov dword [${ENTRY}], 0x50003
        invlpg [0x40000]
        mov bl, [0x40000]`;
const TO_B = `mov dword [${ENTRY}], 0x51003`;
const PRINT = `mov bl, [0x40000]
        mov dx, 0x3f8
        mov al, bl
        out dx, al`;

const guest = (...instructions: string[]): string => LONG([SET_UP, ...instructions].join('\n'));

async function seen(source: string, tlbTags: boolean): Promise<string> {
  const { serial, why } = await runGuest(source, { tlbTags });
  assert.equal(why, 'halted');
  return serial;
}

/** The operations of a handler, each answered by 1. */
function operations(handler: Handler): string[] {
  const found: string[] = [];
  const stack = new HandlerStack();
  for (let operation = stack.begin(handler); operation; operation = stack.resume(1n)) {
    found.push(`${operation.name} ${operation.operands}`);
  }
  return found;
}

describe('translations of a guest under VT-x', function () {
  this.timeout(60_000);

  it('outlive a VM exit by their VPID only', async () => {
    const source = guest(TO_B, 'xor eax, eax\n cpuid', PRINT);
    assert.deepEqual([await seen(source, true), await seen(source, false)], ['A', 'B']);
  });

  it('stay where nothing exits, with a VPID and without', async () => {
    const source = guest(TO_B, PRINT);
    assert.deepEqual([await seen(source, true), await seen(source, false)], ['A', 'A']);
  });

  for (const [name, instruction] of [
    ['INVLPG', 'invlpg [0x40000]'],
    ['a load of CR3', 'mov rax, cr3\n mov cr3, rax'],
    ['a change of CR4.PGE', 'mov rax, cr4\n xor al, 0x80\n mov cr4, rax'],
    ['INVPCID', 'mov eax, 2\n invpcid rax, [0x9000]'],
  ] as const) {
    it(`are dropped by ${name} in both cases`, async () => {
      const source = guest(TO_B, instruction, PRINT);
      assert.deepEqual([await seen(source, true), await seen(source, false)], ['B', 'B']);
    });
  }

  it('of other pages survive INVLPG, and global ones a load of CR3, as on the bare processor', async () => {
    const other = guest(TO_B, 'invlpg [0x41000]', PRINT);
    assert.equal(await seen(other, true), 'A');
    const global = guest(
      `mov rax, cr4\n or al, 0x80\n mov cr4, rax`,
      `mov dword [${ENTRY}], 0x50103\n invlpg [0x40000]\n mov bl, [0x40000]`,
      `${TO_B}\n mov rax, cr3\n mov cr3, rax`,
      PRINT,
    );
    assert.equal(await seen(global, true), 'A');
  });

  it('obey CR0.WP when a MOV to CR0 that exits sets it', async () => {
    const source = guest(
      'mov rax, cr0\n and eax, ~(1 << 16)\n mov cr0, rax',
      `mov dword [${ENTRY}], 0x50001\n invlpg [0x40000]\n mov byte [0x40000], 'C'`,
      'or eax, 1 << 16 | 1 << 5\n mov cr0, rax', // NE is the monitor's
      "mov byte [0x40000], 'D'",
    );
    assert.equal(await printed(source, 'none'), 'Pd end');
    assert.equal(await printed(source, 'vtx'), 'Pd end');
  });

  it('make no difference to a guest that keeps to the rules', async () => {
    const kernel = join(__dirname, '../../../samples/first-exits/kernel.asm');
    const run = (tlbTags: boolean) =>
      runGuest(readFileSync(kernel, 'utf8'), { memory: 64 << 20, tlbTags });
    const [tagged, untagged] = [await run(true), await run(false)];
    assert.match(untagged.serial, /Goodbye/);
    assert.deepEqual([untagged.serial, untagged.exits], [tagged.serial, tagged.exits]);
  });

  it('make none with shadow tables either', async () => {
    const source = guest(TO_B, 'invlpg [0x40000]', PRINT, 'mov rax, cr3\n mov cr3, rax', PRINT);
    await sameAsBare(source, { tlbTags: true });
    await sameAsBare(source, { tlbTags: false });
  });

  it('are dropped by INVVPID where they have a VPID, by VM entries where they have none', () => {
    const invalidations = (paging: VtxPaging): string[] =>
      [
        handleInvlpg(vtxVcpu(paging, { number: 0, of: 1 })),
        handleInvpcid(vtxVcpu(paging, { number: 0, of: 1 })),
        paging.setCr3(0n),
        paging.setCr4(0n),
      ]
        .flatMap(operations)
        .filter((operation) => operation.startsWith('INVVPID'))
        .map((operation) => operation.slice('INVVPID '.length));
    assert.deepEqual(invalidations(eptPaging(TAGGED)), [
      'individual-address, 0x1',
      'single-context',
      'single-context, retaining globals',
      'single-context',
    ]);
    assert.deepEqual(invalidations(eptPaging(UNTAGGED)), []);
    assert.deepEqual(invalidations(shadowPaging(UNTAGGED)), []);
  });
});
